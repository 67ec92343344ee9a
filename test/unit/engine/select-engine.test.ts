import test from 'ava';
import {selectEngine} from '../../../src/engine/index.js';
import {fakeRunner, type FakeCommand} from '../../_helpers/fake-runner.js';

const trial = '/usr/bin/docker build --output type=tar,dest=/dev/null -';
const other = 'docker build --output type=tar,dest=/dev/null -';
const info: FakeCommand = {match: /docker info /v, stdout: '{"ServerVersion": "20.10.24", "Driver": "overlay2"}'};
const confined: FakeCommand = {match: /^setpriv .* cat \/proc\/self\/limits$/v, stdout: 'Max open files            1024                 20000                files     \n'};
const buildah: readonly FakeCommand[] = [
	confined,
	{match: 'buildah from --quiet scratch', stdout: 'working-container\n'},
	{match: 'buildah rm working-container'},
	{match: 'buildah info', stdout: '{"store": {"GraphDriverName": "overlay"}}'},
	{match: 'buildah --version', stdout: 'buildah version 1.28.2 (image-spec 1.1.0-rc2, runtime-spec 1.0.2-dev)\n'},
];

test('docker comes first where it works', async t => {
	const fake = fakeRunner([{match: trial}, info]);
	const engine = await selectEngine({preferred: 'auto', run: fake.run});
	fake.done();
	t.is(engine.name, 'docker');
	t.deepEqual(engine.facts, {program: '/usr/bin/docker', version: '20.10.24', storage: 'overlay2'});
	t.is(fake.commands[0]?.env?.DOCKER_BUILDKIT, '1');
	t.is(fake.commands[0]?.input, 'FROM scratch\nLABEL stx-build=trial\n');
});

test('a client elsewhere on PATH is tried where the distribution\'s one does not work', async t => {
	const fake = fakeRunner([{match: trial, missing: true}, {match: other}, info]);
	const engine = await selectEngine({preferred: 'docker', run: fake.run});
	fake.done();
	t.is(engine.facts.program, 'docker');
});

test('buildah follows where no daemon answers', async t => {
	const silent = {exitCode: 1, stderr: 'ERROR: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n'};
	const fake = fakeRunner([{match: trial, ...silent}, {match: other, ...silent}, ...buildah]);
	const engine = await selectEngine({preferred: 'auto', run: fake.run});
	fake.done();
	t.is(engine.name, 'buildah');
	t.deepEqual(engine.facts, {version: '1.28.2', isolation: 'chroot', storage: 'overlay'});
});

test('the engine that was asked for is the only one tried', async t => {
	const fake = fakeRunner(buildah);
	const engine = await selectEngine({preferred: 'buildah', run: fake.run});
	fake.done();
	t.is(engine.name, 'buildah');
});

test('buildah takes vfs where overlay does not work, and says so', async t => {
	const fake = fakeRunner([
		confined,
		{match: 'buildah from --quiet scratch', exitCode: 125, stderr: 'Error: \'overlay\' is not supported over overlayfs\n'},
		{match: 'buildah --storage-driver vfs from --quiet scratch', stdout: 'working-container-1\n'},
		{match: 'buildah --storage-driver vfs rm working-container-1'},
		{match: 'buildah --storage-driver vfs info', stdout: '{"store": {"GraphDriverName": "vfs"}}'},
		{match: 'buildah --storage-driver vfs --version', stdout: 'buildah version 1.39.3\n'},
		{match: 'buildah --storage-driver vfs tag docker.io/library/a:latest docker.io/library/b:latest'},
	]);
	const engine = await selectEngine({preferred: 'buildah', run: fake.run});
	t.is(engine.facts.storage, 'vfs');
	await engine.tag('a', 'b');
	fake.done();
});

test('no engine: each reason, and what to do', async t => {
	const fake = fakeRunner([{match: trial, missing: true}, {match: other, missing: true}, confined, {match: 'buildah from --quiet scratch', missing: true}]);
	await t.throwsAsync(selectEngine({preferred: 'auto', run: fake.run}), {
		code: 'STX0701',
		message: 'no container engine works on this machine (docker: it is not installed; buildah: it is not installed)',
	});
	fake.done();
});

const failures: ReadonlyArray<readonly [string, Omit<FakeCommand, 'match'>, RegExp, RegExp]> = [
	['without a daemon', {exitCode: 1, stderr: 'ERROR: Cannot connect to the Docker daemon at unix:///x\n'}, /no daemon answers/v, /start the docker daemon/v],
	['without the right to use the daemon', {exitCode: 1, stderr: 'permission denied while trying to connect to the Docker daemon socket\n'}, /may not be used by this user/v, /group docker/v],
	['without buildx', {exitCode: 1, stderr: 'ERROR: BuildKit is enabled but the buildx component is missing or broken.\n'}, /no BuildKit/v, /apt-get install docker-buildx/v],
	['with a daemon that hangs', {exitCode: 137, timedOut: true}, /does not answer within 10 s/v, /restart/v],
	['with something new', {exitCode: 1, stderr: 'first\nlast words\n'}, /last words/v, /doctor/v],
];

for (const [title, failure, reason, hint] of failures) {
	test(`docker ${title}`, async t => {
		const fake = fakeRunner([{match: trial, ...failure}, {match: other, missing: true}]);
		const error = await t.throwsAsync<Error & {code: string; hint: string; exitCode: number}>(selectEngine({preferred: 'docker', run: fake.run}));
		fake.done();
		t.is(error.code, 'STX0702');
		t.is(error.exitCode, 2);
		t.regex(error.message, reason);
		t.regex(error.hint, hint);
	});
}

test('buildah without netavark, which later versions want', async t => {
	const lack = {exitCode: 125, stderr: 'Error: could not find "netavark" in one of [/usr/libexec/podman]\n'};
	const fake = fakeRunner([confined, {match: 'buildah from --quiet scratch', ...lack}, {match: 'buildah --storage-driver vfs from --quiet scratch', ...lack}]);
	const error = await t.throwsAsync<Error & {hint: string}>(selectEngine({preferred: 'buildah', run: fake.run}), {code: 'STX0702'});
	fake.done();
	t.regex(error.hint, /apt-get install netavark/v);
});

test('buildah without the right to make namespaces', async t => {
	const fake = fakeRunner([{match: /^setpriv/v, exitCode: 1, stderr: 'unshare: unshare failed: Operation not permitted\n'}]);
	const error = await t.throwsAsync<Error & {hint: string}>(selectEngine({preferred: 'buildah', run: fake.run}), {code: 'STX0702'});
	fake.done();
	t.regex(error.message, /namespaces cannot be made: unshare: unshare failed: Operation not permitted/v);
	t.regex(error.hint, /run as root/v);
});

test('buildah in a chroot whose folder is no mount point', async t => {
	const fake = fakeRunner([{match: /^setpriv/v, exitCode: 1, stderr: 'unshare: cannot change root filesystem propagation: Invalid argument\n'}]);
	const error = await t.throwsAsync<Error & {hint: string}>(selectEngine({preferred: 'buildah', run: fake.run}), {code: 'STX0702'});
	t.regex(error.hint, /mount --bind/v);
});

test('an interruption is no answer', async t => {
	const fake = fakeRunner([{match: trial, interrupted: true}]);
	await t.throwsAsync(selectEngine({preferred: 'auto', run: fake.run}), {code: 'STX0003'});
	fake.done();
});
