import test from 'ava';
import type {RunRequest} from '../../../src/engine/index.js';
import {planBuildahFrom, planBuildahRun} from '../../../src/engine/plan-buildah.js';

const run: RunRequest = {image: 'localhost/base:1', argv: ['pip', '--version'], network: 'none'};

test('a container is never made of an image that would have to be fetched', t => {
	t.deepEqual(planBuildahFrom('debian', 'c1', {}), ['from', '--pull=never', '--quiet', '--name', 'c1', 'docker.io/library/debian:latest']);
});

test('limits that buildah would raise stay as they are', t => {
	t.true(planBuildahFrom('debian', 'c1', {nofile: 20_000}).join(' ').includes('--ulimit nofile=20000:20000'));
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

test('a command that prints past buildah has pipes to print into', t => {
	t.deepEqual(planBuildahRun({...run, mounts: [{source: '/c', target: '/out', readOnly: false}]}, 'c1', '/w/streams'), [
		'run',
		'--isolation',
		'chroot',
		'--volume',
		'/c:/out:rw',
		'--volume',
		'/w/streams:/.stx-build:ro',
		'c1',
		'--',
		'/bin/sh',
		'-c',
		'exec "$@" >/.stx-build/stdout 2>/.stx-build/stderr',
		'sh',
		'pip',
		'--version',
	]);
});

test('a path with a colon is refused', t => {
	t.throws(() => planBuildahRun({...run, mounts: [{source: '/a:b', target: '/in', readOnly: true}]}, 'c1'), {code: 'STX0707'});
	t.throws(() => planBuildahRun({...run, mounts: [{source: '/a', target: '/in:rw', readOnly: true}]}, 'c1'), {code: 'STX0707'});
});
