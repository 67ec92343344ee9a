import {Buffer} from 'node:buffer';
import test from 'ava';
import {BuildError} from '../../src/errors.js';
import {createTarget, parseRequirement} from '../../src/python/index.js';
import {sdistOf, wheelOf} from '../_helpers/archives.js';
import {
	hanging, redirectingTo, startIndexServer, withStatus,
} from '../_helpers/index-server.js';
import {setUpClient} from '../_helpers/pypi-client.js';

const target = createTarget({python: '3.13.5', glibc: '2.41', arch: 'amd64'});
const wheel = await wheelOf({name: 'Demo.Project', version: '1.0', requires: ['six>=1']});
const yanked = {...await wheelOf({name: 'Demo.Project', version: '2.0'}), yanked: 'broken & sad'};
const sdist = {...sdistOf({name: 'Demo.Project', version: '1.0'}), requiresPython: '>=3.9,<4'};
const projects = {'demo-project': [wheel, yanked, sdist]};

for (const format of ['json', 'html'] as const) {
	test(`a page in ${format} gives the files with all that is said of them`, async t => {
		const {client, server} = await setUpClient(t, {projects, format});
		const {files} = await client.packument('demo_project');
		t.deepEqual(files.map(({filename, sha256, url, yanked, requiresPython}) => ({
			filename, sha256, url, yanked, requiresPython,
		})), [wheel, yanked, sdist].map(file => ({
			filename: file.filename,
			sha256: file.sha256,
			url: server.fileUrl(file.filename),
			yanked: 'yanked' in file ? file.yanked : undefined,
			requiresPython: 'requiresPython' in file ? file.requiresPython : undefined,
		})));
		t.is(server.requests[0]!.path, '/simple/demo-project/');
		t.regex(server.requests[0]!.headers.accept!, /^application\/vnd\.pypi\.simple\.v1\+json/);
	});
}

for (const [format, contentType] of [['json', 'text/html'], ['json', 'application/octet-stream'], ['html', 'text/plain'], ['html', 'application/xhtml+xml']] as const) {
	test(`a page in ${format} that is called ${contentType} is read nevertheless`, async t => {
		const {client} = await setUpClient(t, {projects, format, contentType});
		const {files} = await client.packument('demo-project');
		t.is(files.length, 3);
	});
}

test('a project that the index does not have', async t => {
	const {client, server} = await setUpClient(t, {projects});
	const error = await t.throwsAsync(client.packument('Absent'), {instanceOf: BuildError, code: 'STX0301', message: 'the index does not have `absent`'});
	t.deepEqual(error.at, [{url: `${server.index}/absent/`}]);
	t.is(server.requests.length, 1);
});

test('a page is asked for once in a run, also when many ask at once', async t => {
	const {client, server, nextRun} = await setUpClient(t, {projects});
	await Promise.all(Array.from({length: 20}, async () => client.packument('demo-project')));
	await client.packument('Demo.Project');
	t.is(server.requests.length, 1);
	await nextRun().packument('demo-project');
	t.is(server.requests.length, 2);
});

test('a page that is fresh is not asked for, one that may have changed is asked for with its ETag', async t => {
	const etag = '"page-1"';
	const {client, server, nextRun} = await setUpClient(t, {projects, pageHeaders: {etag, 'cache-control': 'max-age=600'}});
	await client.packument('demo-project');
	await nextRun().packument('demo-project');
	t.is(server.requests.length, 1);

	const later = {now: () => new Date(Date.now() + 601_000), monotonic: () => performance.now()};
	const {files} = await nextRun({clock: later}).packument('demo-project');
	t.is(files.length, 3);
	t.deepEqual(server.requests.map(({headers, status}) => [headers['if-none-match'], status()]), [[undefined, 200], [etag, 304]]);
	// The answer made it fresh again.
	await nextRun({clock: later}).packument('demo-project');
	t.is(server.requests.length, 2);
});

test('a page with Last-Modified is asked for with that', async t => {
	const modified = 'Thu, 01 Jan 2026 00:00:00 GMT';
	const {client, server, nextRun} = await setUpClient(t, {projects, pageHeaders: {'last-modified': modified}});
	await client.packument('demo-project');
	server.next('/demo-project/', withStatus(304));
	const {files} = await nextRun().packument('demo-project');
	t.is(files.length, 3);
	t.is(server.requests[1]!.headers['if-modified-since'], modified);
});

