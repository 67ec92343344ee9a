import test from 'ava';
import {checkProgram} from '../../../src/doctor/checks.js';
import {fakeRunner, type FakeCommand} from '../../_helpers/fake-runner.js';

const check = async (command: Omit<FakeCommand, 'match'>) =>
	checkProgram(fakeRunner([{match: 'git --version', ...command}]).run, new AbortController().signal, {
		name: 'git', argv: ['git', '--version'], minimum: '2.30.0', hint: 'apt-get install git',
	});

test('a program that is there and new enough is well', async t => {
	t.deepEqual(await check({stdout: 'git version 2.39.5\n'}), {name: 'git', ok: true, detail: 'git version 2.39.5'});
});

test('one that is too old lacks, with both versions', async t => {
	t.like(await check({stdout: 'git version 2.20.1\n'}), {ok: false, detail: 'git version 2.20.1: 2.30.0 or newer is needed', hint: 'apt-get install git'});
});

test('one that is not there, or fails, lacks', async t => {
	t.like(await check({missing: true}), {ok: false, hint: 'apt-get install git'});
	t.like(await check({exitCode: 127, stdout: 'git: broken\n'}), {ok: false, detail: 'exit code 127: git: broken'});
});
