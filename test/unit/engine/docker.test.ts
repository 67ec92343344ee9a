import {writeFile} from 'node:fs/promises';
import test from 'ava';
import {createDocker} from '../../../src/engine/docker.js';
import type {BuildError} from '../../../src/errors.js';
import {fakeRunner, type FakeCommand} from '../../_helpers/fake-runner.js';

const hex = 'd4'.repeat(32);
const id = `sha256:${hex}`;
const image = JSON.stringify({Id: id, RepoDigests: null, Config: {Env: ['A=b'], Labels: null}});
const inspect = 'docker image inspect --format \'{{json .}}\'';

/** What comes before a push: the image is looked for, and given the name. */
const named: readonly FakeCommand[] = [{match: `${inspect} ${id}`, stdout: image}, {match: `docker tag ${id} r.example.com/a:1`}];

const docker = (expected: readonly FakeCommand[]) => {
	const fake = fakeRunner(expected);
	return {fake, engine: createDocker({run: fake.run, program: 'docker', facts: {}})};
};

test('finds an image by its reference in full', async t => {
	const {fake, engine} = docker([{match: `${inspect} docker.io/library/a:latest`, stdout: image}]);
	t.is(await engine.find('a'), id);
	fake.done();
});

test('does not find what is not there, in the words of all versions', async t => {
	const {fake, engine} = docker([
		{
			match: /inspect/v, exitCode: 1, stdout: '\n', stderr: 'Error: No such image: a\n',
		},
		{match: /inspect/v, exitCode: 1, stderr: 'Error response from daemon: No such image: a:latest\n'},
		{match: /inspect/v, exitCode: 1, stderr: 'Error: No such object: a\n'},
	]);
	t.is(await engine.find('a'), undefined);
	t.is(await engine.find('a'), undefined);
	t.is(await engine.find('a'), undefined);
	fake.done();
});

test('a daemon that fails is no missing image', async t => {
	const {engine} = docker([{match: /inspect/v, exitCode: 1, stderr: 'Cannot connect to the Docker daemon\n'}]);
	await t.throwsAsync(engine.find('a'), {code: 'STX0704', message: /Cannot connect/v});
});

test('inspects, and says when there is nothing to inspect', async t => {
	const {engine} = docker([{match: /inspect/v, stdout: image}, {match: /inspect/v, exitCode: 1, stderr: 'No such image: a\n'}]);
	t.deepEqual(await engine.inspect('a'), {
		env: ['A=b'], entrypoint: [], cmd: [], user: '', labels: {},
	});
	await t.throwsAsync(engine.inspect('a'), {code: 'STX0705', message: 'docker has no image `a`'});
});

test('builds, and gives the id that docker has written', async t => {
	const {fake, engine} = docker([{
		match: /^docker build .*--file \/f \/c$/v,
		async effect({argv}) {
			await writeFile(argv[argv.indexOf('--iidfile') + 1]!, id);
		},
	}]);
	t.is(await engine.build({context: '/c', file: '/f', buildArgs: {}}), id);
	t.is(fake.commands[0]?.env?.DOCKER_BUILDKIT, '1');
});

test('a build that fails ends with the last lines', async t => {
	const {engine} = docker([{match: /build/v, exitCode: 1, stderr: `${Array.from({length: 100}, (_, index) => `line ${index}`).join('\n')}\nexecutor failed\n`}]);
	const error = await t.throwsAsync<BuildError>(engine.build({context: '/c', file: '/f', buildArgs: {}}, {logFile: '/logs/a.log'}), {code: 'STX0703'});
	t.regex(error.message, /^the image could not be built: exit code 1\nline 81\n/v);
	t.regex(error.message, /executor failed$/v);
	t.deepEqual(error.at, [{file: '/logs/a.log'}]);
});

