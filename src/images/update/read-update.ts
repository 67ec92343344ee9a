/** Reads what goes into an image: finds the files, and takes their digests. */
import {readdir, stat} from 'node:fs/promises';
import path from 'node:path';
import picomatch from 'picomatch';
import {BuildError, throwProblems} from '../../errors.js';
import {redactUrl, digestOfFile} from '../../system/index.js';
import {parseWheelFilename} from '../../python/index.js';
import {filenameOfUrl} from '../../url-parts.js';
import type {
	Named, UpdateAsked, UpdateFile, UpdateFiles,
} from './update.js';

type Kind = {readonly what: string; readonly ends?: string; check?(name: string): unknown};

const kinds = {
	wheels: {what: 'a wheel', ends: '.whl', check: parseWheelFilename},
	packages: {what: 'a Debian package', ends: '.deb'},
	extras: {what: 'an extra file'},
	customize: {what: 'the customization script'},
} as const satisfies Readonly<Record<keyof UpdateFiles, Kind>>;

/**
@throws BuildError STX0642, STX0206 and STX0903: all that is wrong with any of them; also two files of one name, and an
update of nothing.
*/
export async function readUpdate(asked: UpdateAsked): Promise<UpdateFiles> {
	const problems: BuildError[] = [];
	const read = async (named: readonly Named[], kind: Kind): Promise<readonly UpdateFile[]> => {
		const lists = await Promise.all(named.map(async word => readFiles(word, kind).catch((error: unknown) => {
			if (!(error instanceof BuildError)) {
				throw error;
			}

			problems.push(error);
			return [];
		})));
		const files = lists.flat();
		for (const [index, {name}] of files.entries()) {
			if (files.findIndex(other => other.name === name) < index) {
				problems.push(new BuildError('STX0642', `there are two files \`${name}\``, {hint: 'give each once'}));
			}
		}

		return files;
	};

	const [wheels, packages, extras, customize] = await Promise.all([
		read(asked.wheels, kinds.wheels), read(asked.packages, kinds.packages), read(asked.extras, kinds.extras), read(asked.customize ? [asked.customize] : [], kinds.customize),
	]);
	throwProblems(problems);
	if (customize.length > 1) {
		throw new BuildError('STX0642', `\`${asked.customize!.text}\` stands for ${customize.length} files`, {hint: 'name one script'});
	}

	if ([wheels, packages, customize, asked.modules].every(list => list.length === 0)) {
		throw new BuildError('STX0642', 'the update changes nothing', {hint: 'give --wheel, --module-src, --pkg or --customize; extra files are there for the customization script'});
	}

	return {
		wheels, packages, extras, customize: customize[0],
	};
}

async function readFiles(named: Named, kind: Kind): Promise<readonly UpdateFile[]> {
	if (/^(?:https?|ftp|git):/.test(named.text)) {
		return [readAddress(named, kind)];
	}

	const files = await findFiles(named, kind);
	return Promise.all(files.map(async (file): Promise<UpdateFile> => {
		const name = path.basename(file);
		checkName(name, named, kind);
		return {name, digest: await digestOfFile(file), file};
	}));
}

/** An address says the digest of its file behind it, as pip has it: `#sha256=…`. */
function readAddress(named: Named, kind: Kind): UpdateFile {
	const {text, at} = named;
	const {url, sha256} = /^(?<url>https?:[^#]+)#sha256=(?<sha256>[\da-f]{64})$/.exec(text)?.groups ?? {};
	if (url === undefined || sha256 === undefined) {
		throw new BuildError('STX0642', `no digest is stated for \`${redactUrl(text)}\``, {...(at && {at}), hint: 'write `https://…/FILE#sha256=` and the 64 hex digits of the file\'s sha256'});
	}

	const name = filenameOfUrl(new URL(url));
	checkName(name, named, kind);
	return {name, digest: `sha256:${sha256}`, url};
}

function checkName(name: string, {at}: Named, {what, ends, check}: Kind): void {
	if (ends !== undefined && !name.endsWith(ends)) {
		throw new BuildError('STX0642', `\`${name}\` is not the name of ${what}`, {...(at && {at}), hint: `it ends in \`${ends}\``});
	}

	check?.(name);
}

/** The files that a word stands for: one, or those that fit its last part, where that has wildcards. */
async function findFiles({text, folder, at}: Named, {what}: Kind): Promise<readonly string[]> {
	const file = path.resolve(folder, text);
	const found = await stat(file).catch(() => undefined);
	if (found?.isFile()) {
		return [file];
	}

	const fits = picomatch(path.basename(file), {dot: false});
	const names = found === undefined && /[*?[{]/.test(path.basename(file)) ? await readdir(path.dirname(file)).catch(() => []) : [];
	const matching = names.filter(name => fits(name)).toSorted();
	if (matching.length === 0) {
		throw new BuildError('STX0642', found === undefined ? `there is no file \`${file}\`` : `\`${file}\` is not a file`, {...(at && {at}), hint: `name ${what}`});
	}

	return matching.map(name => path.join(path.dirname(file), name));
}
