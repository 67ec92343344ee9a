import {createBuildah} from './buildah.js';
import {lastLines} from './engine-error.js';
import {parseBuildahDriver} from './parse-inspect.js';
import {parseLimits} from './parse-limits.js';
import {planBuildahOptions} from './plan-buildah.js';
import {confine} from './plan-confinement.js';
import {
	attempt, trialSeconds, type Trial, type TrialOptions,
} from './trial.js';

const name = 'buildah';

/** Makes namespaces and an empty container, with overlay and, where that does not work, with vfs. */
export async function tryBuildah(options: TrialOptions): Promise<Trial> {
	const {run, signal} = options;
	const limits = {timeoutSeconds: trialSeconds, ...(signal && {signal})};
	const confined = await attempt(run({argv: confine(['cat', '/proc/self/limits'], 'none'), killSignal: 'SIGKILL'}, limits));
	if (typeof confined === 'string' || confined.exitCode !== 0) {
		return explainNamespaces(typeof confined === 'string' ? confined : lastLines(confined.output, 1));
	}

	let why = '';
	for (const storageDriver of [undefined, 'vfs']) {
		const buildah = ['buildah', ...planBuildahOptions({storageDriver})] as const;
		const container = await attempt(run({argv: [...buildah, 'from', '--quiet', 'scratch']}, limits));
		if (typeof container === 'string') {
			return {name, reason: 'it is not installed', hint: 'apt-get install buildah netavark'};
		}

		if (container.exitCode === 0) {
			await run({argv: [...buildah, 'rm', container.stdout.trim()]}, limits);
			const info = await run({argv: [...buildah, 'info']}, limits);
			const version = await run({argv: [...buildah, '--version']}, limits);
			const facts = {
				version: /\d+(?:\.\d+)+/.exec(version.stdout)?.[0] ?? 'unknown', isolation: 'chroot', storage: parseBuildahDriver(info.stdout),
			};
			return {
				name,
				engine: createBuildah({
					run, facts, limits: parseLimits(confined.stdout), registryVariables: registryVariables(options), ...(storageDriver !== undefined && {storageDriver}),
				}),
			};
		}

		why ||= lastLines(container.output, 1);
	}

	return why.includes('netavark')
		? {name, reason: 'it wants netavark, though nothing here uses it', hint: 'apt-get install netavark'}
		: {name, reason: why, hint: 'mend the storage of buildah'};
}

function explainNamespaces(why: string): Trial {
	// What unshare(1) says in a chroot.
	const hint = why.includes('propagation')
		? 'make the folder of the chroot a mount point (mount --bind FOLDER FOLDER) before it is entered'
		: 'run as root (sudo), for buildah';
	return {name, reason: `namespaces cannot be made: ${why}`, hint};
}

/** What programs written in Go read. */
function registryVariables({caBundle, httpProxy, httpsProxy, noProxy}: TrialOptions): Record<string, string> {
	const variables = {
		SSL_CERT_FILE: caBundle, http_proxy: httpProxy, https_proxy: httpsProxy, no_proxy: noProxy,
	};

	return Object.fromEntries(Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
