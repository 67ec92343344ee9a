import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {fakeEffects} from '../_helpers/fake-effects.js';
import {startOciRegistry} from '../_helpers/oci-registry.js';
import {runCli} from '../_helpers/run-cli.js';

async function createWorld(t: ExecutionContext, labels: readonly string[]) {
	const folder = await mkdtemp(path.join(tmpdir(), 'stx-build-tags-'));
	t.teardown(async () => rm(folder, {recursive: true, force: true}));
	const server = await startOciRegistry(t);
	await writeFile(path.join(folder, 'tags.yaml'), `images:\n${labels.map(label => `  - name: docker.io/starlingx/${label}\n    src_build_tag: build\n    src_ref: https://opendev.org/starlingx/root/commit/${'a'.repeat(40)}\n    tag: stx.13\n`).join('')}`);
	return {
		server,
		apply: async (...words: readonly string[]) => runCli(['tags', 'apply', 'tags.yaml', ...words], {folder, effects: async () => fakeEffects()}),
		here: ['--registry', server.host, '--source-registry', server.host] as const,
	};
}

test('images get their tags, and a second run changes nothing', async t => {
	const {server, apply, here} = await createWorld(t, ['stx-a', 'stx-b']);
	const {digest} = server.addImage('starlingx/stx-a', 'build');
	server.addImage('starlingx/stx-b', 'build', {layers: ['b']});
	const first = await apply(...here);
	t.is(first.code, 0, first.err);
	t.true(first.out.includes(`tagged     ${server.host}/starlingx/stx-a:stx.13  ${digest}`), first.out);
	t.is(first.err, '2 tagged, 0 unchanged, 0 failed\n');
	t.is(server.digestOf('starlingx/stx-a', 'stx.13'), digest);
	const second = await apply(...here);
	t.is(second.err, '0 tagged, 2 unchanged, 0 failed\n');
	t.is(server.requests.filter(request => request.startsWith('PUT')).length, 2);
});

test('W19: exit code 1 when any image failed, whatever came after it', async t => {
	const {server, apply, here} = await createWorld(t, ['stx-a', 'stx-b']);
	server.addImage('starlingx/stx-b', 'build');
	const result = await apply(...here, '--json');
	t.is(result.code, 1);
	const {images, counts} = JSON.parse(result.out) as {images: Array<{status: string; error?: {code: string; hint: string}; at: unknown}>; counts: unknown};
	t.deepEqual(images.map(({status, error}) => [status, error?.code]), [['failed', 'STX0725'], ['tagged', undefined]]);
	t.regex(images[0]!.error!.hint, /src_build_tag/v);
	t.deepEqual(counts, {tagged: 1, unchanged: 0, failed: 1});
	t.regex(result.err, /error STX0725[\s\S]*tags\.yaml:2/v);
});

test('W77: a dry run asks no registry', async t => {
	const {server, apply, here} = await createWorld(t, ['stx-a']);
	const result = await apply('--dryrun');
	t.is(result.code, 0);
	t.is(result.out, 'docker.io/starlingx/stx-a:build -> docker.io/starlingx/stx-a:stx.13\n');
	const json = await apply('--dry-run', '--json', '--repush', 'stx-a', ...here);
	t.like(JSON.parse(json.out), {images: [{source: `${server.host}/starlingx/stx-a:build`, target: `${server.host}/starlingx/stx-a:stx.13`, overwrite: true}]});
	t.deepEqual(server.requests, []);
});

test('a tag of another image is replaced only when that is asked for', async t => {
	const {server, apply, here} = await createWorld(t, ['stx-a']);
	const {digest} = server.addImage('starlingx/stx-a', 'build', {layers: ['new']});
	server.addImage('starlingx/stx-a', 'stx.13', {layers: ['old']});
	t.regex((await apply(...here)).err, /error STX0722[\s\S]*--overwrite/v);
	t.is((await apply(...here, '--repush', 'stx-a')).code, 0);
	t.is(server.digestOf('starlingx/stx-a', 'stx.13'), digest);
});

test('lists that cannot be read are told before anything is asked', async t => {
	const {server, apply, here} = await createWorld(t, ['stx-a']);
	const result = await apply('missing.yaml', ...here);
	t.is(result.code, 2);
	t.regex(result.err, /missing\.yaml` does not exist/);
	t.is((await apply('--repush', 'stx-x')).code, 2);
	t.deepEqual(server.requests, []);
});
