import {mkdir, symlink} from 'node:fs/promises';
import path from 'node:path';
import {withTemporaryFolder} from '../system/index.js';
import {parsePodmanInfo} from './parse-inspect.js';
import {planPodmanTrial} from './plan-podman.js';
import {planStorageOptions} from './plan-storage.js';
import {createPodman} from './podman.js';
import {roomyFolder} from './roomy-folder.js';
import {
	attempt, explainRun, isWell, registryVariables, storageSeconds, type Trial, type TrialOptions,
} from './trial.js';
import {tryNamespaces} from './try-namespaces.js';

const name = 'podman';

/** How many processes podman lets a container have unless it is told otherwise; more than that it cannot be told. */
const usualProcesses = 32_768;

/**
Makes namespaces, and runs a program of this machine in a container without an image: with podman's default runtime and,
where that does not work, with runc.
*/
export async function tryPodman(options: TrialOptions): Promise<Trial> {
	const {run, signal} = options;
	const within = {timeoutSeconds: storageSeconds, ...(signal && {signal})};
	const namespaces = await tryNamespaces(name, options);
	if ('reason' in namespaces) {
		return namespaces;
	}

	const limits = {...namespaces.limits, nproc: Math.min(usualProcesses, namespaces.limits.nproc ?? usualProcesses)};
	let why = '';
	for (const storageDriver of [undefined, 'vfs']) {
		const storage = planStorageOptions({storageDriver});
		const told = await attempt(run({argv: ['podman', ...storage, 'info', '--format', '{{json .}}']}, within));
		if (typeof told === 'string') {
			return {name, reason: 'it is not installed', hint: 'apt-get install podman'};
		}

		if (isWell(told)) {
			const {storageFolder, defaultRuntime, ...found} = parsePodmanInfo(told.stdout);
			const runtimes = [undefined, ...(defaultRuntime === 'runc' ? [] : ['runc'])];
			const failures: string[] = [];
			for (const runtime of runtimes) {
				const chosen = runtime === undefined ? [] : ['--runtime', runtime];
				const ran = await withRoot(async root => attempt(run({argv: ['podman', ...chosen, ...storage, ...planPodmanTrial(root, limits)]}, within)));
				if (typeof ran !== 'string' && isWell(ran)) {
					return {
						name,
						engine: createPodman({
							run,
							facts: {...found, runtime: runtime ?? defaultRuntime},
							limits,
							registryVariables: registryVariables(options),
							storageFolder,
							driver: found.storage,
							...(storageDriver !== undefined && {storageDriver}),
							...(runtime !== undefined && {runtime}),
						}),
					};
				}

				failures.push(`with ${runtime ?? defaultRuntime}: ${explainRun(ran, storageSeconds)}`);
			}

			return {name, reason: `it cannot run a container ${failures.join(', ')}`, hint: 'mend podman\'s runtime: apt-get install runc'};
		}

		why ||= explainRun(told, storageSeconds);
	}

	return {name, reason: why, hint: 'mend the storage of podman'};
}

/** A root with nothing but links to what /usr will have. */
const withRoot = async <T>(use: (root: string) => Promise<T>): Promise<T> => withTemporaryFolder('trial', async folder => {
	const root = path.join(folder, 'root');
	await mkdir(root);
	for (const link of ['bin', 'lib', 'lib64']) {
		await symlink(`usr/${link}`, path.join(root, link));
	}

	return use(root);
}, roomyFolder);
