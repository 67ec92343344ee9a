import {
	appendFile, readdir, readFile, rm, writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import {gzipSync} from 'node:zlib';
import test, {type ExecutionContext} from 'ava';
import type {Engine} from '../../src/engine/index.js';
import {keyOf, type Json} from '../../src/plan/index.js';
import {inspectTarball} from '../../src/loadbuild/workspace-tarball.js';
import {createTarget, normalizeName} from '../../src/python/index.js';
import {readMembers} from '../../src/system/index.js';
import {
	openTarball, recordFile, wheelsOfTarball, type TarballResult, type WheelEffects,
} from '../../src/wheels/index.js';
import {announceTarball} from '../../src/wheels/tarball/record.js';
import {tarOf, wheelOf, type MadeFile} from '../_helpers/archives.js';
import {failureOf, thrownBy} from '../_helpers/failure.js';
import {
	contextOf, makeWheelSteps, stepOf, storeMade,
} from '../_helpers/wheel-effects.js';

const target = createTarget({python: '3.13', glibc: '2.41', arch: 'amd64'});

const makeEffects = async (t: ExecutionContext) => makeWheelSteps(t, undefined as unknown as Engine);

const wheels = async () => Promise.all([
	wheelOf({name: 'A', version: '1', requires: ['b>=1', 'keystone']}), wheelOf({name: 'b', version: '1.0', tag: 'cp313-cp313-linux_x86_64'}), wheelOf({name: 'keystone', version: '1'}),
]);

async function tarballStep(effects: WheelEffects, file: string, {reversed = false, without = ''} = {}) {
	const made = (await wheels()).filter(({filename}) => !filename.startsWith(without === '' ? '!' : without));
	const names = made.map(({filename}) => filename.split('-')[0]!);
	const results: Readonly<Record<string, Json>> = Object.fromEntries<Json>(await Promise.all(made.map(async (item): Promise<[string, Json]> => {
		const [name, version] = item.filename.split('-') as [string, string];
		return [`fetch:${item.filename}`, await storeMade(effects, item, {name, version, requiresDist: name === 'A' ? ['b>=1', 'keystone'] : []})];
	})));
	const listed = names.map((name, index) => ({name: normalizeName(name), version: '1', step: `fetch:${made[index]!.filename}`}));
	const inputs = {
		file, lockInputs: keyOf('lock'), globalRequirements: 'a\n', wheels: reversed ? listed.toReversed() : listed, roots: {'stx-a': ['A']}, leftOut: [], unclosed: [],
	};
	return {step: stepOf('wheels.tarball', inputs), context: contextOf(results)};
}

test('the tarball is flat, has the constraints of what was built, and a record beside it', async t => {
	const {folder, effects, handlers} = await makeEffects(t);
	const file = path.join(folder, 'std', 'stx-debian-stable-wheels.tar');
	const {step, context} = await tarballStep(effects, file);
	const result = await handlers['wheels.tarball']!.run(step, context) as unknown as TarballResult;
	const members = await readMembers(file, () => true);
	t.deepEqual([...members.keys()], ['A-1-py3-none-any.whl', 'b-1.0-cp313-cp313-linux_x86_64.whl', 'global-requirements.txt', 'keystone-1-py3-none-any.whl', 'upper-constraints.txt']);
	t.is(members.get('upper-constraints.txt')!.toString(), '# head\nb===1.0\nc===1;python_version<\'3\'\nA===1\n');
	t.is(members.get('global-requirements.txt')!.toString(), 'a\n');
	const record = JSON.parse(await readFile(recordFile(file), 'utf8')) as {digest: string; labels: unknown; wheels: ReadonlyArray<{filename: string}>};
	t.is(record.digest, result.digest);
	t.deepEqual(record.labels, {'stx-a': ['a', 'b', 'keystone']});
	t.is(record.wheels.length, 3);

	t.true(await handlers['wheels.tarball']!.holds(result, step));
	await appendFile(file, 'x');
	t.false(await handlers['wheels.tarball']!.holds(result, step));
	t.false(await handlers['wheels.tarball']!.holds(result, stepOf('wheels.tarball', {...step.inputs as object, file: path.join(folder, 'other.tar')})));
});

test('a tarball whose run was killed before its record was written is nobody else\'s', async t => {
	const {folder, effects, handlers} = await makeEffects(t);
	const file = path.join(folder, 'std', 'stx-debian-stable-wheels.tar');
	const {step, context} = await tarballStep(effects, file);
	const inspect = async () => inspectTarball(file, effects.store);
	t.deepEqual(await inspect(), {state: 'none'});
	await handlers['wheels.tarball']!.run(step, context);
	const own = {state: 'own', labels: ['stx-a']};
	t.deepEqual(await inspect(), own);
	const record = await readFile(recordFile(file));
	for (const left of [undefined, '{"digest": "sha256:of the one before", "labels": {}}', 'no record']) {
		await (left === undefined ? rm(recordFile(file)) : writeFile(recordFile(file), left));
		t.deepEqual(await inspect(), own, left);
	}

	// Killed when the next one had all its bytes, and not yet the name.
	await writeFile(recordFile(file), record);
	await announceTarball(file, {digest: `sha256:${'0'.repeat(64)}`, labels: ['stx-next']}, effects.store);
	t.deepEqual(await inspect(), own);
	await appendFile(file, 'x');
	t.deepEqual(await inspect(), {state: 'foreign'});
});

test('W35: the same wheels in another order give the same bytes', async t => {
	const {folder, effects, handlers} = await makeEffects(t);
	const digests = await Promise.all([false, true].map(async reversed => {
		const file = path.join(folder, String(reversed), 'stx-debian-stable-wheels.tar');
		const {step, context} = await tarballStep(effects, file, {reversed});
		return (await handlers['wheels.tarball']!.run(step, context) as unknown as TarballResult).digest;
	}));
	t.is(digests[0], digests[1]);
});

test('W33: a set that is not closed makes no tarball, and the chain is named: nothing is left for an image to fetch', async t => {
	const {folder, effects, handlers} = await makeEffects(t);
	const file = path.join(folder, 'stx-debian-stable-wheels.tar');
	const {step, context} = await tarballStep(effects, file, {without: 'b-'});
	const error = await failureOf(async () => handlers['wheels.tarball']!.run(step, context));
	t.is(error.code, 'STX0418');
	t.regex(error.message, /no wheel of `b` \(A -> b\)/);
	t.deepEqual((await readdir(folder)).filter(name => name.endsWith('.tar') || name.endsWith('.json')), []);
});

test('a flipped byte in a stored wheel is found before it is packed', async t => {
	const {folder, effects, handlers} = await makeEffects(t);
	const file = path.join(folder, 'out', 'stx-debian-stable-wheels.tar');
	const {step, context} = await tarballStep(effects, file);
	const stored: string[] = [];
	const walk = async (at: string): Promise<void> => {
		for (const entry of await readdir(at, {withFileTypes: true})) {
			const name = path.join(at, entry.name);
			await (entry.isDirectory() ? walk(name) : Promise.resolve(stored.push(name)));
		}
	};

	await walk(path.join(folder, 'store', 'content-v2'));
	const [victim] = stored as [string];
	const bytes = await readFile(victim);
	bytes.writeUInt8((bytes.readUInt8(bytes.length - 30) + 1) % 256, bytes.length - 30);
	await rm(victim);
	await writeFile(victim, bytes);
	const error = await failureOf(async () => handlers['wheels.tarball']!.run(step, context));
	t.is(error.code, 'STX0906');
	t.deepEqual(await readdir(path.join(folder, 'out')), []);
});

test('an existing tarball is taken into the store; a wheel that is not there is named with its chain', async t => {
	const {folder, effects} = await makeEffects(t);
	const [a, b, keystone] = await wheels();
	const foreign = await wheelOf({name: 'lxml', version: '4', tag: 'pp39-pypy39_pp73-manylinux_2_24_x86_64'});
	const write = async (name: string, members: readonly MadeFile[], constraints = true): Promise<string> => {
		const file = path.join(folder, name);
		await writeFile(file, tarOf([
			...members.map(({filename, content}) => ({path: filename, content: new Uint8Array(content)})),
			...(constraints ? [{path: 'upper-constraints.txt', content: 'a===1\n'}] : []),
		]));
		return file;
	};

	const open = async (file: string) => openTarball(file, {store: effects.store, target, folder: path.join(folder, 'tmp')});
	const roots = [{label: 'stx-a', requirements: ['a'], at: {file: 'a.ini', line: 3}}];
	const set = await open(await write('all.tar', [a, b, keystone, foreign]));
	t.is(set.constraints, 'a===1\n');
	t.deepEqual(wheelsOfTarball(set, roots, target).get('stx-a')!.map(({name, filename}) => [name, filename]) as unknown, [['a', a.filename], ['b', b.filename], ['keystone', keystone.filename]]);
	t.true(await effects.store.has(`sha256:${a.sha256}`));

	const lacking = await open(await write('lacking.tar', [a, b]));
	const error = thrownBy(() => wheelsOfTarball(lacking, roots, target));
	t.is(error.message, 'the wheels for `stx-a` are not complete: no wheel of `keystone` (a -> keystone)');
	t.deepEqual(error.at, [{file: 'a.ini', line: 3}, {file: lacking.file}]);
	t.regex(error.hint!, /^it is not in the tarball `lacking\.tar`/v);

	const absent = await failureOf(async () => open(path.join(folder, 'none.tar')));
	t.is(absent.code, 'STX0903');
	const unconstrained = await failureOf(async () => open(await write('bare.tar', [a], false)));
	t.is(unconstrained.code, 'STX0420');
	const xz = path.join(folder, 'all.tar.xz');
	await writeFile(xz, new Uint8Array([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0, 0, 4]));
	const compressed = await failureOf(async () => open(xz));
	t.is(compressed.message, '`all.tar.xz` is compressed with xz, and only gzip can be read');
	t.is(compressed.hint, `unpack it first: \`unxz --keep ${xz}\``);
	const gzip = path.join(folder, 'all.tar.gz');
	await writeFile(gzip, gzipSync(await readFile(await write('all.tar', [a, b, keystone]))));
	t.is((await open(gzip)).wheels.length, 3);
	t.is((await failureOf(async () => open(folder))).message, `\`${path.basename(folder)}\` is a folder, and a file is wanted`);
	const noWheels = await failureOf(async () => open(await write('empty.tar', [])));
	t.is(noWheels.code, 'STX0420');
	const twice = await wheelOf({name: 'a', version: '2'});
	const doubled = await failureOf(async () => open(await write('twice.tar', [a, twice])));
	t.regex(doubled.message, /two wheels of `a`/);
	const liar = {...await wheelOf({name: 'a', version: '3', metadataName: 'b'})};
	const mislabelled = await failureOf(async () => open(await write('liar.tar', [liar])));
	t.is(mislabelled.code, 'STX0416');
});
