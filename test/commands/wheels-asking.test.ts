/** The commands that only look: wheels list, wheels diff, wheels init. */
import {
	mkdir, readFile, symlink, writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import {createRunner, runChecked, withTemporaryFolder} from '../../src/system/index.js';
import {formatLock} from '../../src/wheels/lock/format-lock.js';
import type {Lock} from '../../src/wheels/index.js';
import {fakeEffects} from '../_helpers/fake-effects.js';
import {
	fileOf, lockedOf, lockOf, wheelIn,
} from '../_helpers/locks.js';
import {needs} from '../_helpers/needs.js';
import {runCli, type CliResult} from '../_helpers/run-cli.js';

const lockName = 'workspace/std/build-wheels-debian-trixie-stable/pylock.debian-trixie-stable.toml';
const keystone = (version: string): Lock => lockOf({roots: {'stx-keystone': ['keystone']}, packages: [wheelIn('keystone', version, 'oslo-config'), wheelIn('oslo-config', '10')]});
const run = createRunner(process.env);

type Place = {
	readonly folder: string;
	write(name: string, text: string): Promise<void>;
	run(...argv: readonly string[]): Promise<CliResult>;
};

async function inPlace(use: (place: Place) => Promise<void>): Promise<void> {
	await withTemporaryFolder('commands', async folder => {
		await use({
			folder,
			async write(name, text) {
				await mkdir(path.dirname(path.join(folder, name)), {recursive: true});
				await writeFile(path.join(folder, name), text);
			},
			run: async (...argv) => runCli(argv, {folder, effects: async () => fakeEffects({run})}),
		});
	});
}

test('wheels list: a table, the same as data, and the choice of an image', async t => {
	await inPlace(async ({run, write}) => {
		await write(lockName, formatLock(keystone('30.0.0')));
		const people = await run('wheels', 'list', '--dialect', 'builtin');
		t.is(people.code, 0, people.err);
		t.is(people.out, `NAME         VERSION  SOURCE  SIZE    NEEDED BY
keystone     30.0.0   wheel   1.0 kB  stx-keystone
oslo-config  10       wheel   1.0 kB  stx-keystone
`);
		t.regex(people.err, /^2 wheels, 0 of them built here; 2\.0 kB to fetch\nnote: the lock is stale, since these are not as they were: the inputs, .*; `stx-build wheels lock` makes it anew\n$/v);
		const data = await run('wheels', 'list', '--dialect', 'builtin', '--service', 'keystone', '--json');
		t.deepEqual(JSON.parse(data.out), [
			{
				name: 'keystone', version: '30.0.0', source: 'wheel', size: 1000, labels: ['stx-keystone'],
			},
			{
				name: 'oslo-config', version: '10', source: 'wheel', size: 1000, labels: ['stx-keystone'],
			},
		]);
		const unknown = await run('wheels', 'list', '--dialect', 'builtin', '--service', 'nova');
		t.is(unknown.code, 2);
		t.regex(unknown.err, /STX0606 the lock knows no image `nova`\nhint: it knows `stx-keystone`\n/v);
		t.regex((await run('wheels', 'list', '--dialect', 'builtin', '--service', 'keystne')).err, /\nhint: did you mean `keystone`\?\n/v);
	});
});

test('wheels list has no column of sizes where nobody says one', async t => {
	await inPlace(async ({run, write}) => {
		await write(lockName, formatLock(lockOf({roots: {'stx-a': ['a']}, packages: [lockedOf('a', '1', {kind: 'wheel', file: fileOf('a-1-py3-none-any.whl')})]})));
		const {out, err} = await run('wheels', 'list', '--dialect', 'builtin');
		t.is(out, 'NAME  VERSION  SOURCE  NEEDED BY\na     1        wheel   stx-a\n');
		t.regex(err, /^1 wheel, 0 of them built here\n/v);
	});
});

test('wheels list without a lock says how to make one', async t => {
	await inPlace(async ({run}) => {
		const {code, err} = await run('wheels', 'list', '--dialect', 'builtin');
		t.is(code, 2);
		t.regex(err, /STX0903 there is no lock yet\n.*pylock\.debian-trixie-stable\.toml\nhint: `stx-build wheels`/v);
	});
});

test('a folder of the workspace that cannot be looked into is not one without a lock', async t => {
	await inPlace(async ({folder, run}) => {
		// As for somebody who may not read it.
		await mkdir(path.join(folder, 'workspace'));
		await symlink('std', path.join(folder, 'workspace/std'));
		for (const argv of [['wheels', 'list'], ['wheels', 'why', 'keystone'], ['why', 'keystone'], ['wheels', 'diff', 'a', 'b']]) {
			const {code, out, err} = await run(...argv, '--dialect', 'builtin');
			t.is(code, 2, err);
			t.is(out, '');
			t.regex(err, /STX0903 (?!there is no lock)/v, argv.join(' '));
		}
	});
});

test('wheels diff in a workspace without wheels does not say that git is missing', async t => {
	await inPlace(async ({run}) => {
		const {code, err} = await run('wheels', 'diff', 'HEAD~1', 'HEAD');
		t.is(code, 2);
		t.regex(err, /^ {2}because STX0902 `git` could not be run: there is no folder `[^`]*build-wheels-debian-trixie-stable` to run it in$/mv);
	});
});

test('wheels diff: two files, and one with the lock of the workspace', async t => {
	await inPlace(async ({run, write}) => {
		await write('old.toml', formatLock(keystone('29.0.0')));
		await write('new.toml', formatLock(keystone('30.0.0')));
		await write(lockName, formatLock(keystone('30.1.0')));
		const two = await run('wheels', 'diff', 'old.toml', 'new.toml');
		t.is(two.code, 0, two.err);
		t.is(two.out, 'changed (1)\n  keystone  29.0.0 -> 30.0.0\n');
		t.is((await run('wheels', 'diff', 'new.toml')).out, 'changed (1)\n  keystone  30.0.0 -> 30.1.0\n');
		t.is((await run('wheels', 'diff', 'old.toml', 'old.toml')).out, 'the locks hold the same\n');
		t.like(JSON.parse((await run('wheels', 'diff', 'old.toml', 'new.toml', '--json')).out), {added: [], changed: [{name: 'keystone', changes: {version: {old: '29.0.0', new: '30.0.0'}}}]});
		await write('other.toml', 'x = 1\n');
		t.regex((await run('wheels', 'diff', 'other.toml')).err, /STX0408/v);
	});
});

test('wheels diff: revisions of the repository that the lock is kept in', async t => {
	if (!needs(t, 'git')) {
		return;
	}

	await inPlace(async ({folder, run: runStxBuild, write}) => {
		const git = async (...argv: readonly string[]) => runChecked(run, {argv: ['git', '-c', 'user.name=t', '-c', 'user.email=t@example.com', ...argv], cwd: folder});
		await git('init', '--quiet');
		for (const version of ['29.0.0', '30.0.0']) {
			await write(lockName, formatLock(keystone(version)));
			await git('add', '--force', '.');
			await git('commit', '--quiet', '--message', version);
		}

		await write(lockName, formatLock(keystone('30.1.0')));
		t.is((await runStxBuild('wheels', 'diff', 'HEAD')).out, 'changed (1)\n  keystone  30.0.0 -> 30.1.0\n');
		t.is((await runStxBuild('wheels', 'diff', 'HEAD~1', 'HEAD')).out, 'changed (1)\n  keystone  29.0.0 -> 30.0.0\n');
		t.is((await runStxBuild('wheels', 'diff', `HEAD:${lockName}`, `HEAD~1:${lockName}`)).out, 'changed (1)\n  keystone  30.0.0 -> 29.0.0\n');
		const unknown = await runStxBuild('wheels', 'diff', '--json', 'nowhere');
		t.is(unknown.code, 2);
		t.regex(unknown.err, /STX0903 there is no file `nowhere`, and no revision of that name/v);
		t.true(unknown.err.includes(`\n  at ${path.join(folder, lockName)}\n`), 'the lock whose revision was asked for');
	});
});

test('wheels init: the list on standard output, what was dropped on standard error', async t => {
	await inPlace(async ({folder, run, write}) => {
		await write('wheels/debian-trixie/openstack.cfg', 'STABLE_OPENSTACK_REQ_URL=requirements\n');
		await write('wheels/debian-trixie/requirements/upper-constraints.txt', 'same===1.0\nother===2.0\n');
		await write('wheels/debian-trixie/requirements/global-requirements.txt', '');
		const line = (name: string) => `${name}-1.0-py3-none-any.whl|tar|https://files.pythonhosted.org/packages/0/${name}-1.0.tar.gz|${name}-1.0`;
		const bad = line('bad').replace('|tar|', '|bzip|');
		await write('their.cfg', `# head\n${line('same')}\n${line('other')}\n${line('extra')}\n${bad}\n`);
		const {code, out, err} = await run('wheels', 'init', '--from', 'their.cfg');
		t.is(code, 0, err);
		t.is(out, `# head\n${line('other')}\n${line('extra')}\n${bad}\n`);
		t.regex(err, /^dropped line 2: same-1\.0-py3-none-any\.whl\nkept line 5, which is wrong: `bzip` is not a type of a wheel list\n/v);
		t.regex(err, /\n1 of 4 lines repeat the constraints and are dropped; 1 have a version of their own, 1 are named by no constraint, 0 come from elsewhere, 1 are wrong\n$/v);

		const written = await run('wheels', 'init', '--from', 'their.cfg', '--output', 'ours/wheels.cfg');
		t.is(written.code, 0, written.err);
		t.is(written.out, '');
		t.is(await readFile(path.join(folder, 'ours/wheels.cfg'), 'utf8'), out);
		const again = await run('wheels', 'init', '--from', 'their.cfg', '--output', 'ours/wheels.cfg');
		t.regex(again.err, /STX0904 .*is there already/v);

		t.like(JSON.parse((await run('wheels', 'init', '--from', 'their.cfg', '--json')).out), {
			dropped: [{name: 'same', line: 2}], kept: [{name: 'other', because: 'version', constraint: 'other===2.0'}, {name: 'extra', because: 'extra', constraint: null}], wrong: [{line: 5, code: 'STX0401'}],
		});
	});
});
