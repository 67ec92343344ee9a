/**
Environments of builds: virtual environments with locked build requirements, each made once, and mounted read-only in all
builds that have the same requirements. They are made in the common builder: those that are made from it have the same
Python, and more packages of Debian. They stay for the next run.
*/
import {
	mkdir, readdir, rename, rm, stat, utimes,
} from 'node:fs/promises';
import path from 'node:path';
import {BuildError} from '../../errors.js';
import type {ImageId} from '../../engine/index.js';
import {keyOf, type StepContext} from '../../plan/index.js';
import {exists, withTemporaryFolder} from '../../system/index.js';
import type {WheelEffects} from '../effects.js';
import type {BuildInputs, FileResult} from '../step-inputs.js';
import type {BuilderResult} from './builder-handler.js';
import type {RunSealed, SealedLimits} from './run-sealed.js';

/** Environments that no build has used for so long are removed. */
const abandonedAfterMilliseconds = 14 * 24 * 60 * 60 * 1000;

/** Making one unpacks some wheels: what takes longer hangs. */
const limits: SealedLimits = {timeoutSeconds: 20 * 60, disk: 20 * 1024, memory: 8 * 1024};

type Making = {
	readonly name: string;
	readonly recipe: string;
	readonly image: ImageId;
	readonly wheels: readonly FileResult[];
	readonly signal: AbortSignal;
};

/** Gives the folder of a build's environment. */
export type Environments = (inputs: BuildInputs, context: StepContext) => Promise<string>;

export function createEnvironments({cache, store, uv, clock}: Pick<WheelEffects, 'cache' | 'store' | 'uv' | 'clock'>, runSealed: RunSealed): Environments {
	const place = path.join(cache, 'environments');
	const making = new Map<string, Promise<string>>();
	let swept: Promise<void> | undefined;

	const make = async (folder: string, {name, recipe, image, wheels, signal}: Making): Promise<string> => withTemporaryFolder('environment', async temporary => {
		const given = path.join(temporary, 'wheels');
		await mkdir(given);
		await Promise.all(wheels.map(async ({digest, filename}) => store.extractTo(digest, path.join(given, filename))));
		const scratch = path.join(temporary, 'scratch');
		const {file} = await uv();
		const result = await runSealed({
			what: `the making of the environment for ${name}`,
			image,
			argv: ['/bin/sh', '/build/recipe/make-environment'],
			env: {
				PATH: '/usr/bin:/bin', HOME: '/build/home', TMPDIR: '/tmp', LC_ALL: 'C.UTF-8', UV_NO_CONFIG: '1', UV_OFFLINE: '1', UV_NO_CACHE: '1', UV_PYTHON_DOWNLOADS: 'never', NO_COLOR: '1',
			},
			readOnly: {'/build/recipe': recipe, '/build/tools': path.dirname(file), '/build/wheels': given},
			writable: {'/build/env': 'env'},
			scratch,
			limits,
		}, {signal});
		if (result.exitCode !== 0) {
			throw new BuildError('STX0417', `the environment of the build of ${name} cannot be made\n${result.output.trimEnd()}`, {hint: 'see that its build requirements can be installed together'});
		}

		await mkdir(place, {recursive: true, mode: 0o700});
		await rename(path.join(scratch, 'env'), folder).catch(async (error: unknown) => {
			// Another run may have been first.
			if (!await exists(folder)) {
				throw error;
			}
		});
		return folder;
	}, path.join(cache, 'tmp'));

	return async ({environment, environmentBuilder, name, recipe}, {result, signal}) => {
		const now = clock.now();
		swept ??= sweep(place, now.getTime() - abandonedAfterMilliseconds);
		await swept;
		const {image} = result(environmentBuilder) as BuilderResult;
		const wheels = environment.map(id => result(id) as FileResult);
		const {digest} = await uv();
		const key = keyOf({image, uv: digest, wheels: wheels.map(wheel => `${wheel.filename} ${wheel.digest}`).toSorted()});
		const folder = path.join(place, key.slice('sha256:'.length, 'sha256:'.length + 24));
		if (await exists(folder)) {
			await utimes(folder, now, now);
			return folder;
		}

		const made = making.get(key) ?? make(folder, {
			name, recipe, image, wheels, signal,
		});
		making.set(key, made);
		try {
			return await made;
		} finally {
			making.delete(key);
		}
	};
}

async function sweep(place: string, before: number): Promise<void> {
	const names = await readdir(place).catch(() => []);
	for (const name of names) {
		const folder = path.join(place, name);
		const found = await stat(folder).catch(() => undefined);
		if (found && found.mtimeMs < before) {
			// What cannot be removed stays, and is no error.
			await rm(folder, {recursive: true, force: true}).catch(() => undefined);
		}
	}
}