test('a page that cannot be read is not kept, and asked for anew', async t => {
	const {client, server, nextRun} = await setUpClient(t, {projects, pageHeaders: {'cache-control': 'max-age=600'}});
	const headers = {etag: '"login"', 'cache-control': 'max-age=600'};
	server.next('/demo-project/', withStatus(200, headers), withStatus(200, headers));
	for (const run of [client, nextRun()]) {
		await t.throwsAsync(run.packument('demo-project'), {instanceOf: BuildError, code: 'STX0305'});
	}

	t.is((await client.packument('demo-project')).files.length, 3);
	t.deepEqual(server.requests.map(({headers}) => headers['if-none-match']), [undefined, undefined, undefined]);
	await nextRun().packument('demo-project');
	t.is(server.requests.length, 3);
});

test('offline, the cache is used whatever its age, and what it does not have is an error', async t => {
	const {client, server, nextRun} = await setUpClient(t, {projects});
	await client.packument('demo-project');
	await server.close();
	const offline = nextRun({offline: true});
	t.is((await offline.packument('demo-project')).files.length, 3);
	await t.throwsAsync(offline.packument('other'), {instanceOf: BuildError, code: 'STX0306', message: /`other` is not in the cache/});
});

test('a server that is busy is asked again', async t => {
	const {client, server} = await setUpClient(t, {projects});
	server.next('/demo-project/', withStatus(503), withStatus(429), withStatus(502));
	t.is((await client.packument('demo-project')).files.length, 3);
	t.deepEqual(server.requests.map(({status}) => status()), [503, 429, 502, 200]);
});

test('Retry-After is waited for', async t => {
	const {client, server} = await setUpClient(t, {projects});
	server.next('/demo-project/', withStatus(503, {'retry-after': '1'}));
	const started = performance.now();
	await client.packument('demo-project');
	t.true(performance.now() - started >= 1000);
});

test('a Retry-After that nobody would wait for ends the matter', async t => {
	const {client, server} = await setUpClient(t, {projects});
	server.next('/demo-project/', withStatus(503, {'retry-after': '3600'}));
	await t.throwsAsync(client.packument('demo-project'), {instanceOf: BuildError, code: 'STX0909', message: /503, to be asked again after 3600 s/});
	t.is(server.requests.length, 1);
});

test('a server that stays broken is given up', async t => {
	const {client, server} = await setUpClient(t, {projects});
	server.next('/demo-project/', ...Array.from({length: 20}, () => withStatus(500)));
	await t.throwsAsync(client.packument('demo-project'), {instanceOf: BuildError, code: 'STX0909', message: 'the server answered 500'});
	t.is(server.requests.length, 5);
});

test('what will not get better is not asked again', async t => {
	for (const status of [400, 401, 403]) {
		const {client, server} = await setUpClient(t, {projects});
		server.next('/demo-project/', withStatus(status));
		await t.throwsAsync(client.packument('demo-project'), {instanceOf: BuildError, code: 'STX0909'});
		t.is(server.requests.length, 1);
	}
});

test('a server that hangs is left', async t => {
	const {client, server} = await setUpClient(t, {projects}, {httpOptions: {idleSeconds: 0.4}});
	server.next('/demo-project/', hanging, hanging);
	t.is((await client.packument('demo-project')).files.length, 3);
	server.next('/other/', ...Array.from({length: 9}, () => hanging));
	await t.throwsAsync(client.packument('other'), {instanceOf: BuildError, code: 'STX0908', message: /did not answer in time/});
});

test('a server that is not there', async t => {
	const {client, server} = await setUpClient(t, {projects});
	await server.close();
	const error = await t.throwsAsync(client.packument('demo-project'), {instanceOf: BuildError, code: 'STX0908', message: /cannot be reached \(ECONNREFUSED\)/});
	t.regex(error.hint!, /proxy/);
	await t.throwsAsync(setUpClient(t, {projects}, {index: 'http://host.invalid/simple'}).then(async ({client}) => client.packument('x')), {code: 'STX0908', message: /`host\.invalid` cannot be reached \((?:ENOTFOUND|EAI_AGAIN)\)/});
});

test('an interrupted question is an interruption', async t => {
	const {client, server} = await setUpClient(t, {projects});
	server.next('/demo-project/', hanging);
	const controller = new AbortController();
	setTimeout(() => {
		controller.abort();
	}, 50);
	await t.throwsAsync(client.packument('demo-project', {signal: controller.signal}), {instanceOf: BuildError, code: 'STX0003'});
});

