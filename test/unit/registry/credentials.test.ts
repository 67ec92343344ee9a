import {Buffer} from 'node:buffer';
import {
	mkdir, mkdtemp, rm, writeFile,
} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {authFilePlaces, readAuthFiles} from '../../../src/registry/index.js';
import {findCredentials, findKeeper, parseAuthFile} from '../../../src/registry/parse-auth-file.js';
import {failureOf, thrownBy} from '../../_helpers/failure.js';

const login = (name: string) => ({auth: Buffer.from(`${name}:pass:word`).toString('base64')});
const password = (user: string) => ({kind: 'password', user, password: 'pass:word'} as const);

test('the longest name of a registry and repository counts', t => {
	const file = parseAuthFile(JSON.stringify({
		auths: {
			'quay.io': login('all'), 'quay.io/stx': login('stx'), 'https://index.docker.io/v1/': login('hub'), 'https://private.example.com': login('private'), 'token.example.com': {identitytoken: 'refresh'}, 'plain.example.com': {username: 'plain', password: 'pass:word'}, 'empty.example.com': {}, 'null.example.com': null,
		},
	}), 'config.json');
	t.deepEqual(findCredentials([file], 'quay.io', 'other/keystone'), password('all'));
	t.deepEqual(findCredentials([file], 'quay.io', 'stx/keystone'), password('stx'));
	t.deepEqual(findCredentials([file], 'docker.io', 'starlingx/stx-keystone'), password('hub'));
	t.deepEqual(findCredentials([file], 'private.example.com', 'a'), password('private'));
	t.deepEqual(findCredentials([file], 'token.example.com', 'a'), {kind: 'token', token: 'refresh'});
	t.deepEqual(findCredentials([file], 'plain.example.com', 'a'), password('plain'));
	t.is(findCredentials([file], 'empty.example.com', 'a'), undefined);
	t.is(findCredentials([file], 'private.example.com:5000', 'a'), undefined);
});

test('the first file that has credentials counts', t => {
	const files = ['one', 'two'].map(user => parseAuthFile(JSON.stringify({auths: {'quay.io': login(user)}}), user));
	t.deepEqual(findCredentials(files, 'quay.io', 'a'), password('one'));
});

test('a program that keeps credentials is known, and not run', t => {
	const file = parseAuthFile('{"credHelpers": {"quay.io": "secretservice"}}', 'a.json');
	t.is(findKeeper([file], 'quay.io', 'a'), 'a.json');
	t.is(findKeeper([file], 'docker.io', 'a'), undefined);
	t.is(findKeeper([parseAuthFile('{"credsStore": "desktop"}', 'b.json')], 'docker.io', 'a'), 'b.json');
});

test('nothing of a file that cannot be read is shown', t => {
	for (const text of ['{"auths": {"quay.io": {"auth": "hunter2', '{"auths": {"quay.io": {"auth": 2}}, "x": "hunter2"}', `{"auths": {"quay.io": {"auth": "${Buffer.from('hunter2').toString('base64')}"}}}`]) {
		const error = thrownBy(() => parseAuthFile(text, 'config.json'));
		t.is(error.code, 'STX0723');
		t.is(error.cause, undefined);
		t.false(`${error.message} ${error.hint}`.includes('hunter2'));
	}
});

test('files are looked for where docker, buildah and podman have them', t => {
	t.deepEqual(authFilePlaces({}, '/home/me', 1000), ['/run/containers/1000/auth.json', '/home/me/.config/containers/auth.json', '/home/me/.docker/config.json']);
	t.deepEqual(authFilePlaces({XDG_CONFIG_HOME: '/config'}, '/root', 0), ['/run/containers/0/auth.json', '/config/containers/auth.json', '/root/.docker/config.json']);
	t.deepEqual(authFilePlaces({XDG_RUNTIME_DIR: '/run/user/1', XDG_CONFIG_HOME: '', DOCKER_CONFIG: '/docker'}, '/home/me', 1000), ['/run/user/1/containers/auth.json', '/home/me/.config/containers/auth.json', '/docker/config.json']);
	t.deepEqual(authFilePlaces({REGISTRY_AUTH_FILE: '/auth.json', DOCKER_CONFIG: '/docker'}, '/home/me', 1000), ['/auth.json']);
});

test('a file that is not there is none, and one that cannot be read is told', async t => {
	const folder = await mkdtemp(path.join(tmpdir(), 'stx-build-auth-'));
	t.teardown(async () => rm(folder, {recursive: true, force: true}));
	await writeFile(path.join(folder, 'empty'), '');
	await writeFile(path.join(folder, 'good'), '{"auths": {}}');
	await mkdir(path.join(folder, 'folder'));
	t.is((await readAuthFiles(['none', 'good/none', 'empty', 'good'].map(name => path.join(folder, name)))).length, 1);
	t.is((await failureOf(async () => readAuthFiles([path.join(folder, 'folder')]))).code, 'STX0723');
});
