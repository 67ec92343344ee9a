/** uv, the resolver: fetched from the package index by its pinned hash, and run with nothing of the host's settings. */
import {
	chmod, mkdir, readdir, rename,
} from 'node:fs/promises';
import path from 'node:path';
import {BuildError} from '../../errors.js';
import {keyOf, type Digest} from '../../plan/index.js';
import type {PypiClient} from '../../pypi/index.js';
import {
	createTarget, normalizeName, parseWheelFilename, wheelRank,
} from '../../python/index.js';
import {
	exists, makeFolder, fileError, withTemporaryFolder, type Runner, type RunResult,
} from '../../system/index.js';
import type {ToolPin} from '../inputs/inputs.js';

export type UvProgram = {
	/** The file, in a folder of its own. */
	readonly file: string;
	readonly version: string;
	/** Digest of the wheel it comes from. */
	readonly digest: Digest;
};

export type FetchUvEffects = {
	readonly pypi: PypiClient;
	/** Folder for what is kept between runs. */
	readonly cache: string;
	/** Architecture of this machine as Node says it. */
	readonly machine: string;
	readonly signal: AbortSignal;
};

const name = normalizeName('uv');

/** The pin of uv. @throws BuildError STX0406 when toolchain.txt has none. */
export function uvPin(toolchain: readonly ToolPin[]): ToolPin {
	const pin = toolchain.find(item => item.name === name);
	if (!pin) {
		throw new BuildError('STX0406', '`uv` is not pinned, and stx-build resolves with it', {at: {file: toolchain[0]?.at.file ?? 'wheels/toolchain.txt'}, hint: 'add `uv==VERSION --hash=sha256:HEX`'});
	}

	return pin;
}

/**
Gives uv for this machine, from the cache or else from the index. Only a file whose sha256 stands in toolchain.txt is
taken.

@throws BuildError STX0414 when the index has no such file for this machine, and those of the index client.
*/
export async function fetchUv(toolchain: readonly ToolPin[], {pypi, cache, machine, signal}: FetchUvEffects): Promise<UvProgram> {
	const pin = uvPin(toolchain);
	const folder = path.join(cache, 'uv', `${pin.version}-${machine}-${keyOf(pin.sha256.toSorted()).slice('sha256:'.length, 'sha256:'.length + 16)}`);
	const file = path.join(folder, 'uv');
	const [known] = await readdir(folder).then(names => pin.sha256.filter(hex => names.includes(`sha256-${hex}`)), () => []);
	if (known !== undefined && await exists(file)) {
		return {file, version: pin.version, digest: `sha256:${known}`};
	}

	const host = createTarget({python: '3.13', glibc: '2.17', arch: machine === 'arm64' ? 'arm64' : 'amd64'});
	const {files} = await pypi.packument(name, {signal});
	const [wheel] = files
		.filter(item => item.sha256 !== undefined && pin.sha256.includes(item.sha256) && item.filename.endsWith('.whl'))
		.map(item => ({item, rank: wheelRank(parseWheelFilename(item.filename), host)}))
		.filter(({rank}) => rank !== undefined)
		.toSorted((a, b) => a.rank! - b.rank!);
	if (!wheel) {
		throw new BuildError('STX0414', `the index has no wheel of uv ${pin.version} for ${machine} whose sha256 is one of those pinned`, {at: pin.at, hint: 'pin a version of uv that the index has, with the sha256 of its wheels'});
	}

	const sha256 = wheel.item.sha256!;
	try {
		await makeFolder(path.dirname(folder));
		await withTemporaryFolder('uv', async temporary => {
			const unpacked = path.join(temporary, 'unpacked');
			const made = path.join(temporary, 'made');
			await pypi.extract(wheel.item, unpacked, {signal});
			await mkdir(path.join(made, `sha256-${sha256}`), {recursive: true});
			await rename(path.join(unpacked, `uv-${pin.version}.data`, 'scripts', 'uv'), path.join(made, 'uv'));
			await chmod(path.join(made, 'uv'), 0o755);
			// Another run may have been faster; its folder holds the same.
			await rename(made, folder).catch(async (error: unknown) => {
				if (!await exists(file)) {
					throw error;
				}
			});
		}, path.dirname(folder));
	} catch (error) {
		throw fileError(error, folder);
	}

	return {file, version: pin.version, digest: `sha256:${sha256}`};
}

/** Seconds that uv waits for an answer of the index: that asks the network, and knows itself when to give up. */
const patience = 24 * 3600;

/**
The variables uv gets, complete but for PATH. It asks nobody but the index that is served for it.

@param home a folder of this lock's own, for what uv keeps while it lasts.
*/
const uvEnvironment = ({index, home}: {readonly index: string; readonly home: string}): Readonly<Record<string, string | undefined>> => ({
	HOME: home,
	XDG_CACHE_HOME: undefined,
	XDG_CONFIG_HOME: undefined,
	UV_CACHE_DIR: path.join(home, 'cache'),
	UV_NO_CONFIG: '1',
	UV_DEFAULT_INDEX: index,
	UV_HTTP_TIMEOUT: String(patience),
	UV_HTTP_RETRIES: '0',
	UV_NO_PROGRESS: '1',
	UV_PYTHON_DOWNLOADS: 'never',
	NO_COLOR: '1',
});

/** The interpreter of the system. uv wants one of any version to resolve, and to search for one takes it longer than to resolve. */
const systemPython = '/usr/bin/python3';

/**
Runs one of uv's commands that resolve.

@param index address of the one that is served for it.
@returns its exit code and output, whatever the exit code.
*/
export type RunUv = (arguments_: readonly string[], options: {readonly folder: string; readonly index: string; readonly signal: AbortSignal}) => Promise<RunResult>;

/** @param home as `uvEnvironment` has it. */
export function createUvRunner(program: UvProgram, run: Runner, home: string): RunUv {
	return async (arguments_, {folder, index, signal}) => run({
		argv: [program.file, ...arguments_, ...(await exists(systemPython) ? ['--python', systemPython] : [])],
		cwd: folder,
		env: uvEnvironment({index, home}),
	}, {signal});
}
