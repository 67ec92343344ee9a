import {Buffer} from 'node:buffer';
import test from 'ava';
import {BuildError} from '../../../src/errors.js';
import {applyTags, type PlannedTag} from '../../../src/tags/index.js';
import {answerWith, startOciRegistry} from '../../_helpers/oci-registry.js';
import {registryClient} from '../../_helpers/registry-client.js';

const commit = 'a'.repeat(40);
const plannedTag = (host: string, label: string, more: Partial<PlannedTag> = {}): PlannedTag => ({
	label, source: `${host}/stx/${label}:build`, target: `${host}/stx/${label}:release`, sourceRef: `https://opendev.org/starlingx/root/commit/${commit}`, overwrite: false, at: {file: 'tags.yaml', line: 3}, ...more,
});
const apply = async (planned: readonly PlannedTag[], signal = new AbortController().signal) => applyTags(planned, {registry: registryClient({}, {signal}), signal}, () => undefined);

test('a tag is a manifest under another name, and is there when it has been applied', async t => {
	const server = await startOciRegistry(t);
	const {digest} = server.addImage('stx/a', 'build');
	const [first] = await apply([plannedTag(server.host, 'a')]);
	t.like(first, {status: 'tagged', digest, note: 'the image does not say which commit of that repository it was built from'});
	t.is(server.digestOf('stx/a', 'release'), digest);
	t.deepEqual(server.requests.filter(request => request.includes('/blobs/') && !request.startsWith('GET')), []);
	const [again] = await apply([plannedTag(server.host, 'a')]);
	t.like(again, {status: 'unchanged', digest});
});

test('W19: what fails does not keep the others, and each failure is told with its place', async t => {
	const server = await startOciRegistry(t);
	for (const label of ['a', 'c', 'e']) {
		server.addImage('stx/' + label, 'build');
	}

	server.addImage('stx/c', 'release', {layers: ['another']});
	server.next(/manifests.*stx\/d|stx\/d\/manifests/v, ...[1, 2, 3].map(() => answerWith(500)));
	const applied = await apply(['a', 'b', 'c', 'd', 'e'].map(label => plannedTag(server.host, label)));
	t.deepEqual(applied.map(({status}) => status), ['tagged', 'failed', 'failed', 'failed', 'tagged']);
	const codes = applied.map(({error}) => error instanceof BuildError ? error.code : undefined);
	t.deepEqual([codes[1], codes[2]], ['STX0725', 'STX0722']);
	t.deepEqual((applied[1]!.error as BuildError).at, [{file: 'tags.yaml', line: 3}]);
	t.true(applied.filter(({error}) => error).every(({error}) => (error as BuildError).exitCode === 1));
});

test('W77: a tag with another image is found by its digest, and replaced only when that is asked for', async t => {
	const server = await startOciRegistry(t);
	const {digest} = server.addImage('stx/a', 'build', {layers: ['new']});
	const old = server.addImage('stx/a', 'release', {layers: ['old']}).digest;
	const [refused] = await apply([plannedTag(server.host, 'a')]);
	t.is(refused?.status, 'failed');
	t.true(refused?.error?.message.includes(old) && refused.error.message.includes(digest));
	t.is(server.digestOf('stx/a', 'release'), old);
	const [replaced] = await apply([plannedTag(server.host, 'a', {overwrite: true})]);
	t.is(replaced?.status, 'tagged');
	t.is(server.digestOf('stx/a', 'release'), digest);
});

test('the same image with another manifest is the same image', async t => {
	const server = await startOciRegistry(t);
	const {digest} = server.addImage('stx/a', 'build');
	const manifest = server.manifests.get(`stx/a ${digest}`)!;
	server.manifests.set('stx/a release', {...manifest, bytes: Buffer.from(`${manifest.bytes.toString()}\n`)});
	const [applied] = await apply([plannedTag(server.host, 'a')]);
	t.is(applied?.status, 'unchanged');
});

test('a tag whose image has no other name any more stays', async t => {
	const server = await startOciRegistry(t);
	const {digest} = server.addImage('stx/a', 'release');
	t.like((await apply([plannedTag(server.host, 'a')]))[0], {status: 'unchanged', digest, note: `\`${server.host}/stx/a:build\` is gone, so that it could not be compared`});
});

test('between registries layers are sent, and the image is the same', async t => {
	const [from, to] = [await startOciRegistry(t), await startOciRegistry(t)];
	const {digest} = from.addImage('stx/a', 'build');
	const [applied] = await apply([plannedTag(to.host, 'a', {source: `${from.host}/stx/a:build`})]);
	t.like(applied, {status: 'tagged', digest, sent: {blobs: 2}});
	t.is(to.digestOf('stx/a', 'release'), digest);
});

test('W34: an image that says its commit is compared with what the list says', async t => {
	const server = await startOciRegistry(t);
	const label = (source: string, revision: string) => ({labels: {'org.opencontainers.image.source': source, 'org.opencontainers.image.revision': revision}});
	server.addImage('stx/same', 'build', label('https://opendev.org/starlingx/root.git', commit));
	server.addImage('stx/other', 'build', label('https://opendev.org/starlingx/root', 'b'.repeat(40)));
	server.addImage('stx/inherited', 'build', label('https://github.com/debian/base', 'b'.repeat(40)));
	const [same, other, inherited, nothing] = await apply([
		plannedTag(server.host, 'same'), plannedTag(server.host, 'other'), plannedTag(server.host, 'inherited'), plannedTag(server.host, 'same', {target: `${server.host}/stx/same:third`, sourceRef: 'https://example.com/'}),
	]);
	t.is(same?.note, undefined);
	t.is((other?.error as BuildError).code, 'STX0641');
	t.is(server.digestOf('stx/other', 'release'), undefined);
	t.regex(inherited!.note!, /does not say/);
	t.regex(nothing!.note!, /names no commit/);
	const [again] = await apply([plannedTag(server.host, 'same', {sourceRef: `https://opendev.org/starlingx/root/commit/${'b'.repeat(40)}`})]);
	t.is((again?.error as BuildError).code, 'STX0641', 'also where the name has the image already');
	const [noted] = await apply([plannedTag(server.host, 'same', {sourceRef: 'https://example.com/'})]);
	t.is(noted?.status, 'unchanged');
	t.regex(noted!.note!, /names no commit/);
});

test('an interruption is no failure of an image', async t => {
	const server = await startOciRegistry(t);
	await t.throwsAsync(apply([plannedTag(server.host, 'a')], AbortSignal.abort()), {code: 'STX0003'});
});
