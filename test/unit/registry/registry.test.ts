import {Buffer} from 'node:buffer';
import test from 'ava';
import {
	createHttp, createRetryPolicy, createSteadyRetry, extendHttp, systemClock,
} from '../../../src/system/index.js';
import {failureOf} from '../../_helpers/failure.js';
import {
	answerWith, breakOff, sha256, startOciRegistry, type Misbehaviour,
} from '../../_helpers/oci-registry.js';
import {registryClient} from '../../_helpers/registry-client.js';

test('a reference has a digest, or is not there', async t => {
	const server = await startOciRegistry(t);
	const {digest, config} = server.addImage('stx/keystone', '1');
	const registry = registryClient();
	t.is(await registry.digest(`${server.host}/stx/keystone:1`), digest as never);
	t.is(await registry.digest(`${server.host}/stx/keystone@${digest}`), digest as never);
	t.is(await registry.digest(`${server.host}/stx/keystone:2`), undefined);
	t.is(await registry.manifest(`${server.host}/stx/nova:1`), undefined);
	const manifest = await registry.manifest(`${server.host}/stx/keystone:1`);
	t.is(manifest?.config, config as never);
	t.deepEqual(manifest?.blobs.map(blob => blob.digest), [config, sha256('layer')] as never);
});

test('the digest of a registry that does not say it is that of the bytes', async t => {
	const server = await startOciRegistry(t, {digests: false});
	const {digest} = server.addImage('stx/keystone', '1');
	t.is(await registryClient().digest(`${server.host}/stx/keystone:1`), digest as never);
});

test('bytes that are not what their digest says are refused', async t => {
	const server = await startOciRegistry(t);
	const {digest, config} = server.addImage('stx/keystone', '1', {labels: {a: 'b'}});
	const registry = registryClient();
	const {mediaType, bytes} = server.manifests.get(`stx/keystone ${digest}`)!;
	server.manifests.set(`stx/keystone ${digest}`, {mediaType, bytes: Buffer.concat([bytes, Buffer.from(' ')])});
	t.is((await failureOf(async () => registry.manifest(`${server.host}/stx/keystone@${digest}`))).code, 'STX0721');

	server.next(/^GET .*manifests/v, (request, response) => {
		response.writeHead(200, {'content-type': mediaType, 'docker-content-digest': sha256('other')}).end(bytes);
	});
	t.is((await failureOf(async () => registry.manifest(`${server.host}/stx/keystone:1`))).code, 'STX0721');

	t.deepEqual(await registry.labels(`${server.host}/stx/keystone:1`), {a: 'b'});
	server.blobs.set(`stx/keystone ${config}`, Buffer.from('{}'));
	t.is((await failureOf(async () => registry.labels(`${server.host}/stx/keystone:1`))).code, 'STX0721');

	server.next(/^PUT/v, (request, response) => {
		request.resume();
		response.writeHead(201, {'docker-content-digest': sha256('other')}).end();
	});
	const manifest = await registry.manifest(`${server.host}/stx/keystone:1`);
	t.is((await failureOf(async () => registry.tag(manifest!, `${server.host}/stx/keystone:2`))).code, 'STX0721');
});

test('a tag inside one repository is a manifest and nothing else', async t => {
	const server = await startOciRegistry(t);
	const {digest} = server.addImage('stx/keystone', '1');
	const copied = await registryClient().copy(`${server.host}/stx/keystone:1`, `${server.host}/stx/keystone:2`);
	t.deepEqual(copied, {digest, blobs: 0, bytes: 0} as never);
	t.is(server.digestOf('stx/keystone', '2'), digest);
	t.deepEqual(server.requests.filter(request => !request.startsWith('GET /v2/ ')), ['GET /v2/stx/keystone/manifests/1', 'PUT /v2/stx/keystone/manifests/2']);
});

test('inside one registry blobs are mounted, and where it does not mount they are sent', async t => {
	for (const mounts of [true, false]) {
		const server = await startOciRegistry(t, {mounts});
		const {digest} = server.addImage('stx/keystone', '1', {layers: ['one', 'two']});
		const copied = await registryClient().copy(`${server.host}/stx/keystone:1`, `${server.host}/other/keystone:1`);
		t.is(copied.digest, digest as never);
		t.is(copied.blobs, mounts ? 0 : 3);
		t.is(server.digestOf('other/keystone', '1'), digest);
	}
});

