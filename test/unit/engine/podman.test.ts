import {mkdir, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {createPodman} from '../../../src/engine/podman.js';
import {digestOfFile, withTemporaryFolder, type Command} from '../../../src/system/index.js';
import {writeContainers} from '../../_helpers/containers-storage.js';
import {fakeRunner, type FakeCommand} from '../../_helpers/fake-runner.js';

const hex = 'f6'.repeat(32);
const id = `sha256:${hex}`;
const image = JSON.stringify([{Id: hex, Digest: id, Config: {User: '42424'}}]);
const inspect = 'podman --runtime runc image inspect';

const podman = (expected: readonly FakeCommand[], root = '/no-such-folder') => {
	const fake = fakeRunner(expected);
	return {
		fake, engine: createPodman({
			run: fake.run, facts: {}, limits: {nofile: 20_000, nproc: 32_768}, registryVariables: {https_proxy: 'http://proxy.example.com'}, runtime: 'runc', storageFolder: root, driver: 'overlay',
		}),
	};
};

const after = ({argv}: Command, option: string): string => argv[argv.indexOf(option) + 1]!;

test('finds an image, and does not find what is not there', async t => {
	const {fake, engine} = podman([
		{match: `${inspect} docker.io/library/a:latest`, stdout: image},
		{match: /inspect/v, exitCode: 125, stderr: 'Error: inspecting object: docker.io/library/a:latest: image not known\n'},
		{match: /inspect/v, exitCode: 125, stderr: 'Error: open /var/lib/containers: permission denied\n'},
	]);
	t.is(await engine.find('a'), id);
	t.is(await engine.find('a'), undefined);
	await t.throwsAsync(engine.find('a'), {code: 'STX0704', message: /permission denied/v});
	fake.done();
});

test('builds as buildah does: in namespaces of its own, with an empty mounts.conf', async t => {
	const {fake, engine} = podman([{
		match: /^setpriv .*unshare --pid .* podman --runtime runc --default-mounts-file .* build --isolation chroot .*--layers=false .*--ulimit nofile=20000:20000 .*--file \/f \/c$/v,
		async effect(command) {
			t.is(await readFile(after(command, '--default-mounts-file'), 'utf8'), '');
			await writeFile(after(command, '--iidfile'), id);
		},
	}]);
	t.is(await engine.build({context: '/c', file: '/f', buildArgs: {}}), id);
	fake.done();
	t.is(fake.commands[0]?.killSignal, 'SIGKILL');
});

for (const [title, ending, code] of [['fails', {exitCode: 1}, 'STX0703'], ['is interrupted', {interrupted: true}, 'STX0003']] as const) {
	test(`W76: a build that ${title} leaves no container, and touches none of others`, async t => {
		await withTemporaryFolder('podman', async folder => {
			const {fake, engine} = podman([
				{
					match: / build /v,
					...ending,
					async effect(command) {
						await writeContainers(folder, {other: '/var/tmp/stx-build-build-other/mounts.conf', mine: after(command, '--default-mounts-file')});
					},
				},
				{match: 'podman --runtime runc rm --force --ignore --time 0 --volumes mine'},
			], folder);
			await t.throwsAsync(engine.build({context: '/c', file: '/f', buildArgs: {}}), {code});
			fake.done();
		});
	});
}

test('runs a command in a container, and removes the container', async t => {
	const {fake, engine} = podman([
		{match: /^podman --runtime runc create --rm --pull never .*--ulimit nproc=32768:32768 .* sha256:/v, stdout: 'c1\n'},
		{
			match: 'podman --runtime runc start --attach --interactive c1', stdout: 'text', stderr: 'mine\n', exitCode: 3,
		},
		{match: 'podman --runtime runc rm --force --ignore --time 0 --volumes c1'},
	]);
	const result = await engine.run({
		image: id, argv: ['cat'], network: 'none', input: 'text',
	});
	fake.done();
	t.like(result, {exitCode: 3, stdout: 'text', stderr: 'mine\n'});
	t.is(fake.commands[1]?.input, 'text');
	t.is(fake.commands[1]?.killSignal, 'SIGKILL');
});

test('removes the container of an interrupted command', async t => {
	const {fake, engine} = podman([{match: /create/v, stdout: 'c1\n'}, {match: /start/v, interrupted: true}, {match: / rm .* c1$/v}]);
	await t.throwsAsync(engine.run({image: id, argv: ['sleep', '9'], network: 'none'}), {code: 'STX0003'});
	fake.done();
});

test('makes no container when it was interrupted before', async t => {
	const {fake, engine} = podman([]);
	await t.throwsAsync(engine.run({image: id, argv: ['true'], network: 'none'}, {signal: AbortSignal.abort()}), {code: 'STX0003'});
	fake.done();
});

test('a container that cannot be made', async t => {
	const {engine} = podman([{match: /create/v, exitCode: 125, stderr: 'Error: a: image not known\n'}]);
	await t.throwsAsync(engine.run({image: 'a', argv: ['true'], network: 'none'}), {code: 'STX0704', message: /image not known/v});
});

test('pulls and pushes by the id, with proxies for registries only', async t => {
	const {fake, engine} = podman([
		{match: /^podman .*pull --quiet r\.example\.com\/a:1$/v, stdout: `${hex}\n`},
		{match: `${inspect} ${id}`, stdout: image},
		{
			match: /push --quiet --digestfile .* sha256:(?:f6)+ docker:\/\/r\.example\.com\/a:1$/v,
			async effect(command) {
				await writeFile(after(command, '--digestfile'), id);
			},
		},
		{match: /push/v, exitCode: 125, stderr: 'Error: unauthorized: authentication required\n'},
	]);
	t.deepEqual(await engine.pull('r.example.com/a:1'), {id, digest: id});
	t.is(await engine.push(id, 'r.example.com/a:1'), id);
	const error = await t.throwsAsync<Error & {hint: string}>(engine.push(id, 'r.example.com/a:1'), {code: 'STX0706'});
	t.regex(error.hint, /podman login r\.example\.com/v);
	fake.done();
	t.deepEqual(fake.commands.map(({env}) => env?.https_proxy), ['http://proxy.example.com', undefined, 'http://proxy.example.com', 'http://proxy.example.com']);
});

test('the digest of what was pulled is that of the manifest it came with last', async t => {
	await withTemporaryFolder('podman', async folder => {
		const manifest = path.join(folder, 'overlay-images', hex, 'manifest');
		await mkdir(path.dirname(manifest), {recursive: true});
		await writeFile(manifest, 'last');
		const {engine} = podman([{match: /pull/v, stdout: `${hex}\n`}, {match: /inspect/v, stdout: image}], folder);
		t.deepEqual(await engine.pull('r.example.com/a:1'), {id, digest: await digestOfFile(manifest)});
	});
});

test('the command line for people has no namespaces', t => {
	const {engine} = podman([]);
	t.deepEqual(engine.buildCommand({context: '/c', file: '/f', buildArgs: {}}).slice(0, 4), ['podman', '--runtime', 'runc', 'build']);
});
