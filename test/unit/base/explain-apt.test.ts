import test from 'ava';
import {explainApt} from '../../../src/base/explain-apt.js';

const result = (output: string) => ({
	exitCode: 100, stdout: '', stderr: output, output, timedOut: false,
});

const cases: ReadonlyArray<readonly [string, string | undefined, RegExp]> = [
	['E: Could not write: No space left on device', 'STX0905', /\/var\/tmp/v],
	['W: GPG error: http://deb.debian.org trixie InRelease: NO_PUBKEY 6ED0E7B82643E131', 'STX0502', /debian-archive-keyring/v],
	['E: The repository \'http://x trixie InRelease\' is not signed.', 'STX0502', /do not trust/v],
	['E: Failed to fetch http://x/y  Could not resolve \'x\'', 'STX0502', /--debian-mirror/v],
	['E: The repository \'http://x trixie Release\' does not have a Release file.', 'STX0502', /--os-codename/v],
	['E: Unable to locate package no-such', undefined, /^$/v],
];

for (const [output, code, hint] of cases) {
	test(`apt says: ${output}`, t => {
		const error = explainApt(result(output), {logFile: '/logs/base.log'});
		t.is(error?.code, code as typeof error extends undefined ? never : NonNullable<typeof error>['code']);
		t.regex(error?.hint ?? '', hint);
		t.deepEqual(error?.at ?? [{file: '/logs/base.log'}], [{file: '/logs/base.log'}]);
	});
}

test('apt that hangs', t => {
	t.is(explainApt({...result(''), timedOut: true})?.code, 'STX0502');
});