test('between registries blobs are sent, but for those that are there', async t => {
	const [from, to] = [await startOciRegistry(t), await startOciRegistry(t)];
	const {digest} = from.addImage('stx/keystone', '1', {layers: ['one', 'two']});
	to.blobs.set(`mirror/keystone ${sha256('one')}`, Buffer.from('one'));
	const copied = await registryClient().copy(`${from.host}/stx/keystone:1`, `${to.host}/mirror/keystone:1`);
	t.is(copied.digest, digest as never);
	t.is(copied.blobs, 2);
	t.is(to.digestOf('mirror/keystone', '1'), digest);
});

test('an index is copied with its images', async t => {
	const [from, to] = [await startOciRegistry(t), await startOciRegistry(t)];
	const one = from.addImage('stx/keystone', 'a', {layers: ['one'], labels: {from: 'one'}});
	const two = from.addImage('stx/keystone', 'b', {layers: ['two']});
	const index = from.addIndex('stx/keystone', '1', [one.digest, two.digest]);
	const registry = registryClient();
	t.is((await registry.copy(`${from.host}/stx/keystone:1`, `${to.host}/stx/keystone:1`)).digest, index as never);
	t.is(to.digestOf('stx/keystone', one.digest), one.digest);
	t.deepEqual(await registry.labels(`${to.host}/stx/keystone:1`), {from: 'one'});
});

test('a line that breaks in the middle of a blob is taken up again', async t => {
	const [from, to] = [await startOciRegistry(t), await startOciRegistry(t)];
	from.addImage('stx/keystone', '1');
	from.next(/^GET .*blobs/v, (request, response) => {
		response.writeHead(200, {'content-length': '5'});
		response.write('la');
		setTimeout(() => response.destroy(), 20);
	});
	to.next(/^PUT .*blobs/v, breakOff);
	const {digest} = await registryClient().copy(`${from.host}/stx/keystone:1`, `${to.host}/stx/keystone:1`);
	t.is(to.digestOf('stx/keystone', '1'), digest);
});

test('a blob that is refused is sent once, and one that a busy registry did not take again', async t => {
	const from = await startOciRegistry(t);
	const {digest} = from.addImage('stx/keystone', '1');
	for (const [status, sent] of [[413, 1], [507, 1], [503, 2]] as const) {
		const to = await startOciRegistry(t);
		const layer = new RegExp(`^PUT .*blobs.*${encodeURIComponent(sha256('layer'))}`, 'v');
		to.next(layer, answerWith(status));
		const copying = registryClient().copy(`${from.host}/stx/keystone:1`, `${to.host}/stx/keystone:1`);
		if (sent === 1) {
			const error = await failureOf(async () => copying);
			t.is(error.code, 'STX0909');
			t.regex(error.message, new RegExp(String(status), 'v'));
		} else {
			t.is((await copying).digest, digest as never);
		}

		t.is(to.requests.filter(request => layer.test(request)).length, sent, String(status));
	}
});

test('a layer that is there twice is sent once', async t => {
	const [from, to] = [await startOciRegistry(t), await startOciRegistry(t)];
	const {digest} = from.addImage('stx/keystone', '1', {layers: ['empty', 'full', 'empty']});
	const copied = await registryClient().copy(`${from.host}/stx/keystone:1`, `${to.host}/stx/keystone:1`);
	t.is(copied.digest, digest as never);
	t.is(copied.blobs, 3);
	t.is(to.requests.filter(request => /^PUT .*blobs/v.test(request)).length, 3);
	t.is(to.digestOf('stx/keystone', '1'), digest);
});

test('an interruption ends the wait for another attempt, and is told as one', async t => {
	const [from, to] = [await startOciRegistry(t), await startOciRegistry(t)];
	from.addImage('stx/keystone', '1');
	const interruption = new AbortController();
	to.next(/^PUT .*blobs/v, (request, response, ordinary) => {
		setTimeout(() => {
			interruption.abort();
		}, 100);
		answerWith(503)(request, response, ordinary);
	});
	const client = registryClient({}, {retry: createSteadyRetry({attempts: 2, seconds: 60}), signal: interruption.signal});
	t.is((await failureOf(async () => client.copy(`${from.host}/stx/keystone:1`, `${to.host}/stx/keystone:1`))).code, 'STX0003');
});

