import {setTimeout as sleep} from 'node:timers/promises';
import test from 'ava';
import {checkMachine, checkProgram} from '../../../src/doctor/checks.js';
import {BuildError} from '../../../src/errors.js';
import {withTemporaryFolder, type Runner} from '../../../src/system/index.js';
import type {Settings} from '../../../src/workspace/index.js';
import {fakeEffects} from '../../_helpers/fake-effects.js';
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

test('one that cannot be run lacks, and an interruption is none of its failures', async t => {
	const checkWith = async (error: Error) => checkProgram(async () => {
		throw error;
	}, new AbortController().signal, {
		name: 'git', argv: ['git', '--version'], minimum: '2.30.0', hint: 'apt-get install git',
	});
	t.like(await checkWith(new BuildError('STX0902', '`git` could not be run: spawn git EACCES')), {ok: false, detail: '`git` could not be run: spawn git EACCES', hint: 'apt-get install git'});
	t.like(await checkWith(new BuildError('STX0914', '`git` printed more than 64 MiB')), {ok: false});
	await t.throwsAsync(checkWith(new BuildError('STX0003', 'interrupted while running `git`')), {code: 'STX0003'});
});

for (const [title, slow] of [['engines are', 'setpriv'], ['a program is', 'python3']] as const) {
	test(`an interruption waits for what ${title} still cleaning up`, async t => {
		await withTemporaryFolder('doctor', async folder => {
			const interruption = new AbortController();
			const {signal} = interruption;
			let isClean = false;
			const run: Runner = async ({argv: [program]}) => {
				// Both have begun.
				await sleep(20);
				interruption.abort();
				await sleep(program === slow ? 50 : 0);
				isClean ||= program === slow;
				throw new BuildError('STX0003', `interrupted while running \`${program}\``);
			};

			const settings: Partial<Settings> = {
				workspace: folder, cache: folder, offline: true, dialect: 'builtin', engine: 'buildah', index: 'https://pypi.org/simple', debianMirror: 'http://deb.debian.org/debian', codename: 'trixie',
			};
			await t.throwsAsync(checkMachine(settings as Settings, {...fakeEffects(), run, signal}), {code: 'STX0003'});
			t.true(isClean);
		});
	});
}
