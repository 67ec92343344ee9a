/** Images on real engines: importing, finding, naming, and the id that is the same on all of them. */
import path from 'node:path';
import test from 'ava';
import {normalizeReference, selectEngine} from '../../src/engine/index.js';
import {writeProbeRoot} from '../../src/engine/probe-root.js';
import {withTemporaryFolder} from '../../src/system/index.js';
import {
	engineNames, hostArch, run, engineTests,
} from '../_helpers/engines.js';
import {needs} from '../_helpers/needs.js';

const testEngines = engineTests(test);

testEngines('an image is found by id and by each of its names, and not by others', async (t, {engine, image, reference, keep}) => {
	t.regex(image, /^sha256:[\da-f]{64}$/v);
	const second = await keep(image);
	t.is(await engine.find(image), image);
	t.is(await engine.find(image.replace('sha256:', '')), image);
	t.is(await engine.find(reference), image);
	t.is(await engine.find(second), image);
	t.is(await engine.find('localhost/stx-build/no-such-image:1'), undefined);
	t.is(await engine.find('no-such-image'), undefined);
	t.is(await engine.find('0'.repeat(64)), undefined);
});

testEngines('a name is read as Docker reads it', async (t, {engine, image}) => {
	const familiar = `stx-build-test/familiar-${engine.name}:1`;
	await engine.tag(image, familiar);
	try {
		t.is(await engine.find(normalizeReference(familiar)), image);
		t.is(await engine.find(`docker.io/${familiar}`), image);
	} finally {
		await engine.remove(familiar);
	}

	t.is(await engine.find(familiar), undefined);
	await t.notThrowsAsync(engine.remove(familiar));
});

testEngines('an imported image has a path and a shell, and nothing else', async (t, {engine, image}) => {
	t.deepEqual(await engine.inspect(image), {
		env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'], entrypoint: [], cmd: ['/bin/sh'], user: '', labels: {},
	});
});

testEngines('the same root is the same image', async (t, {engine, image, folder}) => {
	t.is(await engine.importRoot({file: path.join(folder, 'root.tar'), arch: hostArch}), image);
});

test('the same root is the same image on every engine', async t => {
	for (const name of engineNames) {
		if (!needs(t, {engine: name, root: true})) {
			return;
		}
	}

	await withTemporaryFolder('engine-test', async folder => {
		const file = await writeProbeRoot(folder, run, folder);
		const ids = [];
		for (const preferred of engineNames) {
			const engine = await selectEngine({preferred, run});
			const id = await engine.importRoot({file, arch: hostArch});
			await engine.remove(id);
			ids.push(id);
		}

		t.is(new Set(ids).size, 1);
	});
});

testEngines('a name that moves to another image is gone from the first', async (t, {engine, image, folder, keep}) => {
	const other = await engine.importRoot({file: await writeProbeRoot(folder, run, `${folder} other`), arch: hostArch});
	const name = await keep(image);
	await keep(other);
	t.not(other, image);
	await engine.tag(other, name);
	t.is(await engine.find(name), other);
	t.is(await engine.find(image), image);
});

testEngines('what is no image cannot be imported', async (t, {engine, folder}) => {
	await t.throwsAsync(engine.importRoot({file: path.join(folder, 'missing.tar'), arch: hostArch}), {code: 'STX0903'});
});

testEngines('an image that is not there', async (t, {engine}) => {
	await t.throwsAsync(engine.inspect('localhost/stx-build/no-such-image:1'), {code: 'STX0705'});
	await t.throwsAsync(engine.tag('localhost/stx-build/no-such-image:1', 'localhost/stx-build/other:1'), {code: 'STX0704'});
});
