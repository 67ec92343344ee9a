import test from 'ava';
import {selectEngine} from '../../../src/engine/index.js';
import {BuildError} from '../../../src/errors.js';
import type {Runner} from '../../../src/system/index.js';
import {fakeRunner, type FakeCommand} from '../../_helpers/fake-runner.js';

const trial = '/usr/bin/docker build --output type=tar,dest=/dev/null -';
const other = 'docker build --output type=tar,dest=/dev/null -';
const info: FakeCommand = {match: /docker info /v, stdout: '{"ServerVersion": "20.10.24", "Driver": "overlay2"}'};
const confined: FakeCommand = {match: /^setpriv .* cat \/proc\/self\/limits$/v, stdout: 'Max open files            1024                 20000                files     \n'};
const buildah: readonly FakeCommand[] = [
	confined,
	{match: 'buildah from --quiet scratch', stdout: 'working-container\n'},
	{match: 'buildah rm working-container'},
	{match: 'buildah info', stdout: '{"store": {"GraphDriverName": "overlay", "GraphRoot": "/storage"}}'},
	{match: 'buildah --version', stdout: 'buildah version 1.28.2 (image-spec 1.1.0-rc2, runtime-spec 1.0.2-dev)\n'},
];

const podmanInfo: FakeCommand = {match: 'podman info --format \'{{json .}}\'', stdout: '{"host": {"ociRuntime": {"name": "crun"}}, "store": {"graphDriverName": "overlay", "graphRoot": "/storage"}, "version": {"Version": "4.3.1"}}'};
const podmanRun = /^podman run --rm --network none .*--ulimit nofile=20000:20000 --ulimit nproc=32768:32768 .*--rootfs \S+ \/usr\/bin\/true$/v;
const noPodman: readonly FakeCommand[] = [confined, {match: /^podman info/v, missing: true}];

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

const silent = {exitCode: 1, stderr: 'ERROR: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n'};

test('podman follows where no daemon answers', async t => {
	const fake = fakeRunner([{match: trial, ...silent}, {match: other, ...silent}, confined, podmanInfo, {match: podmanRun}]);
	const engine = await selectEngine({preferred: 'auto', run: fake.run});
	fake.done();
	t.is(engine.name, 'podman');
	t.deepEqual(engine.facts, {version: '4.3.1', storage: 'overlay', runtime: 'crun'});
	t.is(engine.imageStore, 'containers');
});

test('podman takes runc where its own runtime does not work', async t => {
	const fake = fakeRunner([
		confined,
		podmanInfo,
		{match: podmanRun, exitCode: 126, stderr: 'Error: crun: cgroups in hybrid mode not supported\n'},
		{match: /^podman --runtime runc run .*--rootfs/v},
		{match: 'flock --timeout 300 /storage podman --runtime runc tag docker.io/library/a:latest docker.io/library/b:latest'},
	]);
	const engine = await selectEngine({preferred: 'podman', run: fake.run});
	t.is(engine.facts.runtime, 'runc');
	await engine.tag('a', 'b');
	fake.done();
});

test('podman takes vfs where overlay does not work', async t => {
	const fake = fakeRunner([
		confined,
		{...podmanInfo, exitCode: 125, stderr: 'Error: \'overlay\' is not supported over overlayfs\n'},
		{match: /^podman --storage-driver vfs info/v, stdout: (podmanInfo.stdout as string).replace('overlay', 'vfs')},
		{match: /^podman --storage-driver vfs run/v},
		{match: 'flock --timeout 300 /storage podman --storage-driver vfs tag docker.io/library/a:latest docker.io/library/b:latest'},
	]);
	const engine = await selectEngine({preferred: 'podman', run: fake.run});
	t.is(engine.facts.storage, 'vfs');
	await engine.tag('a', 'b');
	fake.done();
});

test('buildah is left where podman runs no container', async t => {
	const broken = {exitCode: 126, stderr: 'Error: mounting proc: operation not permitted\n'};
	const fake = fakeRunner([{match: trial, ...silent}, {match: other, ...silent}, confined, podmanInfo, {match: podmanRun, ...broken}, {match: /^podman --runtime runc run/v, ...broken}, ...buildah]);
	const engine = await selectEngine({preferred: 'auto', run: fake.run});
	fake.done();
	t.is(engine.name, 'buildah');
});

