import {readFile, stat} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {pushHandler, tagHandler} from '../../../src/base/name-base.js';
import {planBase, type BaseRequest} from '../../../src/base/index.js';
import {planRepositories} from '../../../src/base/plan-repositories.js';
import {stageContext} from '../../../src/base/stage-context.js';
import {BuildError} from '../../../src/errors.js';
import type {Json, StepContext} from '../../../src/plan/index.js';
import {withTemporaryFolder} from '../../../src/system/index.js';
import {createFakeEngine} from '../../_helpers/fake-engine.js';
import {createFakeRegistry, manifestDigest} from '../../_helpers/fake-registry.js';
import {writeFiles} from '../../_helpers/engines.js';

const image = `sha256:${'a'.repeat(64)}`;
const other = `sha256:${'b'.repeat(64)}`;

const request = (folder: string, more: Partial<BaseRequest> = {}): BaseRequest => ({
	os: 'debian',
	codename: 'trixie',
	arch: 'amd64',
	debianMirror: 'http://deb.debian.org/debian',
	debianSecurityMirror: 'http://deb.debian.org/debian-security',
	recipe: {
		packages: ['git'], starlingxPackages: ['python3-nss'], osVersion: '13.0', dockerfile: '/p/Dockerfile', script: '/p/install-packages', digests: [],
	},
	naming: {
		tags: {image: 'r.example.org/u/stx-debian:1', latest: 'r.example.org/u/stx-debian:latest'}, isVersioned: true, push: true, overwrite: false, clean: true, record: path.join(folder, 'record.json'),
	},
	...more,
});

const context = (results: Readonly<Record<string, Json>>): StepContext => ({
	result: id => results[id]!, progress: () => undefined, warn: () => undefined, signal: new AbortController().signal,
});

const base = {
	image, reference: 'localhost/stx-build/base:1', apt: {suites: [], packages: 1, digest: image}, target: {python: '3.13', pythonVersion: '3.13.5', glibc: '2.41'}, sources: [], trusted: ['http://unsigned.example.org'],
};

test('the image gets its names, and a record of what it is made from; a second run finds both', async t => {
	await withTemporaryFolder('names', async folder => {
		const engine = createFakeEngine();
		const handler = tagHandler({engine: async () => engine});
		const step = planBase(request(folder)).find(({kind}) => kind === 'base.tag')!;
		const result = await handler.run(step, context({base}));
		t.deepEqual([...engine.images], [['r.example.org/u/stx-debian:1', image], ['r.example.org/u/stx-debian:latest', image]]);
		const record = JSON.parse(await readFile(path.join(folder, 'record.json'), 'utf8')) as {trusted: string[]};
		t.deepEqual(record.trusted, ['http://unsigned.example.org'], 'W31: what was taken without a signature is recorded');
		t.true(await handler.holds(result, step));
		engine.images.set('r.example.org/u/stx-debian:latest', other);
		t.false(await handler.holds(result, step));
	});
});

test('what the registry has is not pushed again; --clean takes the names away afterwards', async t => {
	await withTemporaryFolder('names', async folder => {
		const engine = createFakeEngine();
		const registry = createFakeRegistry({'r.example.org/u/stx-debian:1': image});
		const effects = {engine: async () => engine, registry: async () => registry};
		const [tag, push] = ['base.tag', 'base.push'].map(kind => planBase(request(folder)).find(step => step.kind === kind)!);
		const tagged = await tagHandler(effects).run(tag!, context({base}));
		const result = await pushHandler(effects).run(push!, context({'base:tag': tagged}));
		t.deepEqual(engine.pushed, []);
		t.deepEqual(result, {
			image, pushed: [{reference: 'r.example.org/u/stx-debian:1', digest: manifestDigest(image), how: 'unchanged'}, {reference: 'r.example.org/u/stx-debian:latest', digest: manifestDigest(image), how: 'tagged'}],
		});
		const record = JSON.parse(await readFile(path.join(folder, 'record.json'), 'utf8')) as {pushed: unknown[]};
		t.is(record.pushed.length, 2);
		t.deepEqual([...engine.images.keys()], []);
	});
});

