import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {readGeneration, type Generation} from '../../../src/loadbuild/base-generation.js';
import {executeLoadbuild} from '../../../src/loadbuild/index.js';
import type {Prepared} from '../../../src/loadbuild/prepare-loadbuild.js';
import type {Handler} from '../../../src/plan/index.js';
import {fakeEffects} from '../../_helpers/fake-effects.js';
import {createMemoryStore} from '../../_helpers/memory-store.js';
import {handlersOf, planOf} from '../../_helpers/plan-of.js';

const target = {
	os: 'debian', codename: 'trixie', arch: 'amd64', from: undefined,
};
const morning = new Date('2026-11-20T08:00:00Z');
const noon = new Date('2026-11-20T12:00:00Z');
const nextMorning = new Date('2026-11-21T08:00:00Z');

/** A store on which runs make a base image and an image of it, and ask which generation counts. */
async function createWorld(t: ExecutionContext) {
	const folder = await mkdtemp(path.join(tmpdir(), 'stx-build-generation-'));
	t.teardown(async () => rm(folder, {recursive: true, force: true}));
	const store = createMemoryStore();
	const settings = {
		...target, workspace: folder, cache: folder, stream: 'stable', jobs: 1, memory: 1,
	};
	return {
		read: async (anew?: Date, from?: string) => readGeneration({...target, from}, store, anew),
		kept: async (from?: string) => (await readGeneration({...target, from}, store, undefined)).name,
		async execute(generation: Generation, run: Handler['run'], signal = new AbortController().signal) {
			const handler = {run, holds: async () => false};
			return executeLoadbuild({
				settings: settings as unknown as Prepared['settings'], generation, plan: planOf([{id: 'root', kind: 'base'}, {id: 'base', kind: 'base', needs: ['root']}, {id: 'image', needs: ['base']}]), handlers: {...handlersOf(handler), base: handlersOf(handler).test!},
			}, fakeEffects({store, signal}));
		},
	};
}

test('a new base image counts from when it is made, whatever becomes of the run', async t => {
	const {read, kept, execute} = await createWorld(t);
	const generation = await read(morning);
	t.deepEqual(generation, {name: morning.toISOString(), of: target, state: 'new'});
	const seen: string[] = [];
	const {exitCode} = await execute(generation, async ({id}) => {
		seen.push(`${id}: ${await kept()}`);
		return id;
	});
	t.is(exitCode, 0);
	t.deepEqual(seen, ['root: ', 'base: ', `image: ${morning.toISOString()}`]);
});

test('one that could not be made leaves the one before', async t => {
	const {read, kept, execute} = await createWorld(t);
	await execute(await read(morning), async ({id}) => id);
	const {exitCode} = await execute(await read(nextMorning), async () => {
		throw new Error('no mirror');
	});
	t.is(exitCode, 1);
	t.is(await kept(), morning.toISOString());
});

test('a run that did not come to its end is gone on with, and not the next day', async t => {
	const {read, execute} = await createWorld(t);
	t.is((await execute(await read(morning), async ({id}) => id, AbortSignal.abort())).exitCode, 130);
	t.is((await read(noon)).state, 'new', 'nothing was begun');
	const interrupt = new AbortController();
	const {exitCode} = await execute(await read(morning), async ({id}) => {
		interrupt.abort();
		return id;
	}, interrupt.signal);
	t.is(exitCode, 130);
	const again = await read(noon);
	t.deepEqual([again.name, again.state], [morning.toISOString(), 'begun']);
	t.is((await read(nextMorning)).name, nextMorning.toISOString());

	await execute(again, async ({id}) => id);
	t.is((await read(noon)).name, noon.toISOString(), 'it has come to its end now');
});

test('a base image of a registry has generations of its own', async t => {
	const {read, kept, execute} = await createWorld(t);
	await execute(await read(morning, 'debian:trixie'), async ({id}) => id);
	t.is(await kept('docker.io/library/debian:trixie'), morning.toISOString());
	t.is(await kept(), '');
	t.is(await kept('debian:forky'), '');
});
