/** A base image with repositories besides Debian's, through a real apt and mmdebstrap. */
import {chmod, readFile} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {bootstrapRoot} from '../../src/base/bootstrap-root.js';
import {findLayers} from '../../src/base/find-layers.js';
import {planBase} from '../../src/base/index.js';
import type {BootstrapInputs} from '../../src/base/plan-bootstrap.js';
import {planRepositories} from '../../src/base/plan-repositories.js';
import {readBaseRepositories} from '../../src/base/read-repositories.js';
import {BuildError} from '../../src/errors.js';
import {listen, withTemporaryFolder} from '../../src/system/index.js';
import {writePackageRepository} from '../_helpers/apt-repository.js';
import {run, writeFiles} from '../_helpers/engines.js';
import {needs} from '../_helpers/needs.js';

const target = {os: 'debian', codename: 'trixie', repomgrOrigin: 'starlingx'} as const;

/** Serves a folder below any first part of a path: StarlingX's repositories are several of one address. */
const serve = async (folder: string) => listen({address: '127.0.0.1', port: 0}, {
	async answer({target: asked}) {
		const body = await readFile(path.join(folder, decodeURIComponent(asked).split('/').slice(2).join('/'))).catch(() => undefined);
		return body ? {status: 200, headers: {'content-length': String(body.length)}, body} : {status: 404, headers: {'content-length': '0'}};
	},
	answered: () => undefined,
});

test.serial('StarlingX\'s packages come before Debian\'s; Debian and the layers are there, and switched off', async t => {
	t.timeout(600_000);
	if (!needs(t, {program: ['mmdebstrap', 'gpg', 'gpg-agent', 'dpkg-scanpackages'], root: true, mount: true})) {
		return;
	}

	await withTemporaryFolder('repositories', async folder => {
		await chmod(folder, 0o755);
		// An older version than Debian's: only the pin makes it the one that is installed.
		const {served, key} = await writePackageRepository(folder, 'trixie', [{name: 'netbase', version: '0.1'}, {name: 'stx-thing', version: '1'}]);
		await writeFiles(folder, {'checkout/a/.git': '', 'checkout/a/debian_build_layer.cfg': 'openstack\n', 'checkout/cgcs-root/.git': ''});
		const server = await serve(served);
		try {
			const settings = {
				...target, repo: path.join(folder, 'checkout/cgcs-root'), repomgrUrl: server.url, repoKey: key, trustRepos: false,
			};
			const repositories = await readBaseRepositories(settings, []);
			const [step] = planBase({
				os: 'debian', codename: 'trixie', arch: 'amd64', debianMirror: 'http://deb.debian.org/debian', debianSecurityMirror: 'http://deb.debian.org/debian-security', repositories, recipe: {
					packages: ['netbase', 'python3'], starlingxPackages: ['stx-thing'], osVersion: '13.0', dockerfile: '', script: '', digests: [],
				},
			});
			const work = path.join(folder, 'work');
			await run({argv: ['mkdir', work]});
			const root = await bootstrapRoot(step!.inputs as BootstrapInputs, {
				run, folder: work, surroundings: {}, options: {},
			});
			const read = async (file: string): Promise<string> => (await run({argv: ['tar', '--extract', '--to-stdout', '--file', root.tar, `./${file}`]})).stdout;
			t.is(await read('usr/share/stx-build-test/netbase'), '0.1\n');
			t.is(await read('usr/share/stx-build-test/stx-thing'), '1\n');
			t.notRegex(await read('etc/apt/sources.list'), /^deb/m);
			t.regex(await read('etc/apt/sources.list.d/stx.list'), /^deb \[signed-by=\/usr\/share\/keyrings\/stx-build-repositories\.asc] http:\/\/127\.0\.0\.1:\d+\/deb-local-build trixie main$/m);
			t.regex(await read('etc/apt/sources.list.d/openstack.list.disabled'), /deb-local-binary-openstack trixie main/);
			t.regex(await read('etc/apt/sources.list.d/debian.list.disabled'), /deb\.debian\.org/);
			t.regex(await read('etc/apt/preferences.d/stx'), /o=starlingx/);
			t.is(await read('usr/share/keyrings/stx-build-repositories.asc'), await readFile(key, 'utf8'));
			t.true(root.apt.suites.length >= 4, 'the record names the state of each repository');
		} finally {
			await server.close();
		}
	}, '/var/tmp');
});

test('W31: a repository that is signed with another key than the named one is refused, whatever it holds', async t => {
	if (!needs(t, {program: ['mmdebstrap', 'gpg', 'gpg-agent', 'dpkg-scanpackages'], root: true, mount: true})) {
		return;
	}

	await withTemporaryFolder('repositories', async folder => {
		await chmod(folder, 0o755);
		const [one, other] = [path.join(folder, 'one'), path.join(folder, 'other')];
		await run({argv: ['mkdir', one, other]});
		const {served} = await writePackageRepository(one, 'trixie', [{name: 'stx-thing', version: '1'}]);
		const {key} = await writePackageRepository(other, 'trixie', [{name: 'stx-thing', version: '1'}]);
		const server = await serve(served);
		try {
			const repositories = await readBaseRepositories({
				...target, repo: undefined, repomgrUrl: server.url, repoKey: key, trustRepos: false,
			}, []);
			const [step] = planBase({
				os: 'debian', codename: 'trixie', arch: 'amd64', debianMirror: 'http://deb.debian.org/debian', debianSecurityMirror: 'http://deb.debian.org/debian-security', repositories, recipe: {
					packages: [], starlingxPackages: [], osVersion: '13.0', dockerfile: '', script: '', digests: [],
				},
			});
			const work = path.join(folder, 'work');
			await run({argv: ['mkdir', work]});
			await t.throwsAsync(bootstrapRoot(step!.inputs as BootstrapInputs, {
				run, folder: work, surroundings: {}, options: {},
			}), {instanceOf: BuildError, code: 'STX0502', message: /not signed/});
		} finally {
			await server.close();
		}
	}, '/var/tmp');
});

test('W74: a checkout without layers is none to stumble over, and each layer is there once', async t => {
	await withTemporaryFolder('layers', async folder => {
		await writeFiles(folder, {'cgcs-root/.git': '', 'nfv/.git': '', 'fault/.git': ''});
		t.deepEqual(await findLayers(path.join(folder, 'cgcs-root'), 'debian'), []);
		await writeFiles(folder, {'nfv/debian_build_layer.cfg': 'flock\n', 'fault/debian_build_layer.cfg': 'flock\ndistro', 'fault/doc/debian_build_layer.cfg': 'not at the top\n'});
		t.deepEqual(await findLayers(path.join(folder, 'cgcs-root'), 'debian'), ['distro', 'flock']);
		await writeFiles(folder, {'nfv/debian_build_layer.cfg': '../flock\n'});
		await t.throwsAsync(findLayers(path.join(folder, 'cgcs-root'), 'debian'), {instanceOf: BuildError, code: 'STX0505'});
		t.deepEqual(planRepositories({
			codename: 'trixie', publishUrl: 'http://a.example.org', origin: undefined, repos: [], layers: [], key: undefined, trusted: true,
		})!.layers, []);
	});
});
