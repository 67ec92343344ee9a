import test from 'ava';
import type {BuildRequest, RunRequest} from '../../../src/engine/index.js';
import {
	planBuildahBuild, planBuildahFrom, planBuildahOptions, planBuildahPull, planBuildahPush, planBuildahRun,
} from '../../../src/engine/plan-buildah.js';

const build: BuildRequest = {
	context: '/work/context',
	file: '/work/Dockerfile',
	buildArgs: {FROM: 'localhost/base:1'},
	labels: {'org.example': 'x'},
	secrets: [{id: 'ca', source: '/etc/ca.pem'}],
};

const run: RunRequest = {image: 'localhost/base:1', argv: ['pip', '--version'], network: 'none'};

test('a build', t => {
	t.deepEqual(planBuildahBuild(build, {}, '/tmp/id'), [
		'build',
		'--isolation',
		'chroot',
		'--network',
		'host',
		'--format',
		'docker',
		'--no-cache',
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
	const argv = planBuildahBuild(build, {});
	t.true(argv.includes('id=ca'));
	t.false(argv.some(word => word.includes('/etc/ca.pem')));
});

test('global options', t => {
	t.deepEqual(planBuildahOptions(), []);
	t.deepEqual(planBuildahOptions({storageDriver: 'vfs', mountsFile: '/tmp/m'}), ['--storage-driver', 'vfs', '--default-mounts-file', '/tmp/m']);
});

test('a container is never made of an image that would have to be fetched', t => {
	t.deepEqual(planBuildahFrom('debian', 'c1', {}), ['from', '--pull=never', '--quiet', '--name', 'c1', 'docker.io/library/debian:latest']);
});

test('limits that buildah would raise stay as they are', t => {
	const limits = {nofile: 20_000, nproc: 2_000_000};
	for (const argv of [planBuildahBuild(build, limits), planBuildahFrom('debian', 'c1', limits)]) {
		t.true(argv.join(' ').includes('--ulimit nofile=20000:20000'));
		t.false(argv.join(' ').includes('nproc'));
	}
});

test('a command in a container', t => {
	t.deepEqual(planBuildahRun(run, 'c1'), ['run', '--isolation', 'chroot', 'c1', '--', 'pip', '--version']);
	t.deepEqual(planBuildahRun({
		...run,
		mounts: [{source: '/a b', target: '/in', readOnly: true}, {source: '/c', target: '/out', readOnly: false}],
		env: {A: 'b c'},
		user: 'nobody',
		workdir: '/in',
	}, 'c1'), [
		'run',
		'--isolation',
		'chroot',
		'--volume',
		'/a b:/in:ro',
		'--volume',
		'/c:/out:rw',
		'--env',
		'A=b c',
		'--user',
		'nobody',
		'--workingdir',
		'/in',
		'c1',
		'--',
		'pip',
		'--version',
	]);
});

test('a path with a colon is refused', t => {
	t.throws(() => planBuildahRun({...run, mounts: [{source: '/a:b', target: '/in', readOnly: true}]}, 'c1'), {code: 'STX0707'});
	t.throws(() => planBuildahRun({...run, mounts: [{source: '/a', target: '/in:rw', readOnly: true}]}, 'c1'), {code: 'STX0707'});
});

test('a registry elsewhere is spoken to over TLS, one on this machine need not be', t => {
	t.deepEqual(planBuildahPull('debian:trixie'), ['pull', '--quiet', '--policy', 'always', 'docker.io/library/debian:trixie']);
	t.deepEqual(planBuildahPull('127.0.0.1:5000/a:1'), ['pull', '--quiet', '--policy', 'always', '--tls-verify=false', '127.0.0.1:5000/a:1']);
	t.deepEqual(planBuildahPush('r.example.com/a:1', '/tmp/d'), ['push', '--quiet', '--digestfile', '/tmp/d', 'r.example.com/a:1', 'docker://r.example.com/a:1']);
	t.deepEqual(planBuildahPush('localhost:5000/a:1', '/tmp/d'), ['push', '--quiet', '--tls-verify=false', '--digestfile', '/tmp/d', 'localhost:5000/a:1', 'docker://localhost:5000/a:1']);
});
