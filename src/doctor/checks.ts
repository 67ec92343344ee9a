/**
What `stx-build doctor` tries on this machine: each check does the thing on a small scale and, where it fails, says how
to mend it. The engine's own checks come from src/engine, that of LOCI from its own file.
*/
import {
	access, constants, stat, statfs,
} from 'node:fs/promises';
import path from 'node:path';
import semver from 'semver';
import {probeEngines} from '../engine/index.js';
import {BuildError} from '../errors.js';
import {maskSecrets} from '../mask-secrets.js';
import type {Store} from '../plan/index.js';
import {
	makeFolder, withTemporaryFolder, type HttpClient, type Runner,
} from '../system/index.js';
import type {Settings} from '../workspace/index.js';
import {checkLoci} from './check-loci.js';
import type {Finding} from './finding.js';

export type CheckEffects = {readonly run: Runner; readonly http: HttpClient; readonly store: Store; readonly signal: AbortSignal};

const gibibyte = 1024 ** 3;

/** What one service takes from nothing, with the layers that the engine keeps; README says it too. */
const roomNeeded = 5 * gibibyte;

/**
Tries folders, room, programs, certificates, sources and engines. What it finds wrong is in the findings.

@throws when interrupted, after all that is tried has ended and cleaned up.
*/
export async function checkMachine(settings: Settings, {run, http, store, signal}: CheckEffects): Promise<readonly Finding[]> {
	const checkHost = async (source: Source): Promise<Finding> => settings.offline ? notAsked(source) : checkSource(http, signal, source);
	const {engine: preferred, caBundle, httpProxy, httpsProxy, noProxy} = settings;
	const tried: ReadonlyArray<Promise<Finding | readonly Finding[]>> = [
		checkFolder('workspace', settings.workspace, 'name a writable folder with --workspace or MY_WORKSPACE'),
		checkFolder('cache', settings.cache, 'name a writable folder with --cache-dir or STX_BUILD_CACHE'),
		checkProgram(run, signal, {
			name: 'Python', argv: ['python3', '--version'], minimum: '3.9.0', hint: 'apt-get install python3 (uv asks it which platform this is; nothing of the input is run by it)',
		}),
		checkProgram(run, signal, {
			name: 'git', argv: ['git', '--version'], minimum: '2.32.0', hint: 'apt-get install git',
		}),
		checkProgram(run, signal, {
			name: 'mmdebstrap', argv: ['mmdebstrap', '--version'], minimum: '1.3.0', hint: 'apt-get install mmdebstrap, or take the base image from a registry with --from',
		}),
		checkCertificates(settings),
		checkHost({name: 'package index', url: `${settings.index}/pip/`, hint: 'check --index, the proxies and --ca-bundle'}),
		checkHost({name: 'Debian mirror', url: `${settings.debianMirror}/dists/${settings.codename}/InRelease`, hint: 'check --debian-mirror, --os-codename and the proxies'}),
		checkLoci(settings, {run, store, signal}),
		checkRepo(settings),
		probeEngines({
			preferred, run, signal, caBundle, httpProxy, httpsProxy, noProxy,
		}),
	];
	// What is interrupted cleans up first.
	await Promise.allSettled(tried);
	const found = await Promise.all(tried);
	return found.flat();
}

async function checkFolder(name: string, folder: string, hint: string): Promise<Finding> {
	try {
		await makeFolder(folder);
		await access(folder, constants.W_OK);
		await withTemporaryFolder('doctor', async () => undefined, folder);
		const {bavail, bsize} = await statfs(folder);
		const free = bavail * bsize;
		const detail = `${folder}, ${(free / gibibyte).toFixed(0)} GiB free`;
		return free < roomNeeded
			? {
				name, ok: false, detail, hint: `one service takes ${roomNeeded / gibibyte} GiB from nothing, all of them more: free some, or ${hint}`,
			}
			: {name, ok: true, detail};
	} catch (error) {
		return {
			name, ok: false, detail: `${folder}: ${error instanceof Error ? error.message : String(error)}`, hint,
		};
	}
}

type Program = {
	readonly name: string;
	/** Prints the version. */
	readonly argv: readonly [string, ...string[]];
	/** The oldest version that is known to do: that of Debian 12, or older. */
	readonly minimum: string;
	readonly hint: string;
};

/** Runs a program and looks at its version. What is wrong with it is in the finding. */
export async function checkProgram(run: Runner, signal: AbortSignal, {name, argv, minimum, hint}: Program): Promise<Finding> {
	const lack = (detail: string): Finding => ({
		name, ok: false, detail, hint,
	});
	try {
		const result = await run({argv}, {signal, timeoutSeconds: 20});
		const [first = ''] = result.output.trim().split('\n');
		if (result.exitCode !== 0) {
			return lack(`exit code ${result.exitCode}: ${first}`);
		}

		const found = semver.coerce(first);
		return found && semver.lt(found, minimum) ? lack(`${first}: ${minimum} or newer is needed`) : {name, ok: true, detail: first};
	} catch (error) {
		if (error instanceof BuildError && error.code !== 'STX0003') {
			return lack(error.message);
		}

		throw error;
	}
}

async function checkCertificates({caBundle}: Settings): Promise<Finding> {
	const name = 'CA bundle';
	if (caBundle === undefined) {
		return {name, ok: true, detail: 'none named: the certificates of Node and of the images count'};
	}

	return access(caBundle, constants.R_OK).then(
		() => ({name, ok: true, detail: caBundle}),
		() => ({
			name, ok: false, detail: `${caBundle} cannot be read`, hint: 'name a readable file with --ca-bundle or SSL_CERT_FILE',
		}),
	);
}

/** A checkout without `build-tools/` gives a build nothing, and nobody would see why. What is wrong is in the finding. */
export async function checkRepo({repo}: Pick<Settings, 'repo'>): Promise<Finding> {
	const name = 'StarlingX';
	if (repo === undefined) {
		return {name, ok: true, detail: 'not used: MY_REPO is not set, and the wheel lists and constraints of stx-build count'};
	}

	const tools = path.join(repo, 'build-tools');
	return await stat(tools).then(found => found.isDirectory(), () => false)
		? {name, ok: true, detail: repo}
		: {
			name, ok: false, detail: `${repo} has no folder build-tools/`, hint: 'MY_REPO (--repo) is the folder of cgcs-root, whose wheel lists and constraints are read',
		};
}

type Source = {readonly name: string; readonly url: string; readonly hint: string};

const notAsked = ({name, url}: Source): Finding => ({name, ok: true, detail: `${maskSecrets(url)} is not asked: --offline`});

async function checkSource(http: HttpClient, signal: AbortSignal, {name, url, hint}: Source): Promise<Finding> {
	const shown = maskSecrets(url);
	try {
		const client = await http();
		const response = await client.get(url, {
			signal, timeout: {request: 15_000}, retry: {limit: 1}, throwHttpErrors: false,
		});
		return response.statusCode === 200
			? {name, ok: true, detail: shown}
			: {
				name, ok: false, detail: `${shown}: HTTP ${response.statusCode}`, hint,
			};
	} catch (error) {
		return {
			name, ok: false, detail: `${shown}: ${error instanceof Error ? maskSecrets(error.message) : String(error)}`, hint,
		};
	}
}
