import test from 'ava';
import {withTemporaryFolder} from '../../src/system/index.js';
import {runCli} from '../_helpers/run-cli.js';

test('a wheel is not built again without a reason', async t => {
	await withTemporaryFolder('commands', async folder => {
		const {code, out, err} = await runCli(['wheels', 'rebuild', 'uwsgi'], {folder});
		t.is(code, 2);
		t.is(out, '');
		t.is(err, 'error STX0001 a wheel is built again only to be compared\nhint: add --check\n');
	});
});

test('what builds may take is a number', async t => {
	await withTemporaryFolder('commands', async folder => {
		const {code, err} = await runCli(['wheels', '--memory', 'lots', '--build-timeout', '0'], {folder});
		t.is(code, 2);
		t.true(err.includes('`memory` cannot be `lots` (from --memory): it takes a whole number from 1'), err);
		t.true(err.includes('`build-timeout` cannot be `0` (from --build-timeout): it takes a whole number from 1'), err);
	});
});
