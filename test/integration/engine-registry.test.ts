/** Real engines and a real registry on this machine. */
import {spawn} from 'node:child_process';
import {createServer, type AddressInfo} from 'node:net';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import type {BuildError} from '../../src/errors.js';
import {engineTests, until, writeFiles} from '../_helpers/engines.js';
import {needs} from '../_helpers/needs.js';

const testEngines = engineTests(test);

/** Starts docker-registry on a free port, with or without a password, and ends it after the test. */
async function startRegistry(t: ExecutionContext, folder: string, withPassword = false): Promise<string> {
	const port = await new Promise<number>(resolve => {
		const server = createServer().listen(0, '127.0.0.1', () => {
			const {port: free} = server.address() as AddressInfo;
			server.close(() => {
				resolve(free);
			});
		});
	});
	// Bcrypt of `secret`, for the user `builder`.
	const auth = withPassword ? `auth: {htpasswd: {realm: test, path: ${folder}/htpasswd}}\n` : '';
	await writeFiles(folder, {
		htpasswd: 'builder:$2b$05$WQpjVQCOKNHLDBe3mMnNTOgf4xZzC2ZzQ3Xf1eJQ0bqz1yXq0m8Y.\n',
		'registry.yml': `version: 0.1\nlog: {level: error}\nstorage: {filesystem: {rootdirectory: ${folder}/registry}}\nhttp: {addr: "127.0.0.1:${port}"}\n${auth}`,
	});
	const registry = spawn('docker-registry', ['serve', path.join(folder, 'registry.yml')], {stdio: 'ignore'});
	t.teardown(async () => new Promise<void>(resolve => {
		registry.once('exit', () => {
			resolve();
		});
		registry.kill('SIGKILL');
	}));
	await until(async () => fetch(`http://127.0.0.1:${port}/v2/`).then(() => true, () => false));
	return `127.0.0.1:${port}`;
}

testEngines('an image is sent and comes back the same, with the digest the registry has', async (t, {engine, image, folder}) => {
	if (!needs(t, 'docker-registry')) {
		return;
	}

	const registry = await startRegistry(t, folder);
	const reference = `${registry}/starlingx/stx-test:1`;
	await engine.tag(image, reference);
	const digest = await engine.push(reference);
	t.regex(digest, /^sha256:[\da-f]{64}$/v);
	const answer = await fetch(`http://${registry}/v2/starlingx/stx-test/manifests/1`, {
		method: 'HEAD', headers: {accept: 'application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.manifest.v1+json'},
	});
	t.is(answer.headers.get('docker-content-digest'), digest);

	await engine.remove(reference);
	t.is(await engine.find(reference), undefined);
	t.deepEqual(await engine.pull(reference), {id: image, digest});
	t.is(await engine.find(reference), image);
	await engine.remove(reference);

	const byDigest = `${registry}/starlingx/stx-test@${digest}`;
	t.deepEqual(await engine.pull(byDigest), {id: image, digest});
	await engine.remove(byDigest);
});

testEngines('an image that the registry does not have', async (t, {engine, folder}) => {
	if (!needs(t, 'docker-registry')) {
		return;
	}

	const registry = await startRegistry(t, folder);
	const error = await t.throwsAsync<BuildError>(engine.pull(`${registry}/starlingx/no-such-image:1`), {code: 'STX0706'});
	t.is(error.hint, 'check the name and the tag');
	await t.throwsAsync(engine.push(`${registry}/starlingx/no-such-image:1`), {code: 'STX0706'});
});

testEngines('a registry that wants a password', async (t, {engine, image, folder}) => {
	if (!needs(t, 'docker-registry')) {
		return;
	}

	const registry = await startRegistry(t, folder, true);
	const reference = `${registry}/starlingx/stx-test:1`;
	await engine.tag(image, reference);
	try {
		const error = await t.throwsAsync<BuildError>(engine.push(reference), {code: 'STX0706'});
		t.is(error.hint, `log in with \`${engine.name} login ${registry}\`, or check the name`);
	} finally {
		await engine.remove(reference);
	}
});

testEngines('a registry that is not there', async (t, {engine}) => {
	const error = await t.throwsAsync<BuildError>(engine.pull('127.0.0.1:1/starlingx/a:1'), {code: 'STX0706'});
	t.regex(error.hint!, /127\.0\.0\.1:1 can be reached/v);
});

