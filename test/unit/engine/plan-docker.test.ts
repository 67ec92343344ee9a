import test from 'ava';
import type {BuildRequest, RunRequest} from '../../../src/engine/index.js';
import {planContainerStart} from '../../../src/engine/plan-container.js';
import {planDockerBuild, planDockerCreate} from '../../../src/engine/plan-docker.js';

const build: BuildRequest = {
	context: '/work/context',
	file: '/work/Dockerfile',
	buildArgs: {FROM: 'localhost/base:1', CUSTOMIZATION: 'echo "a b" && true'},
	labels: {'org.example': 'x y'},
	secrets: [{id: 'ca', source: '/etc/ca.pem'}],
	target: 'main',
};

const run: RunRequest = {image: 'localhost/base:1', argv: ['python3', '-m', 'pip', 'check'], network: 'none'};

test('a build', t => {
	t.deepEqual(planDockerBuild(build, '/tmp/id'), [
		'build',
		'--progress',
		'plain',
		'--no-cache',
		'--network',
		'host',
		'--iidfile',
		'/tmp/id',
		'--target',
		'main',
		'--label',
		'org.example=x y',
		'--build-arg',
		'FROM=localhost/base:1',
		'--build-arg',
		'CUSTOMIZATION=echo "a b" && true',
		'--secret',
		'id=ca,src=/etc/ca.pem',
		'--file',
		'/work/Dockerfile',
		'/work/context',
	]);
});

test('a build for people names secrets by their id', t => {
	const argv = planDockerBuild(build);
	t.true(argv.includes('id=ca'));
	t.false(argv.some(word => word.includes('/etc/ca.pem')));
	t.false(argv.includes('--iidfile'));
});

test('a build of nothing but a context', t => {
	t.deepEqual(planDockerBuild({context: '/c', file: '/f', buildArgs: {}}), ['build', '--progress', 'plain', '--no-cache', '--network', 'host', '--file', '/f', '/c']);
});

test('a container runs the command alone, without the entry point of the image', t => {
	t.deepEqual(planDockerCreate(run), ['create', '--rm', '--pull', 'never', '--network', 'none', '--entrypoint', 'python3', 'localhost/base:1', '-m', 'pip', 'check']);
});

test('a container with everything', t => {
	t.deepEqual(planDockerCreate({
		...run,
		argv: ['cat'],
		network: 'host',
		mounts: [{source: '/a b', target: '/in', readOnly: true}, {source: '/c', target: '/out', readOnly: false}],
		env: {A: 'b c', EMPTY: ''},
		user: '1000:1000',
		workdir: '/in',
		input: 'text',
	}), [
		'create',
		'--rm',
		'--pull',
		'never',
		'--network',
		'host',
		'--interactive',
		'--mount',
		'type=bind,source=/a b,target=/in,readonly',
		'--mount',
		'type=bind,source=/c,target=/out',
		'--env',
		'A=b c',
		'--env',
		'EMPTY=',
		'--user',
		'1000:1000',
		'--workdir',
		'/in',
		'--entrypoint',
		'cat',
		'localhost/base:1',
	]);
	t.deepEqual(planContainerStart('1234', {input: 'text'}), ['start', '--attach', '--interactive', '1234']);
	t.deepEqual(planContainerStart('1234', {}), ['start', '--attach', '1234']);
});

for (const source of ['/a,b', '/a"b', '/a\nb']) {
	test(`the path ${JSON.stringify(source)} is refused`, t => {
		t.throws(() => planDockerCreate({...run, mounts: [{source, target: '/in', readOnly: true}]}), {code: 'STX0707'});
		t.throws(() => planDockerCreate({...run, mounts: [{source: '/in', target: source, readOnly: true}]}), {code: 'STX0707'});
		t.throws(() => planDockerBuild({...build, secrets: [{id: 'ca', source}]}, '/tmp/id'), {code: 'STX0707'});
	});
}

test('a command that nobody vouches for gets no rights', t => {
	const argv = planDockerCreate({...run, user: '1000:1000', untrusted: true});
	for (const words of [['--cap-drop', 'ALL'], ['--security-opt', 'no-new-privileges'], ['--pids-limit', '8192'], ['--log-driver', 'none']] as const) {
		t.is(argv[argv.indexOf(words[0]) + 1], words[1]);
	}

	t.false(planDockerCreate(run).includes('--cap-drop'));
});
