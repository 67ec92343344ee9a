/** Git as it is used here, with a host that is asked over HTTP, as real ones are. */
import {
	readdir, readFile, rm, writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {failureOf} from '../_helpers/failure.js';
import {startGitHost, type GitHost, type GitHostOptions} from '../_helpers/git-host.js';
import {makeGitWorld, type GitWorld} from '../_helpers/git-world.js';
import {makeCertificate, startProxy} from '../_helpers/local-network.js';
import {needs} from '../_helpers/needs.js';

/** A world with a repository `one` that has the tag `v1`, and a host of its own. */
async function makeHostedWorld(t: ExecutionContext<any>, options: GitHostOptions = {}): Promise<{readonly world: GitWorld; readonly host: GitHost; readonly commit: string}> {
	const world = await makeGitWorld(t);
	const {commit} = await world.repository('one', {a: '1', 'deep/b': '2'});
	world.run('one', 'tag', 'v1');
	return {world, host: await startGitHost(t, world.folder, options), commit};
}

/** Resolves, fetches and unpacks `one` at `v1`. @returns the text of its file `deep/b` */
async function takeFrom({world, host: {url}, network = {}}: {readonly world: GitWorld; readonly host: {readonly url: string}; readonly network?: Parameters<GitWorld['git']>[0]}): Promise<string> {
	const git = world.git(network);
	const {commit} = await git.resolve(`${url}/one`, 'v1');
	const folder = path.join(world.folder, `out-${Math.random()}`);
	await git.extract(await git.fetch(`${url}/one`, commit), folder);
	return readFile(path.join(folder, 'deep/b'), 'utf8');
}

test('a tag is resolved, and its commit fetched alone; what is there is not asked for again', async t => {
	if (!needs(t, 'git')) {
		return;
	}

	const {world, host, commit} = await makeHostedWorld(t);
	await world.write('one/a', 'later');
	world.commit('one');
	const git = world.git();
	t.deepEqual(await git.resolve(`${host.url}/one`, 'v1'), {commit, ref: 'refs/tags/v1'});
	t.deepEqual(host.requests, ['GET /one/info/refs git-upload-pack', 'POST /one/git-upload-pack']);
	const tree = await git.fetch(`${host.url}/one`, commit);
	t.is(tree.commit, commit);
	t.is(tree.parts.length, 1);
	const asked = host.requests.length;
	t.deepEqual(await world.git({offline: true}).fetch(`${host.url}/one`, commit), tree);
	t.is(host.requests.length, asked);
	t.is(await takeFrom({world, host}), '2');
	t.is((await failureOf(async () => git.resolve(`${host.url}/one`, 'v2'))).code, 'STX0912');
});

test('W62: the history is not fetched: what of it the host has lost is not missed', async t => {
	if (!needs(t, 'git')) {
		return;
	}

	const {world, host} = await makeHostedWorld(t);
	await world.write('one/old', 'of an earlier commit\n');
	world.commit('one');
	const lost = world.run('one', 'rev-parse', 'HEAD:old');
	await rm(path.join(world.folder, 'one/old'));
	const commit = world.commit('one');
	await rm(path.join(world.folder, 'one/.git/objects', lost.slice(0, 2), lost.slice(2)));
	t.throws(() => world.run('.', 'clone', '--quiet', `file://${world.folder}/one`, 'clone'), undefined, 'all of it cannot be had');
	const folder = path.join(world.folder, 'tree');
	const git = world.git();
	await git.extract(await git.fetch(`${host.url}/one`, commit), folder);
	t.deepEqual((await readdir(folder)).toSorted(), ['a', 'deep']);
});

test('submodules come from the host too, also by relative addresses', async t => {
	if (!needs(t, 'git')) {
		return;
	}

	const {world, host} = await makeHostedWorld(t);
	await world.repository('outer', {c: '3'});
	world.run('outer', 'submodule', '--quiet', 'add', path.join(world.folder, 'one'), 'inner');
	await writeFile(path.join(world.folder, 'outer/.gitmodules'), '[submodule "inner"]\n\tpath = inner\n\turl = ../one\n');
	const commit = world.commit('outer');
	const git = world.git();
	const tree = await git.fetch(`${host.url}/outer`, commit);
	t.deepEqual(tree.parts.map(part => part.path), ['', 'inner']);
	await git.extract(tree, path.join(world.folder, 'both'));
	t.is(await readFile(path.join(world.folder, 'both/inner/deep/b'), 'utf8'), '2');
});

test('an account in the address is used, and its password is shown nowhere', async t => {
	if (!needs(t, 'git')) {
		return;
	}

	const {world, host} = await makeHostedWorld(t, {account: 'eve:s3cr3t'});
	const own = (account: string) => ({url: host.url.replace('//', `//${account}@`)});
	t.is(await takeFrom({world, host: own('eve:s3cr3t')}), '2');
	for (const account of ['', 'eve:wr0ng']) {
		const error = await failureOf(async () => takeFrom({world, host: account === '' ? host : own(account)}));
		t.is(error.code, 'STX0911');
		t.notRegex(JSON.stringify([error.message, error.at, error.hint]), /wr0ng/);
	}
});

test('an account that the user\'s git knows of is used', async t => {
	if (!needs(t, 'git')) {
		return;
	}

	const {world, host} = await makeHostedWorld(t, {account: 'eve:s3cr3t'});
	await world.write('home/credentials', `${host.url.replace('//', '//eve:s3cr3t@')}\n`);
	await world.write('home/.gitconfig', `[credential]\n\thelper = store --file ${path.join(world.home, 'credentials')}\n`);
	t.is(await takeFrom({world, host}), '2');
});

test('the CA bundle decides whether an https host is trusted, and the proxy is gone through', async t => {
	if (!needs(t, 'git') || !needs(t, 'openssl')) {
		return;
	}

	const certificate = await makeCertificate(t);
	const {world, host} = await makeHostedWorld(t, {certificate, account: 'eve:s3cr3t'});
	const own = {url: host.url.replace('//', '//eve:s3cr3t@')};
	const proxy = await startProxy(t, 'user:pass');
	const untrusted = await failureOf(async () => takeFrom({world, host: own}));
	t.is(untrusted.code, 'STX0911');
	t.regex(untrusted.message, /certificate/);
	t.regex(untrusted.hint!, /--ca-bundle/);
	t.is(await takeFrom({world, host: own, network: {caBundle: certificate.file}}), '2');
	t.deepEqual(proxy.seen, []);
	const {commit} = await world.repository('two', {x: '1'});
	const behind = world.git({caBundle: certificate.file, httpsProxy: `http://user:pass@127.0.0.1:${proxy.port}`});
	t.is((await behind.fetch(`${own.url}/two`, commit)).commit, commit);
	t.true(proxy.seen.length > 0);
	t.deepEqual([...new Set(proxy.seen)], [`CONNECT ${new URL(host.url).host}`]);
	t.true(proxy.authorizations.includes('Basic dXNlcjpwYXNz'));
	const wrong = await failureOf(async () => world.git({caBundle: certificate.file, httpsProxy: `http://user:wr0ng@127.0.0.1:${proxy.port}`}).resolve(`${own.url}/one`, 'v1'));
	t.regex(wrong.message, /407/);
	t.notRegex(JSON.stringify([wrong.message, wrong.at, wrong.hint]), /wr0ng/);
	const exempt = proxy.seen.length;
	const direct = world.git({caBundle: certificate.file, httpsProxy: `http://127.0.0.1:${proxy.port}`, noProxy: 'localhost'});
	await direct.resolve(`${own.url}/one`, 'v1');
	t.is(proxy.seen.length, exempt);
});

test('a mirror takes the place of a host', async t => {
	if (!needs(t, 'git')) {
		return;
	}

	const {world, host} = await makeHostedWorld(t);
	await world.write('home/.gitconfig', `[url "${host.url}/"]\n\tinsteadOf = https://opendev.invalid/\n`);
	t.is(await takeFrom({world, host: {url: 'https://opendev.invalid'}}), '2');
});

test('a host that is too busy is asked again, and one that stays so is told', async t => {
	if (!needs(t, 'git')) {
		return;
	}

	let refusals = 1;
	const {world, host} = await makeHostedWorld(t, {
		instead(_request, response) {
			refusals -= 1;
			if (refusals >= 0) {
				response.writeHead(503).end();
			}

			return refusals >= 0;
		},
	});
	t.is(await takeFrom({world: {...world, git: network => world.git(network, 2)}, host}), '2');
	refusals = 1000;
	const error = await failureOf(async () => world.git({}, 2).resolve(`${host.url}/one`, 'v1'));
	t.is(error.code, 'STX0911');
	t.regex(error.message, /503/);
	t.is(1000 - refusals, 3);
});
