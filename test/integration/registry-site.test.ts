/**
A registry as a site has it, with a password, with TLS by an authority of the site's own, on a line that breaks, used by
several at once: Debian's docker-registry, the real engines, and the client of src/registry.
*/
import {rm} from 'node:fs/promises';
import {networkInterfaces} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import {createRetryingEngine, selectEngine} from '../../src/engine/index.js';
import {writeProbeRoot} from '../../src/engine/probe-root.js';
import type {BuildError} from '../../src/errors.js';
import {authFilePlaces, readAuthFiles, type Registry} from '../../src/registry/index.js';
import {createRunner, createSteadyRetry, runChecked} from '../../src/system/index.js';
import {
	engineTests, hostArch, storageEngines, writeFiles,
} from '../_helpers/engines.js';
import {createCertificate, startBreakingWay, startRegistry} from '../_helpers/local-registry.js';
import {needs} from '../_helpers/needs.js';
import {registryClient} from '../_helpers/registry-client.js';

const testEngines = engineTests(test, storageEngines);

/** A digest as any text: engines have theirs as text. */
const plain = async (answer: Promise<string | undefined>): Promise<string | undefined> => answer;

/** The id of an image that a registry has. */
const configOf = async (client: Registry, reference: string): Promise<string | undefined> => (await client.manifest(reference))?.config;

testEngines('a password is asked for, and is that of the engine\'s own login', async (t, {engine, image, folder}) => {
	if (!needs(t, 'docker-registry')) {
		return;
	}

	const registry = await startRegistry(t, folder, {withPassword: true});
	const home = path.join(folder, 'home');
	await writeFiles(home, {'auth.json': '{}'});
	// With a variable of its own for each, so that nobody's login is touched.
	const variables = engine.name === 'docker' ? {DOCKER_CONFIG: home} : {REGISTRY_AUTH_FILE: path.join(home, 'auth.json')};
	const run = createRunner({...process.env, ...variables});
	const own = await selectEngine({preferred: engine.name, run});
	const reference = `${registry}/starlingx/stx-test:1`;
	const refused = await t.throwsAsync<BuildError>(own.push(image, reference), {code: 'STX0706'});
	t.is(refused.hint, `log in with \`${engine.name} login ${registry}\`, or check the name`);
	const program = engine.facts.program ?? engine.name;
	const tls = engine.name === 'docker' ? [] : ['--tls-verify=false'];
	const login = await run({argv: [program, 'login', ...tls, '--username', 'builder', '--password-stdin', registry], input: 'wrong'});
	t.not(login.exitCode, 0);
	await runChecked(run, {argv: [program, 'login', ...tls, '--username', 'builder', '--password-stdin', registry], input: 'secret'});
	const digest = await own.push(image, reference);
	await own.remove(reference);
	t.deepEqual(await own.pull(reference), {id: image, digest});
	await own.remove(reference);

	// The client reads what the login has written.
	const places = authFilePlaces(variables, home, process.getuid!());
	t.is(await plain(registryClient({}, {authFiles: async () => readAuthFiles(places)}).digest(reference)), digest);
	t.is(await plain(registryClient({[registry]: 'builder:secret'}).digest(reference)), digest);
	await t.throwsAsync(registryClient().digest(reference), {code: 'STX0720'});
	const error = await t.throwsAsync<BuildError>(registryClient({[registry]: 'builder:hush-hush'}).digest(reference), {code: 'STX0720'});
	t.false(`${error.message} ${error.hint}`.includes('hush-hush'));
});

testEngines('TLS by an authority that only the site knows', async (t, {engine, image, folder, run}) => {
	if (!needs(t, {program: ['docker-registry', 'openssl'], root: true})) {
		return;
	}

	// On addresses that are this machine's alone nobody insists on certificates.
	const address = Object.values(networkInterfaces()).flat().find(each => each?.family === 'IPv4' && !each.internal)?.address;
	if (address === undefined) {
		t.fail('this machine has no address to try');
		return;
	}

	const certificate = await createCertificate(folder, address);
	const registry = await startRegistry(t, folder, {address, certificate});
	const reference = `${registry}/starlingx/stx-test:1`;
	const stranger = await selectEngine({preferred: engine.name, run});
	const daemonFolder = path.join('/etc/docker/certs.d', registry);
	const refused = await t.throwsAsync<BuildError>(stranger.push(image, reference), {code: 'STX0706'});
	t.true(refused.hint?.includes(engine.name === 'docker' ? `${daemonFolder}/ca.crt` : '--ca-bundle'), refused.message);
	await t.throwsAsync(registryClient().digest(reference), {code: 'STX0908'});
	t.is(await plain(registryClient({}, {insecure: [registry]}).digest(reference)), undefined, 'where the user says so, whatever its certificate');

	if (engine.name === 'docker') {
		t.teardown(async () => rm(daemonFolder, {recursive: true, force: true}));
		await runChecked(run, {argv: ['install', '-D', '--mode', '0644', certificate.authority, path.join(daemonFolder, 'ca.crt')]});
	}

	const friend = await selectEngine({preferred: engine.name, run, caBundle: certificate.authority});
	const digest = await friend.push(image, reference);
	await friend.remove(reference);
	t.deepEqual(await friend.pull(reference), {id: image, digest});
	await friend.remove(reference);
	const client = registryClient({}, {caBundle: certificate.authority});
	t.is(await plain(client.digest(reference)), digest);
	await client.copy(reference, `${registry}/elsewhere/stx-test:2`);
	t.is(await plain(client.digest(`${registry}/elsewhere/stx-test:2`)), digest);
});

