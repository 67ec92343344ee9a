/** Real engines and a real registry on this machine. */
import test from 'ava';
import type {BuildError} from '../../src/errors.js';
import {engineTests} from '../_helpers/engines.js';
import {digestInRegistry, startRegistry} from '../_helpers/local-registry.js';
import {needs} from '../_helpers/needs.js';

const testEngines = engineTests(test);

testEngines('an image is sent and comes back the same, with the digest the registry has', async (t, {engine, image, folder}) => {
	if (!needs(t, 'docker-registry')) {
		return;
	}

	const registry = await startRegistry(t, folder);
	const reference = `${registry}/starlingx/stx-test:1`;
	await engine.tag(image, reference);
	const digest = await engine.push(image, reference);
	t.regex(digest, /^sha256:[\da-f]{64}$/v);
	t.is(await digestInRegistry(reference), digest);

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
});

testEngines('a registry that wants a password', async (t, {engine, image, folder}) => {
	if (!needs(t, 'docker-registry')) {
		return;
	}

	const registry = await startRegistry(t, folder, {withPassword: true});
	const reference = `${registry}/starlingx/stx-test:1`;
	await engine.tag(image, reference);
	try {
		const error = await t.throwsAsync<BuildError>(engine.push(image, reference), {code: 'STX0706'});
		t.is(error.hint, `log in with \`${engine.name} login ${registry}\`, or check the name`);
	} finally {
		await engine.remove(reference);
	}
});

testEngines('a registry that is not there', async (t, {engine}) => {
	const error = await t.throwsAsync<BuildError>(engine.pull('127.0.0.1:1/starlingx/a:1'), {code: 'STX0706'});
	t.regex(error.hint!, /127\.0\.0\.1:1 can be reached/v);
});

