import test from 'ava';
import type {RunRequest} from '../../../src/engine/index.js';
import {planContainerStart} from '../../../src/engine/plan-container.js';
import {
	planPodmanCreate, planPodmanRemove, planPodmanTrial,
} from '../../../src/engine/plan-podman.js';

const run: RunRequest = {image: 'localhost/base:1', argv: ['python3', '-m', 'pip', 'check'], network: 'none'};
const plain = ['--http-proxy=false', '--unsetenv', 'container', '--systemd', 'false', '--log-driver', 'none'];

test('a container runs the command alone, without the entry point of the image, and is never fetched', t => {
	t.deepEqual(planPodmanCreate(run, {}), ['create', '--rm', '--pull', 'never', '--network', 'none', ...plain, '--entrypoint', '["python3"]', 'localhost/base:1', '-m', 'pip', 'check']);
});

test('a container with everything', t => {
	t.deepEqual(planPodmanCreate({
		...run,
		argv: ['cat'],
		mounts: [{source: '/a b', target: '/in', readOnly: true}, {source: '/c', target: '/out', readOnly: false}],
		env: {A: 'b c'},
		network: 'host',
		user: '1000:1000',
		workdir: '/in',
		input: 'text',
		untrusted: true,
	}, {nofile: 20_000, nproc: 32_768}), [
		'create',
		'--rm',
		'--pull',
		'never',
		'--network',
		'host',
		...plain,
		'--ulimit',
		'nofile=20000:20000',
		'--ulimit',
		'nproc=32768:32768',
		'--interactive',
		'--mount',
		'type=bind,source=/a b,target=/in,readonly',
		'--mount',
		'type=bind,source=/c,target=/out',
		'--env',
		'A=b c',
		'--user',
		'1000:1000',
		'--workdir',
		'/in',
		'--cap-drop',
		'ALL',
		'--security-opt',
		'no-new-privileges',
		'--pids-limit',
		'8192',
		'--entrypoint',
		'["cat"]',
		'localhost/base:1',
	]);
});

test('a path with a comma is refused', t => {
	t.throws(() => planPodmanCreate({...run, mounts: [{source: '/a,b', target: '/in', readOnly: true}]}, {}), {code: 'STX0707'});
});

test('a program whose name reads as JSON is a program', t => {
	t.true(planPodmanCreate({...run, argv: ['["sh"]']}, {}).includes(String.raw`["[\"sh\"]"]`));
});

test('a container is started, and ends at once', t => {
	t.deepEqual(planContainerStart('c1', {}), ['start', '--attach', 'c1']);
	t.deepEqual(planContainerStart('c1', {input: ''}), ['start', '--attach', '--interactive', 'c1']);
	t.deepEqual([...planPodmanRemove], ['rm', '--force', '--ignore', '--time', '0', '--volumes']);
});

test('the trial runs a program of this machine as an untrusted command would run', t => {
	const argv = planPodmanTrial('/tmp/root', {nofile: 20_000});
	t.deepEqual(argv.slice(-4), ['/usr:/usr:ro', '--rootfs', '/tmp/root', '/usr/bin/true']);
	t.true(['--network', '--cap-drop', '--pids-limit', 'nofile=20000:20000'].every(word => argv.includes(word)));
});