for (const [what, breaksAt] of [['a layer', /^(?:PATCH|PUT) \/v2\/.*\/blobs\/uploads\//v], ['the manifest', /^PUT \/v2\/.*\/manifests\//v]] as const) {
	testEngines(`a registry that goes away while it gets ${what} has no such name, and the next push does all that is left`, async (t, {engine, image, folder}) => {
		t.timeout(240_000);
		if (!needs(t, 'docker-registry')) {
			return;
		}

		const registry = await startRegistry(t, folder);
		const way = await startBreakingWay(t, registry, breaksAt);
		const error = await t.throwsAsync<BuildError>(engine.push(image, `${way}/starlingx/stx-test:1`), {code: 'STX0706'});
		t.is(error.hint, `check that ${way} can be reached, and the proxies`);
		await engine.remove(`${way}/starlingx/stx-test:1`);
		const reference = `${registry}/starlingx/stx-test:1`;
		t.is(await registryClient().digest(reference), undefined);
		const digest = await engine.push(image, reference);
		t.is(await plain(registryClient().digest(reference)), digest);
		await engine.remove(reference);
		t.deepEqual(await engine.pull(reference), {id: image, digest});
		await engine.remove(reference);
	});
}

testEngines('a name that has other content is moved, and the other content stays there by its digest', async (t, {engine, image, run, folder, keep}) => {
	if (!needs(t, 'docker-registry')) {
		return;
	}

	const registry = await startRegistry(t, folder);
	const reference = `${registry}/starlingx/stx-test:1`;
	const client = registryClient();
	const first = await engine.push(image, reference);
	t.is(await configOf(client, reference), image);
	const other = await engine.importRoot({file: await writeProbeRoot(folder, run, `${folder} other`), arch: hostArch});
	await keep(other);
	const second = await engine.push(other, reference);
	t.not(second, first);
	t.is(await plain(client.digest(reference)), second);
	t.is(await configOf(client, reference), other);
	t.is(await plain(client.digest(`${registry}/starlingx/stx-test@${first}`)), first);
	t.deepEqual(await client.tags(reference), ['1']);
	await engine.remove(reference);
	t.deepEqual(await engine.pull(`${registry}/starlingx/stx-test@${first}`), {id: image, digest: first});
	await engine.remove(`${registry}/starlingx/stx-test@${first}`);
});

testEngines('several pushes at once, of one image and of others, into one repository', async (t, {engine, image, run, folder, keep}) => {
	t.timeout(240_000);
	if (!needs(t, 'docker-registry')) {
		return;
	}

	const registry = await startRegistry(t, folder);
	// The registry itself refuses some of them ("blob unknown"), and they are tried again without a word of `--attempts`.
	const patient = createRetryingEngine(engine, {
		retry: createSteadyRetry({attempts: 1, seconds: 0}), random: Math.random, note(message) {
			t.log(message);
		},
	});
	const other = await engine.importRoot({file: await writeProbeRoot(folder, run, `${folder} other`), arch: hostArch});
	await keep(other);
	const client = registryClient();
	const nameOf = (round: number, index: number): string => `${registry}/starlingx/stx-test:${round}-${index}`;
	for (const round of [1, 2, 3]) {
		const digests = await Promise.all([image, other, image, other].map(async (each, index) => patient.push(each, nameOf(round, index))));
		t.is(new Set(digests).size, 2);
		for (const [index, digest] of digests.entries()) {
			t.is(await plain(client.digest(nameOf(round, index))), digest);
			t.is(await configOf(client, nameOf(round, index)), index % 2 === 0 ? image : other);
			await engine.remove(nameOf(round, index));
		}
	}

	// Under one name: who says it is done has sent his own, and the registry has that of one of them, whole.
	const name = `${registry}/starlingx/stx-test:both`;
	const both = await Promise.allSettled([patient.push(image, name), patient.push(other, name)]);
	const done = both.flatMap(result => result.status === 'fulfilled' ? [result.value] : []);
	t.true(done.length > 0 || engine.name === 'docker');
	const winner = await configOf(client, name);
	t.true([image, other].includes(winner ?? ''));
	await engine.remove(name);
	t.is((await engine.pull(name)).id, winner!);
	await engine.remove(name);
});

testEngines('a registry that speaks no TLS, where TLS is expected', async (t, {engine, image, folder}) => {
	if (!needs(t, 'docker-registry')) {
		return;
	}

	const address = Object.values(networkInterfaces()).flat().find(each => each?.family === 'IPv4' && !each.internal)?.address;
	if (address === undefined) {
		t.fail('this machine has no address to try');
		return;
	}

	const registry = await startRegistry(t, folder, {address});
	const error = await t.throwsAsync<BuildError>(engine.push(image, `${registry}/starlingx/stx-test:1`), {code: 'STX0706'});
	t.regex(error.hint!, engine.name === 'docker' ? /insecure-registries/v : /registries\.conf/v);
	await engine.remove(`${registry}/starlingx/stx-test:1`);
	const reference = `${registry}/starlingx/stx-test:1`;
	await t.throwsAsync(registryClient().digest(reference), {code: 'STX0908', message: /speaks no TLS/v});
	t.is(await plain(registryClient({}, {insecure: [registry]}).digest(reference)), undefined);
});
