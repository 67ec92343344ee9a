/** A failed build, with the last lines of its output and what usually helps. Pure. */
import {BuildError} from '../../errors.js';
import type {BuildInputs} from '../step-inputs.js';

/** The exit code of wheels/builder/build-wheel for a patch that does not apply. */
const patchFailed = 65;

const settingsFile = 'wheels/build-settings.ini';

type Ended = {readonly exitCode: number; readonly output: string};

/** @param at the log. */
export function explainFailure({name, version, patches}: BuildInputs, {exitCode, output}: Ended, at: {readonly file: string}): BuildError {
	const lines = output.trimEnd().split('\n');
	const tail = lines.slice(-12).join('\n');
	if (exitCode === patchFailed && patches.length > 0) {
		const last = [...output.matchAll(/^applying (?<number>\d+)-/gmv)].at(-1)?.groups?.number;
		const {file} = patches[Number(last ?? patches.length) - 1] ?? patches.at(-1)!;
		return new BuildError('STX0441', `the patch \`${file}\` does not apply to ${name} ${version}\n${tail}`, {at: [{file}, at], hint: `make it anew, or say in [${name}] of ${settingsFile} which versions it is for: \`patch[] = FILE ; <${version}\``});
	}

	return new BuildError('STX0417', `the build of ${name} ${version} failed\n${tail}`, {at, hint: hintFor(name, output)});
}

function hintFor(name: string, output: string): string {
	const header = /fatal error: (?<header>\S+): No such file/v.exec(output)?.groups?.header;
	const library = /Package '?(?<library>[^\s',]+)'?(?:, required by '[^']+',)? (?:was )?not found/v.exec(output)?.groups?.library ?? /cannot find -l(?<library>[^\s:]+)/v.exec(output)?.groups?.library;
	const egg = /(?:Could not find suitable distribution for Requirement.parse\('|No matching distribution found for )(?<requirement>[^'\s]+)/v.exec(output)?.groups?.requirement;
	const required = egg ?? /(?:ModuleNotFoundError|ImportError): No module named '?(?<module>[\w.]+)/v.exec(output)?.groups?.module;
	const missing = header ?? library;
	if (missing !== undefined) {
		return `add the Debian package with \`${missing}\` to [${name}] \`system-packages = …\` of ${settingsFile}`;
	}

	return required === undefined
		? `read the log; what a build needs beyond its own files goes into ${settingsFile}`
		: `if the build needs \`${required}\`, add [${name}] \`build-requires = …\` to ${settingsFile}`;
}
