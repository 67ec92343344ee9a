import {generateKeyPairSync} from 'node:crypto';
import {mkdir, writeFile} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import type {PlanDocument} from '../../src/loadbuild/index.js';
import {withTemporaryFolder} from '../../src/system/index.js';
import {fakeEffects} from '../_helpers/fake-effects.js';
import {runCli, type CliResult} from '../_helpers/run-cli.js';

type Place = {
	readonly folder: string;
	write(name: string, text: string): Promise<void>;
	run(argv: readonly string[], environment?: Readonly<Record<string, string>>): Promise<CliResult>;
};

const inPlace = async (use: (place: Place) => Promise<void>): Promise<void> => withTemporaryFolder('base-command', async folder => use({
	folder,
	async write(name, text) {
		await mkdir(path.dirname(path.join(folder, name)), {recursive: true});
		await writeFile(path.join(folder, name), text);
	},
	run: async (argv, environment = {}) => runCli(['base', ...argv, '--dry-run', '--json'], {folder, environment, effects: async () => fakeEffects()}),
}));

/** The names that the base image is given, and whether they are pushed. */
function namesOf({out}: CliResult): {readonly references: readonly string[]; readonly pushed: boolean} {
	const {steps} = JSON.parse(out) as PlanDocument;
	const {references} = steps.find(({kind}) => kind === 'base.tag')!.inputs as {references: string[]};
	return {references, pushed: steps.some(({kind}) => kind === 'base.push')};
}

test('names and tags as build-stx-base.sh gives them; no prefix by itself', async t => {
	await inPlace(async ({run}) => {
		t.deepEqual(namesOf(await run([], {USER: 'jenkins'})), {references: ['jenkins/stx-debian:trixie-amd64-stable-13.0'], pushed: false});
		t.deepEqual(namesOf(await run(['--os', 'debian', '--os-codename', 'bullseye', '--os-arch', 'amd64', '--release', 'stable', '--user', 'starlingx', '--registry', 'r.example.org/', '--prefix', 'master', '--version', '1', '--push', '--latest', '--latest-tag', 'newest'])), {
			references: ['r.example.org/starlingx/stx-debian:master-bullseye-amd64-stable-1', 'r.example.org/starlingx/stx-debian:master-bullseye-amd64-stable-newest', 'r.example.org/starlingx/stx-debian:master-stable-1', 'r.example.org/starlingx/stx-debian:master-stable-newest'], pushed: true,
		});
		t.deepEqual(namesOf(await run(['--os-version', '13.1'], {USER: 'u'})).references, ['u/stx-debian:trixie-amd64-stable-13.1']);
	});
});

test('--os-version is the tag of the image that --from names without one', async t => {
	await inPlace(async ({run}) => {
		const from = async (...argv: readonly string[]): Promise<unknown> => (JSON.parse((await run(argv)).out) as PlanDocument).steps.find(({kind}) => kind === 'base.pull')!.inputs;
		t.like(await from('--from', 'debian', '--os-version', '13.0'), {reference: 'docker.io/library/debian:13.0'});
		t.like(await from('--from', 'debian:trixie', '--os-version', '13.0'), {reference: 'docker.io/library/debian:trixie'});
	});
});

test('W74: version, user, registry and repositories of a --config-file count where no option gives them', async t => {
	await inPlace(async ({write, run}) => {
		await write('base.cfg', 'version=7\nuser=starlingx\nregistry=r.example.org/\nrepo=deb http://repos.example.org trixie main\n');
		t.deepEqual(namesOf(await run(['--config-file', 'base.cfg', '--trust-unsigned-repos'], {USER: 'jenkins'})).references, ['r.example.org/starlingx/stx-debian:trixie-amd64-stable-7']);
		t.deepEqual(namesOf(await run(['--config-file', 'base.cfg', '--trust-unsigned-repos', '--version', '8', '--user', 'me'], {USER: 'jenkins'})).references, ['r.example.org/me/stx-debian:trixie-amd64-stable-8']);
		const unsigned = await run(['--config-file', 'base.cfg']);
		t.is(unsigned.code, 2);
		t.regex(unsigned.err, /STX0505.*repos\.example\.org.*base\.cfg:4/s);
	});
});

