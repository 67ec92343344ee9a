/** Options that are given and name nothing, as an empty variable of a shell in CI makes them. */
import test from 'ava';
import {withTemporaryFolder} from '../../src/system/index.js';
import {runCli} from '../_helpers/run-cli.js';

const lines: ReadonlyArray<readonly [words: readonly string[], option: string, thing: string]> = [
	[['images', '--service', '', '--push'], '--service', 'image'],
	[['images', '--only', ',,', '--dry-run'], '--service', 'image'],
	[['images', '--service', 'keystone', '--service', ' , '], '--service', 'image'],
	[['images', '--skip='], '--skip', 'image'],
	[['images', '--directive', ''], '--directive', 'file'],
	[['loadbuild', '--without', ''], '--without', 'part'],
	[['loadbuild', '--from-source', ''], '--from-source', 'wheel'],
	[['loadbuild', '--extra-wheels-dir', ''], '--extra-wheels-dir', 'folder'],
	[['wheels', '--service', ''], '--service', 'image'],
	[['wheels', '--only', ','], '--only', 'wheel'],
	[['wheels', '--from-index', ' '], '--from-index', 'wheel'],
	[['wheels', 'lock', '--service', ''], '--service', 'image'],
	[['wheels', 'list', '--service', ''], '--service', 'image'],
	[['wheels', 'check', '--service', ''], '--service', 'image'],
	[['wheels', 'rebuild', '--check', '--skip', ''], '--skip', 'image'],
	[['why', 'keystone', '--directive', ''], '--directive', 'file'],
	[['base', '--repo', ''], '--repo', 'repository'],
	[['tags', 'apply', 'tags.yaml', '--repush', ''], '--repush', 'image'],
	[['update', '--from', 'stx-demo', '--wheel', ''], '--wheel', 'file'],
	[['update', '--from', 'stx-demo', '--customize', ''], '--customize', 'file'],
	[['update', '--from', 'stx-demo', '--file', ''], '--file', 'file'],
	[['images', '--wheels', ''], '--wheels', 'tarball'],
	[['loadbuild', '--wheels', ''], '--wheels', 'tarball'],
	[['wheels', 'check', '--wheels', ''], '--wheels', 'tarball'],
	[['wheels', 'serve', '--wheels', ''], '--wheels', 'tarball'],
	[['base', '--config-file', ''], '--config-file', 'file'],
	[['config', 'show', '--config', ''], '--config', 'folder'],
];

for (const [words, option, thing] of lines) {
	test(`${words.map(word => word === '' ? '\'\'' : word).join(' ')}: names no ${thing}`, async t => {
		await withTemporaryFolder('empty-options', async folder => {
			const {code, out, err} = await runCli(words, {folder});
			t.is(err, `error STX0001 ${option} names no ${thing}\nhint: name one, or leave ${option} out; a variable of your shell may be empty\n`);
			t.is(code, 2);
			t.is(out, '');
		});
	});
}

for (const option of ['--cache-dir', '--workspace', '--my-repo', '--loci', '--repo-key', '--ca-bundle', '--registry', '--http_proxy', '--jobs']) {
	test(`${option} '': an empty setting does not stand for the working folder`, async t => {
		await withTemporaryFolder('empty-options', async folder => {
			t.deepEqual(await runCli(['config', 'show', option, ''], {folder}), {
				code: 2, out: '', err: `error STX0001 ${option} is empty\nhint: give it a value, or leave ${option} out; a variable of your shell may be empty\n`,
			});
		});
	});
}

test('a setting that may say nothing takes an empty option', async t => {
	await withTemporaryFolder('empty-options', async folder => {
		t.is((await runCli(['config', 'show', '--prefix', '', '--no_proxy', ''], {folder})).code, 0);
	});
});