test('what BuildKit says twice is told once', async t => {
	const {engine} = docker([{
		match: /build/v, exitCode: 1, stderr: [
			'#4 [2/2] RUN make',
			'#4 2.859 no rule to make it',
			'#4 ERROR: process "/bin/sh -c make" did not complete successfully: exit code: 2',
			'------',
			' > [2/2] RUN make:',
			'2.859 no rule to make it',
			'------',
			'ERROR: failed to solve: exit code: 2',
		].join('\n'),
	}]);
	const error = await t.throwsAsync<BuildError>(engine.build({context: '/c', file: '/f', buildArgs: {}}), {code: 'STX0703'});
	t.is(error.message, [
		'the image could not be built: exit code 1',
		'#4 [2/2] RUN make',
		'#4 2.859 no rule to make it',
		'#4 ERROR: process "/bin/sh -c make" did not complete successfully: exit code: 2',
		'ERROR: failed to solve: exit code: 2',
	].join('\n'));
});

test('a full disk is called by its name', async t => {
	const {engine} = docker([{match: /build/v, exitCode: 1, stderr: 'write /x: no space left on device\n'}]);
	await t.throwsAsync(engine.build({context: '/c', file: '/f', buildArgs: {}}), {code: 'STX0905'});
});

test('runs a command in a container, and removes the container', async t => {
	const {fake, engine} = docker([
		{match: /^docker create .*--network none --interactive --entrypoint cat sha256:/v, stdout: 'c0ffee\n'},
		{match: 'docker start --attach --interactive c0ffee', stdout: 'text', exitCode: 3},
		{match: 'docker rm --force --volumes c0ffee'},
	]);
	const result = await engine.run({
		image: id, argv: ['cat'], network: 'none', input: 'text',
	});
	fake.done();
	t.is(result.exitCode, 3);
	t.is(result.stdout, 'text');
	t.is(fake.commands[1]?.input, 'text');
	t.is(fake.commands[1]?.killSignal, 'SIGKILL');
});

test('W76: removes the container of an interrupted command, by the id that the engine gave it', async t => {
	const {fake, engine} = docker([
		{match: /create/v, stdout: 'c0ffee\n'},
		{match: 'docker start --attach c0ffee', interrupted: true},
		{match: 'docker rm --force --volumes c0ffee'},
	]);
	await t.throwsAsync(engine.run({image: id, argv: ['sleep', '9'], network: 'none'}), {code: 'STX0003'});
	fake.done();
});

test('makes no container when it was interrupted before', async t => {
	const {fake, engine} = docker([]);
	await t.throwsAsync(engine.run({image: id, argv: ['true'], network: 'none'}, {signal: AbortSignal.abort()}), {code: 'STX0003'});
	fake.done();
});

test('a container that cannot be made', async t => {
	const {fake, engine} = docker([{match: /create/v, exitCode: 1, stderr: 'Error: No such image: sha256:1\n'}]);
	await t.throwsAsync(engine.run({image: id, argv: ['true'], network: 'none'}), {code: 'STX0704', message: /No such image/v});
	fake.done();
});

test('tags and removes, and does not mind what is already gone', async t => {
	const {fake, engine} = docker([
		{match: `docker tag ${id} docker.io/starlingx/a:1`},
		{match: 'docker image rm docker.io/starlingx/a:1'},
		{match: 'docker image rm docker.io/starlingx/a:1', exitCode: 1, stderr: 'Error: No such image: starlingx/a:1\n'},
		{match: 'docker image rm docker.io/starlingx/a:1', exitCode: 1, stderr: 'conflict: unable to remove\n'},
	]);
	await engine.tag(id, 'starlingx/a:1');
	await engine.remove('starlingx/a:1');
	await engine.remove('starlingx/a:1');
	await t.throwsAsync(engine.remove('starlingx/a:1'), {code: 'STX0704', message: /conflict/v});
	fake.done();
});

