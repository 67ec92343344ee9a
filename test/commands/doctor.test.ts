import path from 'node:path';
import test from 'ava';
import {BuildError} from '../../src/errors.js';
import {withTemporaryFolder, type Runner} from '../../src/system/index.js';
import {fakeEffects} from '../_helpers/fake-effects.js';
import {runCli} from '../_helpers/run-cli.js';

/** A machine that has Python and nothing else. */
const run: Runner = async ({argv: [program]}) => {
	if (program !== 'python3') {
		throw new BuildError('STX0901', `\`${program}\` was not found on PATH`);
	}

	return {
		exitCode: 0, stdout: 'Python 3.13.5\n', stderr: '', output: 'Python 3.13.5\n', timedOut: false,
	};
};

/** Nothing listens there. */
const nowhere = ['--index', 'http://127.0.0.1:1/simple', '--debian-mirror', 'http://127.0.0.1:1/debian', '--engine', 'docker'];

test('what lacks is told with how to mend it, and the exit code is 1', async t => {
	await withTemporaryFolder('commands', async folder => {
		const places = ['--workspace', path.join(folder, 'ws'), '--cache-dir', path.join(folder, 'cache'), ...nowhere];
		const options = {folder, effects: async () => fakeEffects({run})};
		const {code, out, err} = await runCli(['doctor', ...places], options);
		t.is(code, 1, err);
		t.regex(out, /^ok {4}Python +Python 3\.13\.5$/mv);
		t.regex(out, /^LACK {2}mmdebstrap +`mmdebstrap` was not found on PATH\n +hint: apt-get install mmdebstrap/mv);
		t.regex(out, /^LACK {2}package index +http:\/\/127\.0\.0\.1:1\/simple\/pip\//mv);
		t.regex(out, /^\d+ of \d+ checks found something that lacks\.$/mv);

		const asData = await runCli(['doctor', '--json', ...places], options);
		t.is(asData.code, 1);
		const findings = JSON.parse(asData.out) as ReadonlyArray<{readonly name: string; readonly ok: boolean}>;
		t.true(findings.some(({name, ok}) => name === 'Python' && ok));
		t.true(findings.some(({name, ok}) => name === 'git' && !ok));
	});
});

test('LOCI that cannot be reached is a warning, and with --offline or the dialect builtin no host is asked', async t => {
	await withTemporaryFolder('commands', async folder => {
		const options = {folder, effects: async () => fakeEffects({run})};
		const places = ['--workspace', path.join(folder, 'ws'), '--cache-dir', path.join(folder, 'cache'), ...nowhere];
		const {out} = await runCli(['doctor', ...places], options);
		t.regex(out, /^WARN {2}LOCI +.*\n +hint: .*--dialect builtin/mv);

		const [offline, builtin] = [await runCli(['doctor', '--offline', ...places], options), await runCli(['doctor', '--dialect', 'builtin', ...places], options)];
		for (const name of ['package index', 'Debian mirror', 'LOCI']) {
			t.regex(offline.out, new RegExp(`^ok    ${name} .* is not asked: --offline$`, 'mv'));
		}

		t.regex(builtin.out, /^ok {4}LOCI +not used: the dialect builtin needs no git host$/mv);
	});
});
