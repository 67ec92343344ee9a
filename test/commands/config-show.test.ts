import {mkdir, writeFile} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {withTemporaryFolder} from '../../src/system/index.js';
import {runCli} from '../_helpers/run-cli.js';

test('each setting has its value and where it came from', async t => {
	await withTemporaryFolder('test', async folder => {
		await mkdir(path.join(folder, 'build-config'));
		await writeFile(path.join(folder, 'build-config/stx-build.ini'), '[images]\nuser = starlingx\n');
		const {code, out, err} = await runCli(['config', 'show', '--jobs', '7', '--json'], {folder, environment: {MY_WORKSPACE: '/big/ws', https_proxy: 'http://me:secret@proxy:3128'}});
		t.is(code, 0, err);
		const rows = new Map((JSON.parse(out) as ReadonlyArray<{name: string; value: unknown; from: string}>).map(row => [row.name, row]));
		t.like(rows.get('user'), {value: 'starlingx', from: `${folder}/build-config/stx-build.ini:2`});
		t.like(rows.get('jobs'), {value: 7, from: '--jobs'});
		t.like(rows.get('workspace'), {value: '/big/ws', from: '$MY_WORKSPACE'});
		t.like(rows.get('index'), {value: 'https://pypi.org/simple', from: 'default'});
		t.like(rows.get('https-proxy'), {value: 'http://***@proxy:3128'});
		t.false(out.includes('secret'));
	});
});

test('for people it is a table', async t => {
	await withTemporaryFolder('test', async folder => {
		const {code, out} = await runCli(['config', 'show'], {folder});
		t.is(code, 0);
		t.regex(out, /^codename +trixie +default$/m);
	});
});

test('all that is wrong with the settings is told at once, with file and line, and the exit code is 2', async t => {
	await withTemporaryFolder('test', async folder => {
		await mkdir(path.join(folder, 'build-config'));
		await writeFile(path.join(folder, 'build-config/stx-build.ini'), '[images]\nusr = x\n[run]\njobs = many\nstray\nmemory = "8\n');
		const {code, out, err} = await runCli(['config', 'show', '--ca-bundle', '/nonexistent.pem'], {folder});
		t.is(code, 2);
		t.is(out, '');
		t.regex(err, /STX0102 .*`usr`/);
		t.regex(err, /stx-build\.ini:2/);
		t.regex(err, /STX0104 .*`jobs`/);
		t.regex(err, /stx-build\.ini:4/);
		t.regex(err, /STX0101 [^\n]*\n[^\n]*stx-build\.ini:5/);
		t.is(err.match(/stx-build\.ini:6/g)?.length, 1, err);
	});
});

test('messages name settings as files do', async t => {
	await withTemporaryFolder('test', async folder => {
		await mkdir(path.join(folder, 'build-config'));
		await writeFile(path.join(folder, 'build-config/stx-build.ini'), 'jobs = 2\n[run]\nretry-delay = -1\n');
		const {err} = await runCli(['config', 'show', '--http-proxy', 'proxy', '--os-label', '.x'], {folder});
		t.regex(err, /STX0102 `jobs` stands before the first section\n/v);
		t.regex(err, /STX0104 `retry-delay` cannot be `-1`/v);
		t.regex(err, /STX0104 `http-proxy` cannot be `proxy` \(from --http_proxy\)/v);
		t.regex(err, /STX0104 `os-label` cannot be `\.x`/v);
	});
});

test('a settings file that is a folder is told, with what to do', async t => {
	await withTemporaryFolder('test', async folder => {
		await mkdir(path.join(folder, 'build-config/stx-build.ini'), {recursive: true});
		const {code, err} = await runCli(['config', 'show'], {folder});
		t.is(code, 2);
		t.regex(err, /STX0903 .* is a folder, and a file is wanted\n.*stx-build\.ini\nhint: /v);
	});
});

test('a folder of one\'s own that is not there is no reason to take ours in silence', async t => {
	const {code, err} = await runCli(['config', 'show', '--config', '/nowhere/at/all'], {folder: '/'});
	t.is(code, 2);
	t.regex(err, /STX0104 there is no folder `\/nowhere\/at\/all` \(from --config\)/);
});

test('a checkout of StarlingX that is not there is no reason to take ours in silence, however it was given', async t => {
	await withTemporaryFolder('test', async folder => {
		await writeFile(path.join(folder, 'file'), '');
		await mkdir(path.join(folder, 'build-config'));
		await mkdir(path.join(folder, 'sibling'));
		const refused = async (argv: readonly string[], environment: Readonly<Record<string, string>>): Promise<string> => {
			const {code, out, err} = await runCli(argv, {folder, environment});
			t.is(code, 2, err);
			t.is(out, '');
			return err;
		};

		t.regex(await refused(['wheels', 'lint'], {MY_REPO: path.join(folder, 'siblign')}), /STX0104 there is no folder `.*\/siblign` \(from \$MY_REPO\)/);
		t.regex(await refused(['images', '--dry-run', '--my-repo', 'file'], {}), /STX0104 there is no folder `.*\/file` \(from --my-repo\)/);
		await writeFile(path.join(folder, 'build-config/stx-build.ini'), '[run]\nrepo = ../nowhere\n');
		t.regex(await refused(['config', 'show'], {}), /STX0104 there is no folder `.*nowhere` \(from .*stx-build\.ini:2\)/);
	});
});

test('no password is shown, however it is written', async t => {
	await withTemporaryFolder('test', async folder => {
		for (const [option, value, shown, code] of [
			['--http_proxy', 'bob:secret@proxy:3128', '`***@proxy:3128`', 2],
			['--http_proxy', 'bob:sec/ret@proxy:3128', '`***@proxy:3128`', 2],
			['--https_proxy', 'http://bob:123/secret@proxy', 'http://***@proxy', 0],
			['--https_proxy', 'http://bob:sec#ret@proxy', '`http://***@proxy`', 2],
			['--https_proxy', 'http://bob:sec ret@proxy', 'http://***@proxy', 0],
			['--index', 'https://bob:sec ret@pypi/simple', 'https://***@pypi/simple', 0],
			['--registry', 'bob:secret@host', '`***@host`', 2],
			['--loci', 'git@bob:secret@host/x', '`git@***@host/x`', 2],
		] as const) {
			const result = await runCli(['config', 'show', option, value], {folder});
			const said = `${result.out}${result.err}`;
			t.is(result.code, code, said);
			t.true(said.includes(shown), said);
			t.notRegex(said, /secret|sec[ \/#]ret|bob/v);
		}
	});
});