test('a source that gives other bytes gives nothing', async t => {
	const [from, to] = [await startOciRegistry(t), await startOciRegistry(t)];
	from.addImage('stx/keystone', '1');
	from.blobs.set(`stx/keystone ${sha256('layer')}`, Buffer.from('Layer'));
	const error = await failureOf(async () => registryClient().copy(`${from.host}/stx/keystone:1`, `${to.host}/stx/keystone:1`));
	t.is(error.code, 'STX0721');
	t.false(to.blobs.has(`stx/keystone ${sha256('layer')}`));
	t.is(to.digestOf('stx/keystone', '1'), undefined);
});

test('what is not there cannot be copied', async t => {
	const server = await startOciRegistry(t);
	t.is((await failureOf(async () => registryClient().copy(`${server.host}/stx/keystone:1`, `${server.host}/stx/keystone:2`))).code, 'STX0725');
});

for (const auth of ['basic', 'bearer'] as const) {
	test(`${auth}: credentials let one in, and without them the registry is named`, async t => {
		const server = await startOciRegistry(t, {auth});
		const {digest} = server.addImage('stx/keystone', '1');
		const registry = registryClient({[server.host]: 'builder:secret'});
		t.is(await registry.digest(`${server.host}/stx/keystone:1`), digest as never);
		t.is((await registry.copy(`${server.host}/stx/keystone:1`, `${server.host}/other/keystone:1`)).blobs, 0);
		t.is(server.digestOf('other/keystone', '1'), digest);
		t.is((await registry.copy(`${server.host}/stx/keystone:1`, `${server.host}/third/keystone:1`)).digest, digest as never);

		for (const [logins, hint] of [[{}, /docker login/], [{[server.host]: 'builder:wr0ng'}, /check that these credentials/]] as const) {
			const error = await failureOf(async () => registryClient(logins).digest(`${server.host}/stx/keystone:1`));
			t.is(error.code, 'STX0720');
			t.regex(error.message, /stx\/keystone/);
			t.regex(error.hint!, hint);
			t.false(JSON.stringify([error.message, error.hint, error.at]).includes('wr0ng'));
		}
	});
}

test('bearer: blobs of a registry that lets nobody in unasked are copied to another', async t => {
	const [from, to] = [await startOciRegistry(t, {auth: 'bearer'}), await startOciRegistry(t, {auth: 'basic'})];
	const {digest} = from.addImage('stx/keystone', '1', {layers: ['one', 'two', 'three']});
	const registry = registryClient({[from.host]: 'builder:secret', [to.host]: 'builder:secret'});
	await registry.copy(`${from.host}/stx/keystone:1`, `${to.host}/stx/keystone:1`);
	t.is(to.digestOf('stx/keystone', '1'), digest);
});

test('a token that has run out is got anew', async t => {
	const server = await startOciRegistry(t, {auth: 'bearer'});
	const {digest} = server.addImage('stx/keystone', '1');
	const registry = registryClient({[server.host]: 'builder:secret'});
	await registry.digest(`${server.host}/stx/keystone:1`);
	server.next(/HEAD/v, (request, response) => {
		response.writeHead(401, {'www-authenticate': `Bearer realm="http://${server.host}/token",service="s"`}).end();
	});
	t.is(await registry.digest(`${server.host}/stx/keystone:1`), digest as never);
});

test('a registry that is busy is asked again, and one that stays so is told', async t => {
	const server = await startOciRegistry(t);
	const {digest} = server.addImage('stx/keystone', '1');
	const registry = registryClient();
	server.next(/manifests/v, answerWith(429, {'retry-after': '0'}), answerWith(503));
	t.is(await registry.digest(`${server.host}/stx/keystone:1`), digest as never);
	server.next(/PUT/v, answerWith(503), breakOff);
	t.is((await registry.copy(`${server.host}/stx/keystone:1`, `${server.host}/stx/keystone:2`)).digest, digest as never);
	server.next(/manifests/v, ...[1, 2, 3].map(() => answerWith(429, {'retry-after': '0'})));
	const error = await failureOf(async () => registry.digest(`${server.host}/stx/keystone:1`));
	t.is(error.code, 'STX0909');
	t.regex(error.message, /429/);
});