test('W74: the config file of the target in MY_REPO is read by itself; --local and --hostname say that they do nothing', async t => {
	await inPlace(async ({folder, write, run}) => {
		await write('cgcs-root/build-tools/build-docker-images/base-image-build-debian-trixie-stable.cfg', 'version=9\n');
		t.deepEqual(namesOf(await run([], {USER: 'u', MY_REPO: path.join(folder, 'cgcs-root')})).references, ['u/stx-debian:trixie-amd64-stable-9']);
		const {code} = await run(['--local', '--hostname', 'here', '--cache']);
		t.is(code, 0);
	});
});

test('the repositories of the environment, signed with the key that is named, and a layer of each repository of the checkout', async t => {
	await inPlace(async ({folder, write, run}) => {
		const {publicKey} = generateKeyPairSync('ed25519');
		await write('key.asc', `-----BEGIN PGP PUBLIC KEY BLOCK-----\n${publicKey.export({type: 'spki', format: 'pem'}).toString()}`);
		await write('root/cgcs-root/.git', '');
		await write('root/nfv/.git', '');
		await write('root/nfv/debian_build_layer.cfg', 'flock\n');
		const environment = {
			USER: 'u', MY_REPO: path.join(folder, 'root/cgcs-root'), REPOMGR_DEPLOY_URL: 'http://aptly.example.org/', REPOMGR_ORIGIN: 'starlingx', DEBIAN_SNAPSHOT: 'http://snapshot.example.org/archive/debian/20260101T000000Z', DEBIAN_SECURITY_SNAPSHOT: 'http://snapshot.example.org/archive/debian-security/20260101T000000Z',
		};
		const {out} = await run(['--repo-key', 'key.asc'], environment);
		const {inputs} = (JSON.parse(out) as PlanDocument).steps.find(({kind}) => kind === 'base.bootstrap')!;
		const {sources, packages, repositories} = inputs as {sources: string[]; packages: string[]; repositories: {files: Record<string, string>; key: {place: string}}};
		t.deepEqual(sources.map(line => line.replace(/^deb \[[^\]]*] /, '')), ['http://snapshot.example.org/archive/debian/20260101T000000Z trixie main', 'http://snapshot.example.org/archive/debian-security/20260101T000000Z trixie-security main']);
		t.true(sources.every(line => line.includes('check-valid-until=no') && line.includes('signed-by=')), 'W31: of a snapshot the age does not count, its signature does');
		t.true(packages.includes('python3-nss'));
		t.regex(repositories.files['etc/apt/sources.list.d/flock.list.disabled']!, /aptly\.example\.org\/deb-local-binary-flock trixie main/);
		t.is(repositories.key.place, '/usr/share/keyrings/stx-build-repositories.asc');
		const without = await run([], environment);
		t.is(without.code, 2);
		t.regex(without.err, /--repo-key/);
	});
});

test('W20: a base image whose parent cannot be fetched is not made, and nothing is named', async t => {
	await inPlace(async ({run}) => {
		const {steps} = JSON.parse((await run(['--from', 'debian'])).out) as PlanDocument;
		t.deepEqual(steps.map(({id, needs}) => [id, ...needs]), [['base:pull'], ['base', 'base:pull'], ['base:tag', 'base']], 'each waits for the one before');
	});
});

test('a dry run names all tags, and says what there is nothing to do for', async t => {
	await withTemporaryFolder('base-command', async folder => {
		const effects = fakeEffects();
		const run = async (...argv: readonly string[]): Promise<CliResult> => runCli(['base', ...argv, '--user', 'u', '--dry-run'], {folder, effects: async () => effects});
		const {out} = await run('--push', '--latest');
		const names = 'u/stx-debian:trixie-amd64-stable-13.0, u/stx-debian:trixie-amd64-stable-latest';
		t.true(out.includes(`name the base image ${names}\n`), out);
		t.true(out.includes(`push ${names}\n`), out);
		t.deepEqual(effects.events, []);
		t.is((await run('--latest', '--latest-tag', 'x y')).code, 0);
		t.deepEqual(effects.events, ['--latest', '--latest-tag'].map(option => ({type: 'note', message: `${option}: nothing to do, since nothing is pushed without --push`})));
	});
});
