import {
	mkdir, readdir, readFile, rm, utimes, writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import {pid} from 'node:process';
import test, {type ExecutionContext} from 'ava';
import {createBuildah} from '../../../src/engine/buildah.js';
import type {BuildError} from '../../../src/errors.js';
import {removeLeftovers} from '../../../src/loadbuild/remove-leftovers.js';
import {withTemporaryFolder, type Command} from '../../../src/system/index.js';
import {writeContainers} from '../../_helpers/containers-storage.js';
import {fakeRunner, type FakeCommand} from '../../_helpers/fake-runner.js';

const hex = 'e5'.repeat(32);
const id = `sha256:${hex}`;
const image = JSON.stringify({FromImageID: hex, FromImageDigest: id, OCIv1: {config: {User: '42424'}}});

const buildah = (expected: readonly FakeCommand[], storageFolder = '/storage') => {
	const fake = fakeRunner(expected);
	return {
		fake, engine: createBuildah({
			run: fake.run, facts: {}, storageFolder, driver: 'overlay', limits: {nofile: 20_000}, registryVariables: {https_proxy: 'http://proxy.example.com'},
		}),
	};
};

const after = ({argv}: Command, option: string): string => argv[argv.indexOf(option) + 1]!;

test('finds an image, and does not find what is not there', async t => {
	const {fake, engine} = buildah([
		{match: 'buildah inspect --type image docker.io/library/a:latest', stdout: image},
		{match: /inspect/v, exitCode: 125, stderr: 'Error: importing settings: docker.io/library/a:latest: image not known\n'},
		{match: /inspect/v, exitCode: 125, stderr: 'Error: open /var/lib/containers: permission denied\n'},
	]);
	t.is(await engine.find('a'), id);
	t.is(await engine.find('a'), undefined);
	await t.throwsAsync(engine.find('a'), {code: 'STX0704', message: /permission denied/v});
	fake.done();
});

test('inspects, and says when there is nothing to inspect', async t => {
	const {engine} = buildah([{match: /inspect/v, stdout: image}, {match: /inspect/v, exitCode: 125, stderr: 'image not known\n'}]);
	const config = await engine.inspect('a');
	t.is(config.user, '42424');
	await t.throwsAsync(engine.inspect('a'), {code: 'STX0705'});
});

test('builds in namespaces of its own, with an empty mounts.conf and big files where they vanish', async t => {
	const {fake, engine} = buildah([{
		match: /^setpriv .*unshare --pid .* buildah --default-mounts-file .* build .*--ulimit nofile=20000:20000 .*--file \/f \/c$/v,
		async effect(command) {
			t.is(await readFile(after(command, '--default-mounts-file'), 'utf8'), '');
			await writeFile(after(command, '--iidfile'), id);
		},
	}]);
	t.is(await engine.build({context: '/c', file: '/f', buildArgs: {}}), id);
	fake.done();
	const [command] = fake.commands;
	t.is(command?.killSignal, 'SIGKILL');
	t.true(after(command!, '--iidfile').startsWith(command!.env!.TMPDIR!));
	t.true(command?.env?.TMPDIR?.startsWith('/var/tmp/'));
	t.is(command?.env?.https_proxy, undefined);
});

for (const [title, ending, code] of [['fails', {exitCode: 1}, 'STX0703'], ['is interrupted', {interrupted: true}, 'STX0003']] as const) {
	test(`a build that ${title} leaves no container, and touches none of others`, async t => {
		await withTemporaryFolder('storage', async storage => {
			const {fake, engine} = buildah([
				{
					match: / build /v,
					...ending,
					async effect(command) {
						await writeContainers(storage, {other: '/var/tmp/stx-build-build-other/mounts.conf', mine: after(command, '--default-mounts-file')});
					},
				},
				{match: 'buildah rm mine'},
			], storage);
			await t.throwsAsync(engine.build({context: '/c', file: '/f', buildArgs: {}}), {code});
			fake.done();
		});
	});
}

test('runs a command in a container, and removes the container', async t => {
	let container = '';
	const {fake, engine} = buildah([
		{
			match: /^buildah --default-mounts-file .* from --pull=never --quiet --ulimit nofile=20000:20000 --name .* sha256:/v,
			effect(command) {
				container = after(command, '--name');
			},
		},
		{
			match: /^setpriv .*unshare --net --pid .* run --isolation chroot .* -- \/bin\/sh -c .* cat$/sv, stdout: 'text', stderr: 'mine\nsubprocess exited with status 3\nsubprocess exited with status 3\nError: exit status 3\n', exitCode: 3,
		},
		{
			match: /^buildah rm /v,
			effect(command) {
				t.is(command.argv.at(-1), container);
			},
		},
	]);
	const result = await engine.run({
		image: id, argv: ['cat'], network: 'none', input: 'text',
	});
	fake.done();
	t.like(result, {exitCode: 3, stdout: 'text', stderr: 'mine\n'});
	t.is(fake.commands[1]?.input, 'text');
	t.is(fake.commands[1]?.killSignal, 'SIGKILL');
});

test('in an image that may have no shell the command is the program itself', async t => {
	const {fake, engine} = buildah([{match: /from/v}, {match: /^setpriv --pdeathsig KILL -- unshare (?!.*--volume).* -- \/app --version$/v}, {match: /rm/v}]);
	await engine.run({
		image: id, argv: ['/app', '--version'], network: 'none', bare: true,
	});
	fake.done();
	t.pass();
});

test('with the network of the host there is no network namespace', async t => {
	const {fake, engine} = buildah([{match: /from/v}, {match: / setpriv --pdeathsig KILL -- unshare --pid /v}, {match: /rm/v}]);
	await engine.run({image: id, argv: ['true'], network: 'host'});
	fake.done();
	t.pass();
});

test('removes the container of an interrupted command', async t => {
	const {fake, engine} = buildah([{match: /from/v}, {match: / run /v, interrupted: true}, {match: /^buildah rm /v}]);
	await t.throwsAsync(engine.run({image: id, argv: ['sleep', '9'], network: 'none'}), {code: 'STX0003'});
	fake.done();
});

test('makes no container when it was interrupted before', async t => {
	const {fake, engine} = buildah([]);
	await t.throwsAsync(engine.run({image: id, argv: ['true'], network: 'none'}, {signal: AbortSignal.abort()}), {code: 'STX0003'});
	fake.done();
});

/** The folder of a run that was killed. */
async function leaveFolder(t: ExecutionContext, name: string): Promise<string> {
	const left = path.join('/var/tmp', `stx-build-run-4194305-${name}`);
	await mkdir(left, {recursive: true});
	t.teardown(async () => rm(left, {recursive: true}));
	return left;
}

test('W50: what killed runs have left goes before the first container, and once; what others have does not', async t => {
	const left = await leaveFolder(t, 'AbCd12');
	await withTemporaryFolder('storage', async storage => {
		await writeContainers(storage, {left: `${left}/mounts.conf`, alive: `/var/tmp/stx-build-run-${pid}-AbCd12/mounts.conf`, elsewhere: '/var/tmp/stx-build-run-4194305-NotHer/mounts.conf'});
		const {fake, engine} = buildah([
			{match: 'buildah rm left'},
			...[1, 2].flatMap(() => [{match: / from /v}, {match: / run /v}, {match: /^buildah rm /v}]),
		], storage);
		await engine.run({image: id, argv: ['true'], network: 'host'});
		await engine.run({image: id, argv: ['true'], network: 'host'});
		fake.done();
		t.pass();
	});
});

test('the containers of a run that was killed long ago go too', async t => {
	const left = path.join('/var/tmp', 'stx-build-run-4194305-OldOne');
	await mkdir(left, {recursive: true});
	t.teardown(async () => rm(left, {recursive: true, force: true}));
	await writeFile(path.join(left, 'mounts.conf'), '');
	await writeFile(path.join(left, 'layer'), 'x');
	const old = new Date(Date.now() - (25 * 60 * 60 * 1000));
	await utimes(left, old, old);
	await withTemporaryFolder('storage', async folder => {
		await writeContainers(folder, {left: `${left}/mounts.conf`});
		await removeLeftovers({
			workspace: folder, cache: folder, os: 'debian', codename: 'trixie', stream: 'stable',
		}, new Date());
		t.deepEqual(await readdir(left), ['mounts.conf'], 'what takes room is gone');
		const {fake, engine} = buildah([{match: 'buildah rm left'}, {match: / from /v}, {match: / run /v}, {match: /^buildah rm /v}], folder);
		await engine.run({image: id, argv: ['true'], network: 'host'});
		fake.done();
	});
});

test('what another run removes at the same time is gone', async t => {
	const left = await leaveFolder(t, 'AbCd13');
	for (const stderr of ['Error: removing container "left": container not known\n', 'Error: removing container "left": deleting build container "left": identifier is not a container\n']) {
		await withTemporaryFolder('storage', async storage => {
			await writeContainers(storage, {left: `${left}/mounts.conf`});
			const {fake, engine} = buildah([{match: 'buildah rm left', exitCode: 125, stderr}, {match: / from /v}, {match: / run /v}, {match: /^buildah rm /v}], storage);
			await engine.run({image: id, argv: ['true'], network: 'host'});
			fake.done();
			t.pass();
		});
	}
});

test('what cannot be removed is tried again before the next container', async t => {
	const left = await leaveFolder(t, 'AbCd14');
	await withTemporaryFolder('storage', async storage => {
		await writeContainers(storage, {left: `${left}/mounts.conf`});
		const {fake, engine} = buildah([
			{match: 'buildah rm left', exitCode: 125, stderr: 'Error: removing container "left": device or resource busy\n'},
			{match: 'buildah rm left'},
			{match: / from /v},
			{match: / run /v},
			{match: /^buildah rm /v},
		], storage);
		const request = {image: id, argv: ['true'] as [string], network: 'host'} as const;
		await t.throwsAsync(engine.run(request), {code: 'STX0704', message: /busy/v});
		await engine.run(request);
		fake.done();
	});
});

test('proxies are for registries only', async t => {
	const {fake, engine} = buildah([
		{match: /^buildah .*pull --quiet --policy always r\.example\.com\/a:1$/v, stdout: `${hex}\n`},
		{match: `buildah inspect --type image ${id}`, stdout: image},
		{
			match: /push --quiet --digestfile .* sha256:(?:e5)+ docker:\/\/r\.example\.com\/a:1$/v,
			async effect(command) {
				await writeFile(after(command, '--digestfile'), id);
			},
		},
	]);
	t.deepEqual(await engine.pull('r.example.com/a:1'), {id, digest: id});
	t.is(await engine.push(id, 'r.example.com/a:1'), id);
	fake.done();
	t.deepEqual(fake.commands.map(({env}) => env?.https_proxy), ['http://proxy.example.com', undefined, 'http://proxy.example.com']);
});

test('a registry that refuses', async t => {
	const {engine} = buildah([{match: /push/v, exitCode: 125, stderr: 'Error: trying to reuse blob: unauthorized: authentication required\n'}]);
	const error = await t.throwsAsync<BuildError>(engine.push(id, 'r.example.com/a:1'), {code: 'STX0706'});
	t.regex(error.hint!, /buildah login r\.example\.com/v);
});

test('tags and removes, and does not mind what is already gone', async t => {
	const {fake, engine} = buildah([
		{match: `flock --timeout 300 /storage buildah tag ${id} localhost/a:1`},
		{match: 'flock --timeout 300 /storage buildah rmi localhost/a:1'},
		{match: 'flock --timeout 300 /storage buildah rmi localhost/a:1', exitCode: 125, stderr: 'Error: 1 error occurred:\n\t* localhost/a:1: image not known\n'},
		{match: 'flock --timeout 300 /storage buildah rmi localhost/a:1', exitCode: 125, stderr: 'image is in use by a container\n'},
	]);
	await engine.tag(id, 'localhost/a:1');
	await engine.remove('localhost/a:1');
	await engine.remove('localhost/a:1');
	await t.throwsAsync(engine.remove('localhost/a:1'), {code: 'STX0704', message: /in use/v});
	fake.done();
});

test('an image that comes with a name has it from the beginning, and once more with the names held', async t => {
	const {fake, engine} = buildah([
		{match: /^buildah .*pull --quiet docker-archive:/v, stdout: `${hex}\n`},
		{match: `flock --timeout 300 /storage buildah tag ${id} localhost/a:1`},
	]);
	await withTemporaryFolder('import', async folder => {
		const file = path.join(folder, 'root.tar');
		await writeFile(file, '');
		t.is(await engine.importRoot({file, arch: 'amd64', reference: 'localhost/a:1'}), id);
	});
	fake.done();
});

test('the command line for people has no namespaces', t => {
	const {engine} = buildah([]);
	t.deepEqual(engine.buildCommand({context: '/c', file: '/f', buildArgs: {}}).slice(0, 2), ['buildah', 'build']);
});
