import {Buffer} from 'node:buffer';
import {createHash} from 'node:crypto';
import {
	readdir, stat, utimes, writeFile,
} from 'node:fs/promises';
import type {IncomingMessage, ServerResponse} from 'node:http';
import path from 'node:path';
import test from 'ava';
import {blake2b} from 'hash-wasm';
import {BuildError} from '../../src/errors.js';
import {openPartial} from '../../src/pypi/partial-file.js';
import {systemClock} from '../../src/system/index.js';
import {
	sdistOf, sha256Of, wheelOf, zipOf,
} from '../_helpers/archives.js';
import {
	breakingOffAfter, hanging, redirectingTo, sendingEndOf, sendingInstead, stallingAfter, startIndexServer, withStatus,
} from '../_helpers/index-server.js';
import {setUpClient, type ClientSetup} from '../_helpers/pypi-client.js';

const large = Buffer.from(Array.from({length: 600_000}, (_, index) => (index * 7919) % 251));
const filename = 'large-1.0.tar.gz';
const served = {projects: {large: [{filename, content: large}]}};
const digest = `sha256:${sha256Of(large)}` as const;
const wanted = ({server}: ClientSetup, more = {}) => ({
	url: server.fileUrl(filename), filename, sha256: sha256Of(large), ...more,
});
const ranges = ({server}: ClientSetup) => server.requestsFor(filename).map(({headers}) => headers.range);

test('a file comes into the store, and is not asked for again', async t => {
	const setup = await setUpClient(t, served);
	const seen: Array<[number, number | undefined]> = [];
	t.is(await setup.client.tarball(wanted(setup), {
		progress(done, total) {
			seen.push([done, total]);
		},
	}), digest);
	t.true(setup.store.contents.get(digest)!.equals(large));
	t.deepEqual(seen.at(-1), [large.length, large.length]);
	t.deepEqual(seen.map(([done]) => done), seen.map(([done]) => done).toSorted((a, b) => a - b));
	await setup.nextRun({offline: true}).tarball(wanted(setup));
	t.is(setup.server.requests.length, 1);
	t.is(setup.server.requests[0]!.headers['accept-encoding'], 'identity');
	t.deepEqual(await readdir(path.join(setup.folder, 'cache', 'partial')), []);
});

test('who asks at once shares one download', async t => {
	const setup = await setUpClient(t, served);
	const digests = await Promise.all(Array.from({length: 10}, async () => setup.client.tarball(wanted(setup))));
	t.deepEqual(new Set(digests), new Set([digest]));
	t.is(setup.server.requests.length, 1);
});

test('W57: a download that breaks off goes on where it was', async t => {
	const setup = await setUpClient(t, served);
	setup.server.next(filename, breakingOffAfter(large, 200_000), breakingOffAfter(large, 100_000));
	t.is(await setup.client.tarball(wanted(setup)), digest);
	t.deepEqual(ranges(setup), [undefined, 'bytes=200000-', 'bytes=300000-']);
	const [, second] = setup.server.requestsFor(filename);
	t.is(second!.headers['if-range'], `"${sha256Of(large).slice(0, 16)}"`);
});

test('as long as something comes it is gone on with, however often it breaks off', async t => {
	const setup = await setUpClient(t, served);
	setup.server.next(filename, ...Array.from({length: 11}, () => breakingOffAfter(large, 50_000)));
	t.is(await setup.client.tarball(wanted(setup)), digest);
	t.is(setup.server.requests.length, 12);
});

test('it is given up when nothing more comes, and the next run goes on from there', async t => {
	const setup = await setUpClient(t, served);
	setup.server.next(filename, breakingOffAfter(large, 200_000), ...Array.from({length: 5}, () => withStatus(503)));
	await t.throwsAsync(setup.client.tarball(wanted(setup)), {instanceOf: BuildError, code: 'STX0909'});
	t.is(setup.store.contents.size, 0);
	t.is(await setup.nextRun().tarball(wanted(setup)), digest);
	t.is(ranges(setup).at(-1), 'bytes=200000-');
	t.deepEqual(await readdir(path.join(setup.folder, 'cache', 'partial')), []);
});

