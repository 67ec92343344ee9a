import test from 'ava';
import {complaintsOf, explainApt} from '../../../src/base/explain-apt.js';

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

test('what apt says in several ways is told once', t => {
	t.deepEqual(complaintsOf([
		'Err:1 http://deb.example.com/debian trixie InRelease',
		'  Could not resolve \'deb.example.com\'',
		'Err:2 http://deb.example.com/debian trixie-updates InRelease',
		'  Could not resolve \'deb.example.com\'',
		'W: Failed to fetch http://deb.example.com/debian/dists/trixie/InRelease  Could not resolve \'deb.example.com\'',
		'E: Failed to fetch http://deb.example.com/debian/dists/trixie-updates/InRelease  Could not resolve \'deb.example.com\'',
		'E: Some index files failed to download. They have been ignored, or old ones used instead.',
	].join('\n')), ['W: Failed to fetch http://deb.example.com/debian/dists/trixie/InRelease  Could not resolve \'deb.example.com\' (and 1 more)']);
	t.deepEqual(complaintsOf('Err:1 http://deb.example.com/debian trixie InRelease\n  Could not resolve'), ['Err:1 http://deb.example.com/debian trixie InRelease']);
});

test('neither the program around apt nor its times make it twice', t => {
	t.deepEqual(complaintsOf([
		'Building dependency tree...',
		'E: Unable to locate package no-such',
		'E: setup failed: E: apt-get --yes install no-such failed',
		'E: mmdebstrap failed to run',
	].join('\n')), ['E: Unable to locate package no-such']);
	t.deepEqual(complaintsOf('#4 2.859 E: Unable to locate package no-such\n------\n > [2/2] RUN apt-get:\n#4 2.859 E: Unable to locate package no-such\n------\n'), ['E: Unable to locate package no-such']);
	t.deepEqual(complaintsOf('I: all is well\n'), []);
});
