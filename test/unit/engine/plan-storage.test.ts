import test from 'ava';
import type {BuildRequest} from '../../../src/engine/index.js';
import {
	planStorageBuild, planStorageLoad, planStorageOptions, planStoragePull, planStoragePush, planStorageRemove, planUlimits,
} from '../../../src/engine/plan-storage.js';

const build: BuildRequest = {
	context: '/work/context',
	file: '/work/Dockerfile',
	buildArgs: {FROM: 'localhost/base:1'},
	labels: {'org.example': 'x'},
	secrets: [{id: 'ca', source: '/etc/ca.pem'}],
};

test('a build', t => {
	t.deepEqual(planStorageBuild(build, {}, '/tmp/id'), [
		'build',
		'--isolation',
		'chroot',
		'--network',
		'host',
		'--format',
		'docker',
		'--no-cache',
		'--pull=missing',
		'--layers=false',
		'--force-rm',
		'--http-proxy=false',
		'--identity-label=false',
		'--iidfile',
		'/tmp/id',
		'--label',
		'org.example=x',
		'--build-arg',
		'FROM=localhost/base:1',
		'--secret',
		'id=ca,src=/etc/ca.pem',
		'--file',
		'/work/Dockerfile',
		'/work/context',
	]);
});

test('a build for people names secrets by their id', t => {
	const argv = planStorageBuild(build, {});
	t.true(argv.includes('id=ca'));
	t.false(argv.some(word => word.includes('/etc/ca.pem')));
});

test('global options', t => {
	t.deepEqual(planStorageOptions(), []);
	t.deepEqual(planStorageOptions({storageDriver: 'vfs', mountsFile: '/tmp/m'}), ['--storage-driver', 'vfs', '--default-mounts-file', '/tmp/m']);
});

test('limits that would be raised stay as they are', t => {
	t.deepEqual(planUlimits({nofile: 20_000, nproc: 2_000_000}), ['--ulimit', 'nofile=20000:20000']);
	t.true(planStorageBuild(build, {nofile: 20_000}).join(' ').includes('--ulimit nofile=20000:20000'));
});

test('an archive is loaded', t => {
	t.deepEqual(planStorageLoad('/tmp/image.tar'), ['pull', '--quiet', 'docker-archive:/tmp/image.tar']);
});

test('a registry is asked anew, also for what is there', t => {
	t.deepEqual(planStoragePull('buildah', 'debian:trixie'), ['pull', '--quiet', '--policy', 'always', 'docker.io/library/debian:trixie']);
	t.deepEqual(planStoragePull('podman', 'debian:trixie'), ['pull', '--quiet', 'docker.io/library/debian:trixie']);
});

test('a registry elsewhere is spoken to over TLS, one on this machine need not be', t => {
	t.deepEqual(planStoragePull('podman', '127.0.0.1:5000/a:1'), ['pull', '--quiet', '--tls-verify=false', '127.0.0.1:5000/a:1']);
	t.deepEqual(planStoragePush('localhost/a:1', 'r.example.com/a:1', '/tmp/d'), ['push', '--quiet', '--digestfile', '/tmp/d', 'localhost/a:1', 'docker://r.example.com/a:1']);
	t.deepEqual(planStoragePush('localhost/a:1', 'localhost:5000/a:1', '/tmp/d'), ['push', '--quiet', '--tls-verify=false', '--digestfile', '/tmp/d', 'localhost/a:1', 'docker://localhost:5000/a:1']);
});

test('an image is sent by its id, whatever names it has', t => {
	const id = `sha256:${'e5'.repeat(32)}`;
	t.true(planStoragePush(id, 'r.example.com/a:1', '/tmp/d').includes(id));
});

test('a name is taken away, and no other image', t => {
	t.deepEqual(planStorageRemove('buildah', 'a:1'), ['rmi', 'docker.io/library/a:1']);
	t.deepEqual(planStorageRemove('podman', 'a:1'), ['rmi', '--no-prune', 'docker.io/library/a:1']);
});