test('an interrupted download is kept for the next run', async t => {
	const setup = await setUpClient(t, served);
	setup.server.next(filename, stallingAfter(large, 300_000));
	const controller = new AbortController();
	await t.throwsAsync(setup.client.tarball(wanted(setup), {
		signal: controller.signal,
		progress(done) {
			if (done === 300_000) {
				controller.abort();
			}
		},
	}), {instanceOf: BuildError, code: 'STX0003'});
	t.is((await readdir(path.join(setup.folder, 'cache', 'partial'))).length, 1);
	t.is(await setup.nextRun().tarball(wanted(setup)), digest);
	t.is(ranges(setup).at(-1), 'bytes=300000-');
});

test('a server that stalls in the middle is left and asked for the rest', async t => {
	const setup = await setUpClient(t, served, {httpOptions: {idleSeconds: 0.4}});
	setup.server.next(filename, hanging, stallingAfter(large, 250_000));
	t.is(await setup.client.tarball(wanted(setup)), digest);
	t.deepEqual(ranges(setup), [undefined, undefined, 'bytes=250000-']);
});

test('a server that cannot resume sends all of it again', async t => {
	const setup = await setUpClient(t, {...served, ranges: false});
	setup.server.next(filename, breakingOffAfter(large, 200_000));
	t.is(await setup.client.tarball(wanted(setup)), digest);
	t.deepEqual(ranges(setup), [undefined, 'bytes=200000-']);
});

test('a file that has changed meanwhile is begun again', async t => {
	const setup = await setUpClient(t, served);
	setup.server.next(filename, breakingOffAfter(Buffer.alloc(large.length, 1), 200_000));
	t.is(await setup.client.tarball(wanted(setup)), digest);
	t.is(setup.server.requests.length, 2);
});

test('pieces of different files are found out and mended once', async t => {
	const setup = await setUpClient(t, {...served, etags: false});
	setup.server.next(filename, breakingOffAfter(Buffer.alloc(large.length, 1), 200_000, 'W/"weak"'));
	t.is(await setup.client.tarball(wanted(setup)), digest);
	t.deepEqual(ranges(setup), [undefined, 'bytes=200000-', undefined]);
});

test('a server that sends another part than it was asked for', async t => {
	const setup = await setUpClient(t, served);
	setup.server.next(filename, breakingOffAfter(large, 200_000), (_request, response) => {
		response.writeHead(206, {'content-range': `bytes 0-9/${large.length}`}).end(large.subarray(0, 10));
	});
	t.is(await setup.client.tarball(wanted(setup)), digest);
	t.deepEqual(ranges(setup), [undefined, 'bytes=200000-', undefined]);
});

test('a server that says the range is past the end', async t => {
	const setup = await setUpClient(t, served);
	setup.server.next(filename, breakingOffAfter(large, 200_000), withStatus(416, {'content-range': 'bytes */10'}));
	t.is(await setup.client.tarball(wanted(setup)), digest);
	t.deepEqual(ranges(setup), [undefined, 'bytes=200000-', undefined]);
});

test('a body that ends early without a length is found out by the digest', async t => {
	const setup = await setUpClient(t, served);
	setup.server.next(filename, (_request, response) => {
		response.writeHead(200).end(large.subarray(0, 100_000));
	});
	await t.throwsAsync(setup.client.tarball(wanted(setup)), {instanceOf: BuildError, code: 'STX0303'});
	t.is(setup.store.contents.size, 0);
	t.deepEqual(await readdir(path.join(setup.folder, 'cache', 'partial')), []);
});

test('W30: another file is refused, with both digests, and nothing is kept of it', async t => {
	const setup = await setUpClient(t, served);
	setup.server.next(filename, sendingInstead(Buffer.from('evil')));
	const error = await t.throwsAsync(setup.client.tarball(wanted(setup)), {instanceOf: BuildError, code: 'STX0303'});
	t.is(error.message, `the file has the SHA-256 \`${sha256Of('evil')}\`, but \`${sha256Of(large)}\` is expected`);
	t.deepEqual(error.at, [{url: setup.server.fileUrl(filename)}]);
	t.is(setup.server.requests.length, 1);
	t.is(setup.store.contents.size, 0);
	t.deepEqual(await readdir(path.join(setup.folder, 'cache', 'partial')), []);
});