test('podman that was asked for and runs no container', async t => {
	const broken = {exitCode: 126, stderr: 'Error: mounting proc: operation not permitted\n'};
	const fake = fakeRunner([confined, podmanInfo, {match: podmanRun, ...broken}, {match: /^podman --runtime runc run/v, ...broken}]);
	const error = await t.throwsAsync<Error & {hint: string}>(selectEngine({preferred: 'podman', run: fake.run}), {code: 'STX0702'});
	fake.done();
	t.regex(error.message, /podman: it cannot run a container with crun: Error: mounting proc: operation not permitted, with runc: Error/v);
	t.regex(error.hint, /runc/v);
});

test('podman that hangs, and ends well when it is told to end', async t => {
	const fake = fakeRunner([confined, {match: podmanInfo.match, timedOut: true}, {match: /^podman --storage-driver vfs info/v, timedOut: true}]);
	const error = await t.throwsAsync<Error>(selectEngine({preferred: 'podman', run: fake.run}), {code: 'STX0702'});
	t.regex(error.message, /podman: nothing happened for 60 s/v);
});

test('podman under docker\'s name is not docker', async t => {
	const fake = fakeRunner([{match: trial}, {match: info.match, stdout: '{"host": {"arch": "amd64"}}'}, confined, podmanInfo, {match: podmanRun}]);
	const engine = await selectEngine({preferred: 'auto', run: fake.run});
	fake.done();
	t.is(engine.name, 'podman');
});

test('buildah follows where no daemon answers and there is no podman', async t => {
	const fake = fakeRunner([{match: trial, ...silent}, {match: other, ...silent}, ...noPodman, ...buildah]);
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
		{match: 'buildah --storage-driver vfs info', stdout: '{"store": {"GraphDriverName": "vfs", "GraphRoot": "/storage"}}'},
		{match: 'buildah --storage-driver vfs --version', stdout: 'buildah version 1.39.3\n'},
		{match: 'flock --timeout 300 /storage buildah --storage-driver vfs tag docker.io/library/a:latest docker.io/library/b:latest'},
	]);
	const engine = await selectEngine({preferred: 'buildah', run: fake.run});
	t.is(engine.facts.storage, 'vfs');
	await engine.tag('a', 'b');
	fake.done();
});

test('no engine: each reason, and what to do', async t => {
	const fake = fakeRunner([{match: trial, missing: true}, {match: other, missing: true}, ...noPodman, confined, {match: 'buildah from --quiet scratch', missing: true}]);
	await t.throwsAsync(selectEngine({preferred: 'auto', run: fake.run}), {
		code: 'STX0701',
		message: 'no container engine works on this machine (docker: it is not installed; podman: it is not installed; buildah: it is not installed)',
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

test('a machine so busy that an engine does not tell of itself', async t => {
	const docker = fakeRunner([{match: trial}, {match: /docker info/v, exitCode: 143, timedOut: true}]);
	await t.throwsAsync(selectEngine({preferred: 'docker', run: docker.run}), {code: 'STX0702', message: /does not answer within 10 s/v});
	const storage = fakeRunner([confined, buildah[1]!, buildah[2]!, {match: 'buildah info', exitCode: 143, timedOut: true}]);
	await t.throwsAsync(selectEngine({preferred: 'buildah', run: storage.run}), {code: 'STX0702', message: /nothing happened for 60 s/v});
});

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

test('an interruption while buildah is tried leaves no container', async t => {
	const interruption = new AbortController();
	const fake = fakeRunner([confined, {
		...buildah[1]!, effect() {
			interruption.abort();
		},
	}, buildah[2]!]);
	const run: Runner = async (command, options) => {
		if (options?.signal?.aborted) {
			throw new BuildError('STX0003', 'interrupted');
		}

		const result = await fake.run(command);
		return options?.signal?.aborted ? Promise.reject(new BuildError('STX0003', 'interrupted')) : result;
	};

	await t.throwsAsync(selectEngine({preferred: 'buildah', run, signal: interruption.signal}), {code: 'STX0003'});
	fake.done();
});
