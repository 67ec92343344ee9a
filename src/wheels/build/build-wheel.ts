/** Building one wheel from its source, sealed in, in an environment of locked wheels. */
import {lstat, readdir} from 'node:fs/promises';
import path from 'node:path';
import {BuildError} from '../../errors.js';
import type {StepContext} from '../../plan/index.js';
import {canonicalVersion, parseWheelFilename} from '../../python/index.js';
import {canonicalizeZip} from '../../system/index.js';
import type {WheelEffects} from '../effects.js';
import type {BuildInputs} from '../step-inputs.js';
import {bringPatches, bringSource} from './bring-source.js';
import {buildVariables} from './build-variables.js';
import {createEnvironments} from './environments.js';
import {explainFailure} from './explain-failure.js';
import {createSealedRunner} from './run-sealed.js';
import {verifyInstallable} from './wheel-file.js';

/** How a wheel is built. None of it may make a difference to the wheel. */
export type Manner = {
	/** Where the project is, inside. */
	readonly project: string;
	readonly umask: string;
	readonly env: Readonly<Record<string, string>>;
};

/** How wheels are built. */
export const usualManner: Manner = {project: '/build/work/project', umask: '022', env: {}};

export type BuildRequest = {
	readonly inputs: BuildInputs;
	/** The builder. */
	readonly image: string;
	/** An empty folder for all that the build needs and writes. */
	readonly folder: string;
	readonly logFile: string;
	readonly manner: Manner;
};

/** @returns the wheel in canonical form: a file in the folder, and its name as a wheel. @throws BuildError STX0416, STX0417, STX0440, STX0441, STX0708 */
export type BuildWheel = (request: BuildRequest, context: StepContext) => Promise<{readonly file: string; readonly filename: string}>;

export function createWheelBuilder(effects: WheelEffects): BuildWheel {
	const runSealed = createSealedRunner(effects);
	const environmentOf = createEnvironments(effects, runSealed);
	return async ({inputs, image, folder, logFile, manner}, context) => {
		const {name, version, recipe, processors, timeoutSeconds, disk, memory} = inputs;
		const source = await bringSource(inputs, context, {...effects, folder});
		const patches = await bringPatches(inputs, folder);
		const environment = await environmentOf(inputs, context);
		const {file: uv} = await effects.uv();
		const scratch = path.join(folder, 'scratch');
		const result = await runSealed({
			what: `the build of ${name} ${version}`,
			image,
			argv: ['/bin/sh', '/build/recipe/build-wheel', manner.project, manner.umask],
			env: {...buildVariables({env: inputs.env, processors, project: manner.project}), ...manner.env},
			readOnly: {
				'/build/recipe': recipe, '/build/tools': path.dirname(uv), '/build/env': environment, ...(patches !== undefined && {'/build/patches': patches}),
			},
			writable: {[path.dirname(manner.project)]: 'work', '/build/out': 'out'},
			given: {[manner.project]: source},
			scratch,
			limits: {timeoutSeconds, disk, memory},
		}, {
			signal: context.signal,
			logFile,
			onLine(line) {
				context.progress({text: line});
			},
		});
		const at = {file: logFile};
		if (result.exitCode !== 0) {
			throw explainFailure(inputs, result, at);
		}

		const out = path.join(scratch, 'out');
		const filename = await pickWheel(out, inputs, at);
		verifyInstallable(filename, effects.target, at);
		const file = path.join(folder, 'canonical.whl');
		await canonicalizeZip(path.join(out, filename), file, {signal: context.signal});
		return {file, filename};
	};
}

/** The name of the one wheel that a build has left. What else it has left nobody looks at. */
async function pickWheel(out: string, {name, version}: BuildInputs, at: {readonly file: string}): Promise<string> {
	const made = (await readdir(out)).filter(file => file.endsWith('.whl'));
	const [filename, ...others] = made;
	if (filename === undefined || others.length > 0) {
		throw new BuildError('STX0416', `the build of ${name} ${version} gave ${made.length} wheels instead of one`, {at});
	}

	const parsed = parseWheelFilename(filename, at);
	if (parsed.normalized !== name || canonicalVersion(parsed.version) !== canonicalVersion(version)) {
		throw new BuildError('STX0416', `the build of ${name} ${version} gave \`${filename}\``, {at, hint: 'correct the name or the version in the wheel list or in wheels/modules.ini'});
	}

	// A link would be followed on this machine, to any file of it.
	const found = await lstat(path.join(out, filename));
	if (!found.isFile()) {
		throw new BuildError('STX0416', `the build of ${name} ${version} gave \`${filename}\`, which is not a file`, {at, hint: 'look at what it does: no build has a reason for this'});
	}

	return filename;
}