test('pulls and pushes with the digest of the registry', async t => {
	const {fake, engine} = docker([
		{match: 'docker pull r.example.com/a:1', stdout: `1: Pulling from a\nDigest: ${id}\n`},
		{match: `${inspect} r.example.com/a:1`, stdout: image},
		...named,
		{match: 'docker push r.example.com/a:1', stdout: `1: digest: ${id} size: 527\n`},
		{match: `${inspect} r.example.com/a:1`, stdout: image},
	]);
	t.deepEqual(await engine.pull('r.example.com/a:1'), {id, digest: id});
	t.is(await engine.push(id, 'r.example.com/a:1'), id);
	fake.done();
});

test('a name that another run takes away is given again', async t => {
	const pulled: FakeCommand = {match: 'docker pull r.example.com/a:1', stdout: `Digest: ${id}\n`};
	const {fake, engine} = docker([
		pulled,
		{match: `${inspect} r.example.com/a:1`, exitCode: 1, stderr: 'Error: No such image\n'},
		pulled,
		{match: `${inspect} r.example.com/a:1`, stdout: image},
		...named,
		{match: 'docker push r.example.com/a:1', exitCode: 1, stderr: 'An image does not exist locally with the tag: r.example.com/a\n'},
		named[1]!,
		{match: 'docker push r.example.com/a:1', exitCode: 1, stderr: 'The push refers to repository [r.example.com/a]\ntag does not exist: r.example.com/a:1\n'},
		named[1]!,
		{match: 'docker push r.example.com/a:1', stdout: `1: digest: ${id} size: 527\n`},
		{match: `${inspect} r.example.com/a:1`, exitCode: 1, stderr: 'Error: No such image\n'},
	]);
	t.deepEqual(await engine.pull('r.example.com/a:1'), {id, digest: id});
	t.is(await engine.push(id, 'r.example.com/a:1'), id);
	fake.done();
});

test('a name that another run gives to another image meanwhile', async t => {
	const {engine} = docker([
		...named,
		{match: 'docker push r.example.com/a:1', stdout: `1: digest: ${id} size: 527\n`},
		{match: `${inspect} r.example.com/a:1`, stdout: image.replaceAll(id, `sha256:${'0'.repeat(64)}`)},
	]);
	await t.throwsAsync(engine.push(id, 'r.example.com/a:1'), {code: 'STX0706', message: /given to another image/v});
});

test('an image that is not there is not pushed', async t => {
	const {engine} = docker([{match: `${inspect} ${id}`, exitCode: 1, stderr: 'Error: No such image\n'}]);
	await t.throwsAsync(engine.push(id, 'r.example.com/a:1'), {code: 'STX0705'});
});

const registryFailures: ReadonlyArray<readonly [string, RegExp]> = [
	['denied: requested access to the resource is denied', /docker login r\.example\.com/v],
	['manifest for r.example.com/a:1 not found: manifest unknown', /check the name and the tag/v],
	['dial tcp: lookup r.example.com: no such host', /can be reached/v],
];

for (const [stderr, hint] of registryFailures) {
	test(`a registry that says: ${stderr}`, async t => {
		const {engine} = docker([{match: /pull/v, exitCode: 1, stderr}, ...named, {match: /push/v, exitCode: 1, stderr}]);
		const pulled = await t.throwsAsync<BuildError>(engine.pull('r.example.com/a:1'), {code: 'STX0706'});
		t.regex(pulled.hint!, hint);
		t.true(pulled.message.includes(stderr));
		const pushed = await t.throwsAsync<BuildError>(engine.push(id, 'r.example.com/a:1'), {code: 'STX0706'});
		t.regex(pushed.hint!, hint);
	});
}

test('the command line for people can be pasted', t => {
	const {engine} = docker([]);
	t.deepEqual(engine.buildCommand({context: '/c', file: '/f', buildArgs: {A: '1'}}), ['env', 'DOCKER_BUILDKIT=1', 'docker', 'build', '--progress', 'plain', '--no-cache', '--network', 'host', '--build-arg', 'A=1', '--file', '/f', '/c']);
});