test('user name and password go to the index, and nowhere else', async t => {
	const elsewhere = await startIndexServer({projects});
	t.teardown(async () => elsewhere.close());
	const {server, nextRun} = await setUpClient(t, {projects});
	const index = server.index.replace('://', '://us%40er:secret@');
	const authorization = `Basic ${Buffer.from('us@er:secret').toString('base64')}`;

	const client = nextRun({index});
	const file = await client.resolve(parseRequirement('demo.project'), {target, prefer: 'wheel'});
	await client.tarball(file);
	t.deepEqual(server.requests.map(({headers}) => headers.authorization), [authorization, authorization]);
	t.false(JSON.stringify(file).includes('secret'));

	server.next('/demo-project/', redirectingTo(`${elsewhere.index}/demo-project/`));
	server.next(sdist.filename, redirectingTo(elsewhere.fileUrl(sdist.filename)));
	const again = nextRun({index});
	const {files} = await again.packument('demo-project');
	t.is(files[0]!.url, elsewhere.fileUrl(wheel.filename));
	await again.tarball({...sdist, url: server.fileUrl(sdist.filename)});
	t.deepEqual(elsewhere.requests.map(({headers}) => headers.authorization), [undefined, undefined]);
});

test('no error shows the password', async t => {
	const {server, nextRun} = await setUpClient(t, {projects});
	const client = nextRun({index: server.index.replace('://', '://user:secret@')});
	server.next('/demo-project/', withStatus(401));
	server.next('/other/', ...Array.from({length: 9}, () => withStatus(503)));
	const failing = [
		client.packument('demo-project'),
		client.packument('other'),
		client.packument('absent'),
		client.tarball({url: server.fileUrl('absent-1.0.tar.gz').replace('://', '://user:secret@'), filename: 'absent-1.0.tar.gz', sha256: '0'.repeat(64)}),
		client.tarball({url: server.fileUrl('demo.zip').replace('://', '://user:secret@'), filename: 'demo.zip'}),
	];
	for (const promise of failing) {
		const error = await t.throwsAsync(promise, {instanceOf: BuildError});
		const shown = [error.message, error.stack, error.hint, JSON.stringify(error.at), String((error.cause as Error | undefined)?.stack), JSON.stringify(error.cause)].join('\n');
		t.false(shown.includes('secret'), shown);
		t.false(shown.includes(Buffer.from('user:secret').toString('base64')), shown);
	}
});

test('a redirect to the same place with a slash is followed', async t => {
	const {client, server} = await setUpClient(t, {projects});
	server.next('/demo-project/', redirectingTo('/simple/demo-project/?again', 308));
	t.is((await client.packument('demo-project')).files.length, 3);
});

test('resolve takes the wheel for the target, and a withdrawn one only by its version', async t => {
	const {client, warnings} = await setUpClient(t, {projects});
	t.like(await client.resolve(parseRequirement('demo-project'), {target, prefer: 'wheel'}), {filename: wheel.filename, version: '1.0', sha256: wheel.sha256});
	t.like(await client.resolve(parseRequirement('demo-project'), {target, prefer: 'sdist'}), {filename: sdist.filename});
	t.deepEqual(warnings, []);
	for (let count = 0; count < 2; count++) {
		t.like(await client.resolve(parseRequirement('demo-project==2.0'), {target, prefer: 'wheel'}), {filename: yanked.filename});
	}

	t.is(warnings.length, 1);
	t.regex(warnings[0]!, /was withdrawn: broken & sad/);
	await t.throwsAsync(client.resolve(parseRequirement('demo-project==3.0'), {target, prefer: 'wheel'}), {code: 'STX0302'});
});

test('a requirement with an address is that file', async t => {
	const {client, server} = await setUpClient(t, {projects});
	const url = `${server.fileUrl(wheel.filename)}#sha256=${wheel.sha256}`;
	t.deepEqual(await client.resolve(parseRequirement(`demo-project @ ${url}`), {target, prefer: 'wheel'}), {
		url: server.fileUrl(wheel.filename), filename: wheel.filename, sha256: wheel.sha256, version: '1.0',
	});
	await t.throwsAsync(client.resolve(parseRequirement(`other @ ${url}`), {target, prefer: 'wheel'}), {code: 'STX0302'});
	t.is(server.requests.length, 0);
});
