/** What steps of wheels need, with an engine that a test brings, and steps to do with it. */
import {mkdtemp, rm} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {Readable} from 'node:stream';
import type {ExecutionContext} from 'ava';
import type {Engine} from '../../src/engine/index.js';
import {
	keyOf, type Handlers, type Json, type Step, type StepContext,
} from '../../src/plan/index.js';
import type {PypiClient} from '../../src/pypi/index.js';
import {createTarget, normalizeName, parseConstraints} from '../../src/python/index.js';
import {createStore, systemClock, type Git} from '../../src/system/index.js';
import {wheelHandlers, type FileResult, type WheelEffects} from '../../src/wheels/index.js';
import type {BuildInputs} from '../../src/wheels/step-inputs.js';
import type {MadeFile} from './archives.js';
import {createFakeRegistry} from './fake-registry.js';

export type WheelSteps = {
	readonly folder: string;
	readonly effects: WheelEffects;
	readonly handlers: Handlers;
};

/** A store, a cache and logs in a folder that is gone after the test. */
export async function makeWheelSteps(t: ExecutionContext<any>, engine: Engine, changes: Partial<WheelEffects> = {}): Promise<WheelSteps> {
	const folder = await mkdtemp(path.join(os.tmpdir(), 'stx-build-steps-'));
	t.teardown(async () => rm(folder, {recursive: true, force: true}));
	const effects: WheelEffects = {
		pypi: undefined as unknown as PypiClient,
		store: createStore(path.join(folder, 'store')),
		git: undefined as unknown as Git,
		engine: async () => engine,
		registry: async () => createFakeRegistry(),
		uv: async () => ({file: '/cache/uv/1/uv', version: '1', digest: 'sha256:00'}),
		clock: systemClock,
		target: createTarget({python: '3.13', glibc: '2.41', arch: 'amd64'}),
		constraints: parseConstraints('# head\nb===0.9\nkeystone===1\nc===1;python_version<\'3\'\n', 'upper-constraints.txt'),
		cache: path.join(folder, 'cache'),
		logs: path.join(folder, 'logs'),
		caBundle: undefined,
		httpProxy: undefined,
		httpsProxy: undefined,
		noProxy: undefined,
		...changes,
	};
	return {folder, effects, handlers: wheelHandlers(effects)};
}

/** What steps get whose needs had these results. */
export const contextOf = (results: Readonly<Record<string, Json>>, signal = new AbortController().signal): StepContext => ({
	result: id => results[id]!,
	progress() {
		// Not looked at.
	},
	warn() {
		// Not looked at.
	},
	signal,
});

export const stepOf = (kind: string, inputs: Json, needs: readonly string[] = []): Step => ({
	id: kind, kind, title: kind, group: 'wheels', needs, key: keyOf(kind), inputs, uses: 'cpu',
});

/** Puts a file into the store, as a step that fetched it would. */
export async function storeMade(effects: WheelEffects, made: MadeFile, metadata?: FileResult['metadata']): Promise<FileResult> {
	const {digest, size} = await effects.store.add(Readable.from([made.content]));
	return {
		filename: made.filename, digest, size, ...(metadata && {metadata}),
	};
}

/** What a build of `thing` 1.0 is told; its sdist comes from the step `sdist`, its environment from the step `tool`. */
export const buildInputs = (changes: Partial<BuildInputs> = {}): BuildInputs => ({
	name: normalizeName('thing'),
	version: '1.0',
	source: {step: 'sdist'},
	environment: ['tool'],
	env: {},
	patches: [],
	builder: 'builder',
	environmentBuilder: 'builder',
	recipe: path.resolve('wheels', 'builder'),
	processors: 1,
	timeoutSeconds: 60,
	disk: 1024,
	memory: 4096,
	...changes,
});