test('another size is refused before the file has come', async t => {
	const setup = await setUpClient(t, served);
	const error = await t.throwsAsync(setup.client.tarball(wanted(setup, {size: 1000})), {instanceOf: BuildError, code: 'STX0304'});
	t.regex(error.message, /60{5} bytes or more, but 10{3}/);
	setup.server.next(filename, (_request, response) => {
		response.writeHead(200);
		response.write(large);
	});
	await t.throwsAsync(setup.client.tarball(wanted(setup, {size: 1000})), {instanceOf: BuildError, code: 'STX0304'});
	t.is(setup.store.contents.size, 0);
});

test('a file that comes faster than it is written', async t => {
	const content = Buffer.alloc(24 * 1024 * 1024, large);
	const setup = await setUpClient(t, {projects: {large: [{filename, content}]}});
	t.is(await setup.client.tarball({url: setup.server.fileUrl(filename), filename, sha256: sha256Of(content)}), `sha256:${sha256Of(content)}`);
});

test('an empty file', async t => {
	const setup = await setUpClient(t, {projects: {empty: [{filename: 'empty-1.0.zip', content: Buffer.alloc(0)}]}});
	const sha256 = sha256Of('');
	t.is(await setup.client.tarball({url: setup.server.fileUrl('empty-1.0.zip'), filename: 'empty-1.0.zip', sha256}), `sha256:${sha256}`);
});

test('a file on another host after a redirect', async t => {
	const setup = await setUpClient(t, served);
	const elsewhere = await startIndexServer(served);
	t.teardown(async () => elsewhere.close());
	setup.server.next(filename, redirectingTo(elsewhere.fileUrl(filename)));
	t.is(await setup.client.tarball(wanted(setup)), digest);
});

test('a file that is not there is not asked for again', async t => {
	const setup = await setUpClient(t, served);
	await t.throwsAsync(setup.client.tarball({url: setup.server.fileUrl('absent.zip'), filename: 'absent.zip', sha256: '0'.repeat(64)}), {instanceOf: BuildError, code: 'STX0909', message: 'the server answered 404'});
	t.is(setup.server.requests.length, 1);
});

test('all attempts together have an end', async t => {
	const setup = await setUpClient(t, served, {deadline: 300});
	setup.server.next(filename, ...Array.from({length: 9}, () => stallingAfter(large, 1000)));
	await t.throwsAsync(setup.client.tarball(wanted(setup)), {instanceOf: BuildError, code: 'STX0908', message: /was not downloaded within/});
});

test('offline, what is not in the store is an error', async t => {
	const setup = await setUpClient(t, served, {offline: true});
	await t.throwsAsync(setup.client.tarball(wanted(setup)), {instanceOf: BuildError, code: 'STX0306'});
	t.is(setup.server.requests.length, 0);
});