test('a name of a version is not taken from another image, unless that is asked for; that of the OS and latest move', async t => {
	await withTemporaryFolder('names', async folder => {
		const engineNames: string[] = [];
		const push = async (more: Partial<NonNullable<BaseRequest['naming']>>) => {
			const registry = createFakeRegistry({'r.example.org/u/stx-debian:1': other, 'r.example.org/u/stx-debian:latest': other});
			const engine = createFakeEngine({
				async push(reference) {
					engineNames.push(reference);
					return registry.give(reference, image);
				},
			});
			const effects = {engine: async () => engine, registry: async () => registry};
			const {naming} = request(folder);
			const steps = planBase(request(folder, {naming: {...naming!, ...more}}));
			const tagged = await tagHandler(effects).run(steps.find(({kind}) => kind === 'base.tag')!, context({base}));
			return await pushHandler(effects).run(steps.find(({kind}) => kind === 'base.push')!, context({'base:tag': tagged})) as {pushed: ReadonlyArray<{how: string}>};
		};

		await t.throwsAsync(push({}), {instanceOf: BuildError, code: 'STX0722'});
		const legacy = {image: 'r.example.org/u/stx-debian:new', latest: 'r.example.org/u/stx-debian:latest', legacy: 'r.example.org/u/stx-debian:1'};
		await t.throwsAsync(push({tags: legacy}), {instanceOf: BuildError, code: 'STX0722'});
		t.deepEqual(engineNames, ['r.example.org/u/stx-debian:new'], 'latest has not moved');
		for (const more of [{overwrite: true}, {isVersioned: false}]) {
			t.deepEqual((await push(more)).pushed.map(({how}) => how), ['pushed', 'tagged']);
		}
	});
});

test('W20: a push that fails fails the step, and what was pushed before is in the record', async t => {
	await withTemporaryFolder('names', async folder => {
		const registry = {
			...createFakeRegistry(),
			async tag(): Promise<never> {
				throw new BuildError('STX0908', 'it gives no answer');
			},
		};
		const engine = createFakeEngine({push: async reference => registry.give(reference, image)});
		const effects = {engine: async () => engine, registry: async () => registry};
		const [tag, push] = ['base.tag', 'base.push'].map(kind => planBase(request(folder)).find(step => step.kind === kind)!);
		const tagged = await tagHandler(effects).run(tag!, context({base}));
		await t.throwsAsync(pushHandler(effects).run(push!, context({'base:tag': tagged})), {instanceOf: BuildError, code: 'STX0908'});
		const record = JSON.parse(await readFile(path.join(folder, 'record.json'), 'utf8')) as {pushed: unknown[]};
		t.deepEqual(record.pushed, [{reference: 'r.example.org/u/stx-debian:1', digest: manifestDigest(image)}]);
	});
});

test('a base from a registry gets the files of apt beside the script, and the key in its place', async t => {
	await withTemporaryFolder('context', async folder => {
		await writeFiles(folder, {'install-packages': '#!/bin/sh\n', 'key.gpg': 'key'});
		const repositories = planRepositories({
			codename: 'trixie', publishUrl: 'http://repos.example.org', origin: 'starlingx', repos: [], layers: ['flock'], key: {file: path.join(folder, 'key.gpg'), digest: 'sha256:1', armored: false}, trusted: false,
		});
		const step = planBase(request(folder, {from: 'debian:13.0', repositories})).find(({id}) => id === 'base')!;
		const inputs = step.inputs as unknown as Parameters<typeof stageContext>[0] & {readonly packages: readonly string[]};
		t.deepEqual(inputs.packages, ['git', 'python3-nss']);
		const staged = await stageContext({...inputs, script: path.join(folder, 'install-packages')}, path.join(folder, 'staged'));
		t.is(await readFile(path.join(staged, 'apt/usr/share/keyrings/stx-build-repositories.gpg'), 'utf8'), 'key');
		t.regex(await readFile(path.join(staged, 'apt/etc/apt/sources.list.d/flock.list.disabled'), 'utf8'), /deb-local-binary-flock/);
		t.true((await stat(path.join(staged, 'install-packages'))).isFile());
		const without = await stageContext({script: path.join(folder, 'install-packages')}, path.join(folder, 'without'));
		await t.throwsAsync(stat(path.join(without, 'apt/etc')), {code: 'ENOENT'});
	});
});

test('the key of a base image is another with other repositories, and the same wherever the key file is', t => {
	const keyOf = (more: Partial<Parameters<typeof planRepositories>[0]>, isThere = true) => planBase(request('/w', {
		naming: undefined,
		...(isThere && {
			repositories: planRepositories({
				codename: 'trixie', publishUrl: 'http://repos.example.org', origin: 'starlingx', repos: [], layers: ['flock'], key: {file: '/k', digest: 'sha256:1', armored: true}, trusted: false, ...more,
			}),
		}),
	})).at(-1)!.key;
	t.is(keyOf({}), keyOf({key: {file: '/elsewhere/k', digest: 'sha256:1', armored: true}}));
	const keys = [keyOf({}, false), keyOf({}), keyOf({layers: []}), keyOf({origin: 'other'}), keyOf({publishUrl: 'http://other.example.org'}), keyOf({key: {file: '/k', digest: 'sha256:2', armored: true}}), keyOf({key: undefined, trusted: true})];
	t.is(new Set(keys).size, keys.length);
});
