import test from 'ava';
import type {Engine} from '../../../src/engine/index.js';
import {BuildError} from '../../../src/errors.js';
import {bringBase} from '../../../src/loadbuild/bring-base.js';
import {parseTarballPlace} from '../../../src/loadbuild/bring-tarball.js';
import type {LoadbuildRequest} from '../../../src/loadbuild/index.js';
import {fakeEffects} from '../../_helpers/fake-effects.js';

/** Brings a base image with an engine that has one image and can fetch another. */
async function bring(base: LoadbuildRequest['base'], {dryRun = false, offline = false, pull}: {readonly dryRun?: boolean; readonly offline?: boolean; readonly pull?: Engine['pull']} = {}) {
	const pulled: string[] = [];
	const engine: Engine = {
		...await fakeEffects().engine(),
		find: async reference => reference === 'localhost/base:1' || reference === 'stx/base:1' ? 'sha256:there' : undefined,
		pull: pull ?? (async reference => {
			pulled.push(reference);
			return {id: 'sha256:fetched', digest: 'sha256:manifest'};
		}),
	};
	const found = await bringBase({base, dryRun, settings: {offline}} as LoadbuildRequest, fakeEffects({engine: async () => engine}));
	return {id: found?.id, digest: found?.digest, pulled};
}

test('an image that --base names is fetched, as StarlingX does it, and known by its id and its digest', async t => {
	t.deepEqual(await bring({image: 'stx/base:1', pull: true}), {id: 'sha256:fetched', digest: 'sha256:manifest', pulled: ['stx/base:1']});
});

test('with --no-pull-base it is taken as the engine has it', async t => {
	t.deepEqual(await bring({image: 'stx/base:1', pull: false}), {id: 'sha256:there', digest: undefined, pulled: []});
	t.deepEqual(await bring({image: 'stx/other:1', pull: false}), {id: undefined, digest: undefined, pulled: []});
});

test('with --offline no registry is asked for it', async t => {
	t.deepEqual(await bring({image: 'stx/base:1', pull: true}, {offline: true}), {id: 'sha256:there', digest: undefined, pulled: []});
});

test('what no registry has is never fetched, and a dry run fetches nothing', async t => {
	t.deepEqual(await bring({image: 'localhost/base:1', pull: true}), {id: 'sha256:there', digest: undefined, pulled: []});
	for (const image of [`sha256:${'a'.repeat(64)}`, 'a'.repeat(64)]) {
		t.deepEqual(await bring({image, pull: true}), {id: undefined, digest: undefined, pulled: []});
	}

	t.deepEqual(await bring({image: 'stx/base:1', pull: true}, {dryRun: true}), {id: 'sha256:there', digest: undefined, pulled: []});
	t.deepEqual(await bring({}), {id: undefined, digest: undefined, pulled: []});
});

test('a name of hex digits is a name, as engines read it', async t => {
	for (const image of ['0123456789ab', 'sha256:ab']) {
		t.deepEqual(await bring({image, pull: true}), {id: 'sha256:fetched', digest: 'sha256:manifest', pulled: [image]});
	}
});

test('W20: an image that cannot be fetched ends the run, with the way to do without', async t => {
	const error = await t.throwsAsync(bring({image: 'stx/base:1', pull: true}, {
		async pull() {
			throw new BuildError('STX0706', '`stx/base:1` could not be fetched from its registry\nmanifest unknown', {hint: 'check the name and the tag'});
		},
	}), {instanceOf: BuildError, code: 'STX0706'});
	t.regex(error.hint!, /check the name and the tag; .*--no-pull-base/);
});

test('W72: what --wheels takes: a file as it is written, or an address with its digest', t => {
	const sha256 = 'aB'.repeat(32);
	t.deepEqual(parseTarballPlace('../a b/wheels.tar'), {file: '../a b/wheels.tar'});
	t.deepEqual(parseTarballPlace('file:///a%20b/wheels.tar'), {file: '/a b/wheels.tar'});
	t.deepEqual(parseTarballPlace(`https://example.com/x/stx-wheels.tar?a=b#sha256=${sha256}`), {url: 'https://example.com/x/stx-wheels.tar?a=b', sha256: sha256.toLowerCase(), filename: 'stx-wheels.tar'});
	t.is((parseTarballPlace(`https://example.com/#sha256=${sha256}`) as {filename: string}).filename, 'wheels.tar');
	for (const text of ['https://example.com/wheels.tar', 'http://', `https://example.com/wheels.tar#md5=${sha256}`]) {
		t.throws(() => parseTarballPlace(text), {instanceOf: BuildError, code: 'STX0307'}, text);
	}
});