test('W30: a file whose digest nobody states is refused, unless it is to be learned', async t => {
	const setup = await setUpClient(t, served);
	const file = {url: setup.server.fileUrl(filename), filename};
	const error = await t.throwsAsync(setup.client.tarball(file), {instanceOf: BuildError, code: 'STX0307'});
	t.regex(error.hint!, /#sha256=/);
	t.is(await setup.client.tarball(file, {learn: true}), digest);
	t.is(await setup.client.tarball({...file, url: `${file.url}#sha256=${sha256Of(large)}`}), digest);
});

test('W30: who learns a digest and who does not are told apart, whoever comes first', async t => {
	for (const order of [[true, false], [false, true]]) {
		const setup = await setUpClient(t, served);
		const file = {url: setup.server.fileUrl(filename), filename};
		const results = await Promise.allSettled(order.map(async learn => setup.client.tarball(file, {learn})));
		t.like(results[order.indexOf(true)], {status: 'fulfilled', value: digest});
		t.like(results[order.indexOf(false)], {status: 'rejected', reason: {code: 'STX0307'}});
		t.is(setup.server.requests.length, 1);
	}
});

test('what is to be learned and breaks off is begun again unless the server knows it is the same', async t => {
	const setup = await setUpClient(t, served);
	const file = {url: setup.server.fileUrl(filename), filename};
	setup.server.next(filename, breakingOffAfter(large, 200_000));
	t.is(await setup.client.tarball(file, {learn: true}), digest);
	t.deepEqual(ranges(setup), [undefined, 'bytes=200000-']);

	const other = await setUpClient(t, {...served, etags: false});
	other.server.next(filename, breakingOffAfter(large, 200_000, 'W/"weak"'));
	t.is(await other.client.tarball({url: other.server.fileUrl(filename), filename}, {learn: true}), digest);
	t.deepEqual(ranges(other), [undefined, undefined]);
});

test('the address of a file on PyPI\'s host is checked when nothing else is known', async t => {
	const setup = await setUpClient(t, served, {});
	const hex = await blake2b(large, 256);
	const at = (digits: string) => ({url: `http://files.pythonhosted.org/packages/${digits.slice(0, 2)}/${digits.slice(2, 4)}/${digits.slice(4)}/${filename}`, filename});
	// The server stands in for the host, as a proxy would.
	const client = setup.nextRun({httpOptions: {httpProxy: setup.server.origin}});
	t.is(await client.tarball(at(hex)), digest);
	t.is(await setup.nextRun({offline: true}).tarball(at(hex)), digest);
	const wrong = createHash('sha256').update('x').digest('hex');
	const error = await t.throwsAsync(client.tarball(at(wrong)), {instanceOf: BuildError, code: 'STX0303'});
	t.is(error.message, `the file has the BLAKE2b-256 \`${hex}\`, but \`${wrong}\` is expected`);
});

test('the manifest: the file beside the wheel, verified', async t => {
	const wheel = await wheelOf({name: 'demo', version: '1.0', requires: ['six>=1']});
	const {client, server} = await setUpClient(t, {projects: {demo: [wheel]}});
	const {files: [file]} = await client.packument('demo');
	t.like(await client.manifest(file!), {name: 'demo', version: '1.0', requiresDist: ['six>=1']});
	t.deepEqual(server.requests.slice(1).map(({path}) => path), [`/files/${wheel.filename}.metadata`]);
	await client.manifest(file!);
	t.is(server.requests.length, 2);
});

test('the manifest: a file beside the wheel that is another', async t => {
	const wheel = await wheelOf({name: 'demo', version: '1.0'});
	const {client} = await setUpClient(t, {projects: {demo: [{...wheel, metadataSha256: '0'.repeat(64)}]}});
	const {files: [file]} = await client.packument('demo');
	await t.throwsAsync(client.manifest(file!), {instanceOf: BuildError, code: 'STX0303'});
});

test('the manifest: out of the end of a large wheel, without the rest of it', async t => {
	const {metadata: _metadata, ...wheel} = await wheelOf({
		name: 'demo', version: '1.0', requires: ['six'], files: {'demo/data': large, 'demo/zzz': large.subarray(1)},
	});
	const {client, server, nextRun} = await setUpClient(t, {projects: {demo: [wheel]}, format: 'html'});
	const {files: [file]} = await client.packument('demo');
	t.like(await client.manifest(file!), {name: 'demo', requiresDist: ['six']});
	t.deepEqual(server.requestsFor(wheel.filename).map(({headers}) => headers.range), ['bytes=-67584']);
	t.like(await client.manifest(file!), {requiresDist: ['six']});
	t.is(server.requestsFor(wheel.filename).length, 1);
	await t.throwsAsync(nextRun({offline: true}).manifest(file!), {instanceOf: BuildError, code: 'STX0306'}, 'nobody has verified it');
});

for (const [title, metadataSha256, mislead] of [
	['a part of the wheel', undefined, sendingEndOf],
	['a file beside the wheel whose digest nobody states', false, undefined],
] as const) {
	test(`the manifest: a wrong answer for ${title} lasts no longer than the run, and no longer than the wheel is away`, async t => {
		const {metadata, ...wheel} = await wheelOf({name: 'demo', version: '1.0', requires: ['six']});
		const wrong = await wheelOf({name: 'demo', version: '1.0', requires: ['evil']});
		const {client, server, store, nextRun} = await setUpClient(t, {projects: {demo: [{...wheel, ...(metadataSha256 === false && {metadata, metadataSha256})}]}});
		const {files: [file]} = await client.packument('demo');
		server.next(mislead ? wheel.filename : '.metadata', mislead ? mislead(wrong.content) : sendingInstead(Buffer.from(wrong.metadata)));
		t.like(await client.manifest(file!), {requiresDist: ['evil']});
		t.like(await client.manifest(file!), {requiresDist: ['evil']});
		t.is(server.requests.length, 2);
		t.like(await nextRun().manifest(file!), {requiresDist: ['six']});
		t.is(server.requests.length, 3);

		await client.tarball(file!);
		const {length} = server.requests;
		t.like(await client.manifest(file!), {requiresDist: ['six']});
		store.contents.clear();
		t.like(await nextRun({offline: true}).manifest(file!), {requiresDist: ['six']}, 'what the wheel says is kept');
		t.is(server.requests.length, length);
	});
}

test('the manifest: the wheel in the store is before what the index states', async t => {
	const wheel = await wheelOf({name: 'demo', version: '1.0', requires: ['six']});
	const wrong = await wheelOf({name: 'demo', version: '1.0', requires: ['evil']});
	const {client, nextRun} = await setUpClient(t, {projects: {demo: [{...wheel, metadata: wrong.metadata}]}});
	const {files: [file]} = await client.packument('demo');
	t.like(await client.manifest(file!), {requiresDist: ['evil']});
	t.like(await nextRun().manifest({...file!, metadata: {sha256: sha256Of(wheel.metadata)}}).catch((error: unknown) => error), {code: 'STX0303'}, 'what was kept is for the digest that was stated');
	await client.tarball(file!);
	t.like(await client.manifest(file!), {requiresDist: ['six']});
	t.like(await nextRun().manifest(file!), {requiresDist: ['six']});
});

test('the manifest: what was kept is not asked for, unless it cannot be read', async t => {
	const wheel = await wheelOf({name: 'demo', version: '1.0', requires: ['six']});
	const {client, server, folder, store, nextRun} = await setUpClient(t, {projects: {demo: [wheel]}});
	const {files: [file]} = await client.packument('demo');
	await client.manifest(file!);
	t.like(await nextRun({offline: true}).manifest(file!), {requiresDist: ['six']});
	t.is(server.requestsFor('.metadata').length, 1);

	const metadata = path.join(folder, 'cache', 'metadata');
	const emptyAll = async () => {
		const kept = await readdir(metadata, {recursive: true, withFileTypes: true});
		await Promise.all(kept.filter(entry => entry.isFile()).map(async ({parentPath, name}) => writeFile(path.join(parentPath, name), '')));
	};

	await emptyAll();
	t.like(await nextRun().manifest(file!), {requiresDist: ['six']});
	t.is(server.requestsFor('.metadata').length, 2);
	await client.tarball(file!);
	await client.manifest(file!);
	await emptyAll();
	t.like(await nextRun().manifest(file!), {requiresDist: ['six']});
	t.is(server.requestsFor('.metadata').length, 2);
	t.is(store.contents.size, 1);
});

test('the manifest: METADATA that is far from the end is fetched on its own', async t => {
	const requires = Array.from({length: 300}, (_, index) => `project-${index}>=${index}`);
	const random = Buffer.from(Array.from({length: 300}, (_, index) => createHash('sha512').update(String(index)).digest('hex')).join(''));
	const first = await wheelOf({name: 'demo', version: '1.0', requires});
	const content = await zipOf([{path: 'demo-1.0.dist-info/METADATA', content: first.metadata}, ...Array.from({length: 8}, (_, index) => ({path: `demo/${index}`, content: random.subarray(index)}))]);
	const wheel = {filename: first.filename, content};
	t.true(content.length > 100_000);
	const {client, server} = await setUpClient(t, {projects: {demo: [wheel]}, format: 'html'});
	const {files: [file]} = await client.packument('demo');
	t.is((await client.manifest(file!)).requiresDist.length, 300);
	const asked = server.requestsFor(wheel.filename).map(({headers}) => headers.range);
	t.is(asked[0], 'bytes=-67584');
	t.true(asked.length <= 3 && asked.every(Boolean), asked.join(' '));
});

test('the manifest: a list of thousands of members takes one request more, and brings METADATA with it', async t => {
	const files = Object.fromEntries(Array.from({length: 4000}, (_, index) => [`demo/static/locale/of/some/language/${index}.js`, '']));
	const {metadata: _metadata, ...wheel} = await wheelOf({
		name: 'demo', version: '1.0', requires: ['six'], files,
	});
	const {client, server} = await setUpClient(t, {projects: {demo: [wheel]}, format: 'html'});
	const {files: [file]} = await client.packument('demo');
	t.like(await client.manifest(file!), {requiresDist: ['six']});
	t.is(server.requestsFor(wheel.filename).length, 2);
});

test('the manifest: of the whole wheel when the server sends no parts, then it is in the store', async t => {
	const {metadata: _metadata, ...wheel} = await wheelOf({name: 'demo', version: '1.0', requires: ['six']});
	const {client, server, store} = await setUpClient(t, {projects: {demo: [wheel]}, ranges: false});
	const {files: [file]} = await client.packument('demo');
	t.like(await client.manifest(file!), {requiresDist: ['six']});
	t.true(store.contents.has(`sha256:${wheel.sha256}`));
	t.is(server.requestsFor(wheel.filename).length, 2);
});

for (const ranges of [true, false]) {
	test(`the manifest: of a wheel with several METADATA or none, read ${ranges ? 'in parts' : 'whole'}`, async t => {
		const {filename, metadata} = await wheelOf({name: 'demo', version: '1.0'});
		for (const [members, code] of [
			[['demo-1.0.dist-info/METADATA', 'demo-2.0.dist-info/METADATA'], 'STX0416'],
			[['demo-2.0.dist-info/METADATA', 'demo-1.0.dist-info/METADATA'], 'STX0416'],
			[['demo/other-1.0.dist-info/METADATA'], 'STX0308'],
			[['demo-1.0.dist-info/METADATA', 'demo/other-1.0.dist-info/METADATA'], undefined],
		] as const) {
			const content = await zipOf(members.map(path => ({path, content: metadata})));
			const {client, server} = await setUpClient(t, {projects: {demo: [{filename, content}]}, ranges});
			const {files: [file]} = await client.packument('demo');
			const [outcome] = await Promise.allSettled([client.manifest(file!)]);
			const error = outcome.status === 'rejected' ? outcome.reason as BuildError : undefined;
			t.is(error?.code, code, members.join(' '));
			t.deepEqual(error?.at, error && [{url: server.fileUrl(filename)}]);
		}
	});
}

test('the manifest: METADATA of a wheel that is larger than any is not fetched', async t => {
	const {filename, metadata} = await wheelOf({name: 'demo', version: '1.0'});
	const content = await zipOf([{path: 'demo-1.0.dist-info/METADATA', content: metadata.padEnd(17 * (2 ** 20))}]);
	const {client, server} = await setUpClient(t, {projects: {demo: [{filename, content}]}});
	const {files: [file]} = await client.packument('demo');
	await t.throwsAsync(client.manifest(file!), {instanceOf: BuildError, code: 'STX0207', message: 'the metadata is larger than 16777216 bytes'});
	t.is(server.requestsFor(filename).length, 1);
});

test('the manifest: a file beside the wheel that is larger than any metadata', async t => {
	const {metadata, ...wheel} = await wheelOf({name: 'demo', version: '1.0'});
	const {client, server} = await setUpClient(t, {projects: {demo: [{...wheel, metadata: metadata.padEnd(17 * (2 ** 20))}]}});
	const {files: [file]} = await client.packument('demo');
	const error = await t.throwsAsync(client.manifest(file!), {instanceOf: BuildError, code: 'STX0207', message: 'the metadata is larger than 16777216 bytes'});
	t.deepEqual(error.at, [{url: `${server.fileUrl(wheel.filename)}.metadata`}]);
	t.is(server.requestsFor('.metadata').length, 1);
});

test('the manifest: of the whole wheel when the server sends a part that is larger than any metadata', async t => {
	const {metadata: _metadata, ...wheel} = await wheelOf({name: 'demo', version: '1.0', requires: ['six']});
	const {client, server} = await setUpClient(t, {projects: {demo: [wheel]}});
	const {files: [file]} = await client.packument('demo');
	server.next(wheel.filename, (_request, response) => {
		const content = Buffer.alloc(17 * (2 ** 20));
		response.writeHead(206, {'content-range': `bytes 0-${content.length - 1}/${content.length}`}).end(content);
	});
	t.like(await client.manifest(file!), {requiresDist: ['six']});
	t.deepEqual(server.requestsFor(wheel.filename).map(({headers}) => headers.range), ['bytes=-67584', undefined]);
});

test('the manifest: of an sdist', async t => {
	const sdist = sdistOf({name: 'demo.pkg', version: '1.0', requires: ['six']});
	const {client} = await setUpClient(t, {projects: {'demo-pkg': [{filename: sdist.filename, content: sdist.content}]}});
	const {files: [file]} = await client.packument('demo-pkg');
	t.like(await client.manifest(file!), {
		name: 'demo.pkg', version: '1.0', metadataVersion: '2.2', requiresDist: ['six'],
	});
});

test('the manifest: of something else than the file name says', async t => {
	const wheel = await wheelOf({name: 'demo', version: '1.0', metadataName: 'other'});
	const {client} = await setUpClient(t, {projects: {demo: [wheel]}});
	const {files: [file]} = await client.packument('demo');
	await t.throwsAsync(client.manifest(file!), {instanceOf: BuildError, code: 'STX0308', message: /holds the metadata of `other` 1\.0/});
});

test('extract gives the files of a wheel and of an sdist', async t => {
	const wheel = await wheelOf({name: 'demo', version: '1.0'});
	const sdist = sdistOf({name: 'demo', version: '1.0'});
	const {client, folder} = await setUpClient(t, {projects: {demo: [wheel, sdist]}});
	const {files} = await client.packument('demo');
	for (const [index, file] of files.entries()) {
		await client.extract(file, path.join(folder, String(index)));
	}

	t.deepEqual((await readdir(path.join(folder, '0'))).toSorted(), ['demo', 'demo-1.0.dist-info']);
	t.deepEqual(await readdir(path.join(folder, '1', 'demo-1.0')), ['PKG-INFO', 'setup.py']);
});

test('a download that a run on another machine left behind is taken over after a while, one that is alive is not', async t => {
	const setup = await setUpClient(t, served);
	const folder = path.join(setup.folder, 'cache', 'partial');
	const begin = {
		folder, key: sha256Of(large).slice(0, 40), owner: 'another', clock: systemClock, wantBlake2: false,
	};
	const left = await openPartial(begin);
	// Its handle, which the end of a process closes.
	t.teardown(async () => left.release());
	await left.append(large.subarray(0, 400_000));
	t.is(await setup.client.tarball(wanted(setup)), digest);
	t.deepEqual(ranges(setup), [undefined]);

	setup.store.contents.clear();
	const old = new Date(Date.now() - 700_000);
	await utimes(left.file, old, old);
	t.is(await setup.nextRun().tarball(wanted(setup)), digest);
	t.deepEqual(ranges(setup), [undefined, 'bytes=400000-']);
	t.deepEqual(await readdir(folder), []);
});

test('a download that waits for its server shows before each attempt that it is alive', async t => {
	const setup = await setUpClient(t, served);
	const folder = path.join(setup.folder, 'cache', 'partial');
	const old = new Date(Date.now() - 700_000);
	const touched: number[] = [];
	setup.server.next(filename, ...Array.from({length: 3}, () => async (request: IncomingMessage, response: ServerResponse) => {
		const [busy] = await readdir(folder);
		const file = path.join(folder, busy!);
		touched.push((await stat(file)).mtimeMs);
		await utimes(file, old, old);
		withStatus(503)(request, response, () => undefined);
	}));
	t.is(await setup.client.tarball(wanted(setup)), digest);
	t.is(touched.length, 3);
	t.true(touched.every(time => time > old.getTime() + 100_000), touched.join(' '));
});

test('a partial file that holds something else is begun again', async t => {
	const setup = await setUpClient(t, served);
	const folder = path.join(setup.folder, 'cache', 'partial');
	const partial = await openPartial({
		folder, key: sha256Of(large).slice(0, 40), owner: 'x', clock: systemClock, wantBlake2: false,
	});
	await partial.append(Buffer.alloc(1000));
	await partial.release();
	t.is(await setup.client.tarball(wanted(setup)), digest);
	t.deepEqual(ranges(setup), ['bytes=1000-', undefined]);
	await writeFile(path.join(setup.folder, 'unrelated'), '');
});
