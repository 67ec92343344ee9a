/** A small world for wheels: an index of its own, input files, and the real uv. */
import {
	mkdir, mkdtemp, rm, symlink, writeFile,
} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import type {ExecutionContext} from 'ava';
import {createPypiClient, type PypiClient} from '../../src/pypi/index.js';
import type {Store} from '../../src/plan/index.js';
import {
	createGit, createHttp, createRetryPolicy, createRunner, createStore, systemClock,
} from '../../src/system/index.js';
import {
	addLocalWheels, fetchUv, lockWheels, readLocalWheels, readWheelInputs, type Lock, type LockOptions, type ReadOptions, type UvProgram, type WheelInputs, type WheelRoots,
} from '../../src/wheels/index.js';
import {fetchNothing} from './fetch-nothing.js';
import {startIndexServer, type IndexServer, type ServedFile} from './index-server.js';
import {isCi} from './needs.js';

const packageFolder = path.resolve('.');
const retry = createRetryPolicy({limit: 1, random: () => 0.5});
const trusted = process.env.SSL_CERT_FILE;
const direct = {
	caBundle: undefined, httpProxy: undefined, httpsProxy: undefined, noProxy: undefined,
};

function createClient(index: string, store: Store, cache: string): PypiClient {
	const http = createHttp({
		userAgent: 'stx-build-test', clock: systemClock, retry, ...(trusted !== undefined && {caBundle: trusted}),
	});
	return createPypiClient({
		http, index, store, cache: path.join(cache, 'pypi'), offline: false, clock: systemClock, retry,
	});
}

let fetching: Promise<UvProgram> | undefined;

/** The uv that is pinned in wheels/toolchain.txt, fetched from PyPI once for all tests; undefined without a way to PyPI. */
export async function findUv(t: ExecutionContext<any>): Promise<UvProgram | undefined> {
	fetching ??= fetchPinnedUv();
	try {
		return await fetching;
	} catch (error) {
		if (isCi(process.env)) {
			throw error;
		}

		t.log(`SKIPPED: uv cannot be had: ${(error as Error).message}`);
		t.pass();
		return undefined;
	}
}

async function fetchPinnedUv(): Promise<UvProgram> {
	const cache = path.join(os.tmpdir(), `stx-build-test-uv-${os.userInfo().uid}`);
	const store = createStore(cache);
	const {toolchain} = await readShipped();
	return fetchUv(toolchain, {
		pypi: createClient('https://pypi.org/simple', store, cache), cache, machine: process.arch, signal: new AbortController().signal,
	});
}

const readShipped = async () => readWheelInputs({roots: [packageFolder]}, {
	os: 'debian', codename: 'trixie', stream: 'stable', arch: 'amd64', repo: undefined,
}, {fetchDocument: fetchNothing});

export type WheelWorld = {
	readonly folder: string;
	readonly cache: string;
	readonly server: IndexServer;
	readonly store: Store;
	readonly pypi: PypiClient;
	readonly lockFile: string;
	readonly notes: string[];
	/** Writes an input file below wheels/. */
	write(name: string, text: string): Promise<void>;
	inputs(options?: Partial<ReadOptions>): Promise<WheelInputs>;
	lock(roots: Readonly<Record<string, readonly string[]>>, options?: Omit<LockOptions, 'file'> & Partial<ReadOptions> & {readonly extra?: readonly string[]; readonly signal?: AbortSignal}): Promise<Lock>;
};

/** Files of a project as an index has them. */
export type Projects = Readonly<Record<string, readonly ServedFile[]>>;

/** @returns undefined when there is no uv; the test has then said so. */
export async function makeWheelWorld(t: ExecutionContext<any>, projects: Projects, files: Readonly<Record<string, string>> = {}): Promise<WheelWorld | undefined> {
	const uv = await findUv(t);
	if (!uv) {
		return undefined;
	}

	const folder = await mkdtemp(path.join(os.tmpdir(), 'stx-build-wheels-'));
	const server = await startIndexServer({projects});
	t.teardown(async () => {
		await server.close();
		await rm(folder, {recursive: true, force: true});
	});
	const cache = path.join(folder, 'cache');
	await mkdir(path.join(cache, 'uv'), {recursive: true});
	await symlink(path.dirname(uv.file), path.join(cache, 'uv', path.basename(path.dirname(uv.file))));
	const store = createStore(cache);
	const pypi = createClient(server.index, store, cache);
	const notes: string[] = [];
	const lockFile = path.join(folder, 'pylock.debian-trixie-stable.toml');
	const world: WheelWorld = {
		folder,
		cache,
		server,
		store,
		pypi,
		lockFile,
		notes,
		async write(name, text) {
			const file = path.join(folder, 'wheels', name);
			await mkdir(path.dirname(file), {recursive: true});
			await writeFile(file, text);
		},
		inputs: async (options = {}) => readWheelInputs({roots: [folder, packageFolder]}, {
			os: 'debian', codename: 'trixie', stream: 'stable', arch: 'amd64', repo: undefined,
		}, {fetchDocument: fetchNothing, ...options}),
		// The files of the list are on a server of the test, which nobody states digests of: most tests trust it.
		async lock(roots, {fetchDocument = fetchNothing, allowUnusable = false, extra = [], signal = new AbortController().signal, ...options} = {}) {
			const wheelRoots = Object.entries(roots).map(([label, requirements]): WheelRoots => ({label, requirements, at: {file: `${label}.ini`, line: 2}}));
			const inputs = await world.inputs({fetchDocument, allowUnusable});
			const local = await readLocalWheels({
				os: 'debian', codename: 'trixie', stream: 'stable', arch: 'amd64', repo: undefined, workspace: folder,
			}, {folders: extra, target: inputs.target}, {run: createRunner(process.env), store, folder: path.join(cache, 'tmp')});
			return lockWheels(addLocalWheels(inputs, local), wheelRoots, {trust: true, ...options, file: lockFile}, {
				pypi,
				store,
				run: createRunner(process.env),
				git: createGit({
					run: createRunner(process.env), store, cache, retry, network: {...direct, offline: false},
				}),
				index: server.index,
				cache,
				machine: process.arch,
				note(message) {
					notes.push(message);
				},
				signal,
			});
		},
	};
	const {toolchain} = await readShipped();
	const pin = toolchain.find(({name}) => name === 'uv')!;
	await world.write('toolchain.txt', `uv==${pin.version} ${pin.sha256.map(hex => `--hash=sha256:${hex}`).join(' ')}\n`);
	await world.write('debian-trixie/stable-wheels.cfg', '');
	await world.write('debian-trixie/openstack.cfg', 'STABLE_OPENSTACK_REQ_URL=requirements\n');
	await world.write('debian-trixie/requirements/upper-constraints.txt', '');
	await world.write('debian-trixie/requirements/global-requirements.txt', '');
	for (const [name, text] of Object.entries(files)) {
		await world.write(name, text);
	}

	return world;
}