test('a registry may take its time with what it was sent, and not with what is asked', async t => {
	const server = await startOciRegistry(t, {mounts: false});
	const {digest} = server.addImage('stx/keystone', '1');
	const http = createHttp({
		userAgent: 'test', clock: systemClock, retry: createRetryPolicy({limit: 0, random: () => 0}), idleSeconds: 0.2,
	});
	const registry = registryClient({}, {http});
	const slowly: Misbehaviour = (_request, _response, ordinary) => {
		setTimeout(ordinary, 600);
	};

	server.next(/^PUT .*blobs/v, slowly);
	server.next(/^PUT .*manifests/v, slowly);
	server.next(/^POST .*mount/v, slowly);
	const {digest: copied} = await registry.copy(`${server.host}/stx/keystone:1`, `${server.host}/other/keystone:1`);
	t.is(copied, digest as never);
	server.next(/^GET .*manifests/v, slowly);
	t.is((await failureOf(async () => registry.manifest(`${server.host}/stx/keystone:1`))).code, 'STX0908');
});

test('what a registry says is wrong is passed on', async t => {
	const server = await startOciRegistry(t);
	server.next(/manifests/v, (request, response) => {
		response.writeHead(400).end(JSON.stringify({errors: [{code: 'NAME_INVALID', message: 'invalid\nrepository name'}]}));
	});
	const error = await failureOf(async () => registryClient().manifest(`${server.host}/stx/keystone:1`));
	t.regex(error.message, /400: invalid repository name$/);
});

test('an answer that is no image is no image', async t => {
	const server = await startOciRegistry(t);
	const registry = registryClient();
	for (const [type, text] of [
		['application/vnd.docker.distribution.manifest.v1+json', '{"schemaVersion": 1}'],
		['text/html', '<html>'],
		['application/vnd.oci.image.manifest.v1+json', '{"config": {"digest": "sha256:1", "size": 1}, "layers": []}'],
		['application/vnd.oci.image.manifest.v1+json', '{"layers": []}'],
	] as const) {
		server.next(/manifests/v, (request, response) => {
			response.writeHead(200, {'content-type': type}).end(text);
		});
		t.is((await failureOf(async () => registry.manifest(`${server.host}/stx/keystone:1`))).code, 'STX0724', text);
	}
});

test('all pages of tags are read', async t => {
	const server = await startOciRegistry(t, {page: 2});
	for (const tag of ['a', 'b', 'c', 'd', 'e']) {
		server.addImage('stx/keystone', tag);
	}

	t.deepEqual(await registryClient().tags(`${server.host}/stx/keystone`), ['a', 'b', 'c', 'd', 'e']);
});

test('a registry that nobody answers for is told by its name', async t => {
	const error = await failureOf(async () => registryClient().digest('127.0.0.1:1/stx/keystone:1'));
	t.is(error.code, 'STX0908');
	t.regex(error.message, /127\.0\.0\.1:1/);
});

test('a registry elsewhere is asked without TLS only where the user has named it', async t => {
	const server = await startOciRegistry(t, {auth: 'basic'});
	const {digest} = server.addImage('stx/keystone', '1');
	const host = server.host.replace('127.0.0.1', 'registry.example.org');
	// Every name is this machine.
	const http = extendHttp(createHttp({userAgent: 'test', clock: systemClock, retry: createRetryPolicy({limit: 0, random: () => 0})}), {
		dnsLookup(_name: string, ...rest: readonly unknown[]) {
			const [options, callback] = [rest.length > 1 ? rest[0] : {}, rest.at(-1)] as [{readonly all?: boolean}, (error: undefined, address: unknown, family?: number) => void];
			if (options.all) {
				callback(undefined, [{address: '127.0.0.1', family: 4}]);
			} else {
				callback(undefined, '127.0.0.1', 4);
			}
		},
	});
	const login = {[host]: 'builder:secret'};
	const error = await failureOf(async () => registryClient(login, {http}).digest(`${host}/stx/keystone:1`));
	t.is(error.code, 'STX0908');
	t.is(error.message, `\`${host}\` speaks no TLS`);
	t.regex(error.hint!, /--insecure-registries registry\.example\.org:\d+/v);
	t.deepEqual(server.requests, [], 'and the credentials are shown to nobody');
	await t.throwsAsync(registryClient(login, {http, insecure: ['registry.example.org', `x${host}`]}).digest(`${host}/stx/keystone:1`), {code: 'STX0908'});
	t.is(await registryClient(login, {http, insecure: ['other.example.org', host]}).digest(`${host}/stx/keystone:1`), digest as never);
});
