import test from 'ava';
import {BuildError} from '../../../src/errors.js';
import {createGitCommands} from '../../../src/system/git-commands.js';
import {createSteadyRetry, withTemporaryFolder} from '../../../src/system/index.js';
import {fakeRunner} from '../../_helpers/fake-runner.js';

test('an interruption ends the wait for another attempt, and is told as one', async t => {
	await withTemporaryFolder('git', async folder => {
		const interruption = new AbortController();
		const fake = fakeRunner([
			{match: /^git config /v},
			{
				match: 'git fetch', exitCode: 128, stderr: 'fatal: the remote end hung up unexpectedly\n', effect() {
					setTimeout(() => {
						interruption.abort();
					}, 20);
				},
			},
		]);
		const git = createGitCommands({
			run: fake.run, folder, retry: createSteadyRetry({attempts: 2, seconds: 60}), network: {
				caBundle: undefined, httpProxy: undefined, httpsProxy: undefined, noProxy: undefined, offline: false,
			},
		});
		await t.throwsAsync(git.ask(['fetch'], {signal: interruption.signal}), {instanceOf: BuildError, code: 'STX0003'});
		fake.done();
	});
});
