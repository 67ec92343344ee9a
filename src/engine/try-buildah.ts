import {createBuildah} from './buildah.js';
import {refuseInterrupted} from './engine-error.js';
import {parseBuildahInfo} from './parse-inspect.js';
import {planStorageOptions} from './plan-storage.js';
import {
	attempt, explainRun, isWell, registryVariables, storageSeconds, type Trial, type TrialOptions,
} from './trial.js';
import {tryNamespaces} from './try-namespaces.js';

const name = 'buildah';

/** Makes namespaces and an empty container, with overlay and, where that does not work, with vfs. */
export async function tryBuildah(options: TrialOptions): Promise<Trial> {
	const {run, signal} = options;
	const within = {timeoutSeconds: storageSeconds, ...(signal && {signal})};
	const namespaces = await tryNamespaces(name, options);
	if ('reason' in namespaces) {
		return namespaces;
	}

	let why = '';
	for (const storageDriver of [undefined, 'vfs']) {
		const buildah = ['buildah', ...planStorageOptions({storageDriver})] as const;
		refuseInterrupted(options);
		// Not interrupted, nor its removal: nothing tells afterwards whose container it was.
		const container = await attempt(run({argv: [...buildah, 'from', '--quiet', 'scratch']}, {timeoutSeconds: storageSeconds}));
		if (typeof container === 'string') {
			return {name, reason: 'it is not installed', hint: 'apt-get install buildah netavark'};
		}

		if (isWell(container)) {
			await run({argv: [...buildah, 'rm', container.stdout.trim()]}, {timeoutSeconds: storageSeconds});
			const info = await run({argv: [...buildah, 'info']}, within);
			if (!isWell(info)) {
				return {name, reason: explainRun(info, storageSeconds), hint: 'mend the storage of buildah'};
			}

			const version = await run({argv: [...buildah, '--version']}, within);
			const {storage, storageFolder} = parseBuildahInfo(info.stdout);
			const facts = {version: /\d+(?:\.\d+)+/.exec(version.stdout)?.[0] ?? 'unknown', isolation: 'chroot', storage};
			return {
				name,
				engine: createBuildah({
					run, facts, storageFolder, driver: storage, limits: namespaces.limits, registryVariables: registryVariables(options), ...(storageDriver !== undefined && {storageDriver}),
				}),
			};
		}

		why ||= explainRun(container, storageSeconds);
	}

	return why.includes('netavark')
		? {name, reason: 'it wants netavark, though nothing here uses it', hint: 'apt-get install netavark'}
		: {name, reason: why, hint: 'mend the storage of buildah'};
}
