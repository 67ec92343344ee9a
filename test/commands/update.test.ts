import {
	mkdtemp, rm, stat, writeFile,
} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {fakeEffects} from '../_helpers/fake-effects.js';
import {startOciRegistry} from '../_helpers/oci-registry.js';
import {runCli} from '../_helpers/run-cli.js';

async function createWorld(t: ExecutionContext) {
	const folder = await mkdtemp(path.join(tmpdir(), 'stx-build-update-'));
	t.teardown(async () => rm(folder, {recursive: true, force: true}));
	const server = await startOciRegistry(t);
	const {digest} = server.addImage('starlingx/stx-nova', 'stable.0');
	await writeFile(path.join(folder, 'fix.sh'), 'true\n');
	await writeFile(path.join(folder, 'fix.update'), `FROM=${server.host}/starlingx/stx-nova:stable.0\nCUSTOMIZATION_SCRIPT=fix.sh\n`);
	return {
		folder, server, digest,
		update: async (...words: readonly string[]) => runCli(['update', ...words], {folder, effects: async () => fakeEffects()}),
	};
}

test('a dry run tells the new name and the steps, and writes nothing', async t => {
	const {folder, server, digest, update} = await createWorld(t);
	const result = await update('--file', 'fix.update', '--dry-run', '--push', '--json');
	t.is(result.code, 0, result.err);
	const document = JSON.parse(result.out) as {from: string; reference: string; steps: Array<{id: string; kind: string; inputs: unknown}>};
	t.is(document.reference, `${server.host}/starlingx/stx-nova:stable.1`);
	t.deepEqual(document.steps.map(({id}) => id), ['update:from', 'image:stx-nova', 'verify:stx-nova', 'tag:stx-nova', 'record:stx-nova', 'push:stx-nova']);
	t.like(document.steps[0]!.inputs, {digest});
	await t.throwsAsync(stat(path.join(folder, 'workspace')), {code: 'ENOENT'});
});

test('options count before what the file says', async t => {
	const {server, update} = await createWorld(t);
	server.addImage('starlingx/stx-fm', 'x.3');
	const {out} = await update('--file', 'fix.update', '--from', `${server.host}/starlingx/stx-fm:x.3`, '--version', '9', '--registry', 'r.example.com', '--user', 'me', '-n');
	t.is(out.split('\n')[0], `${server.host}/starlingx/stx-fm:x.3 -> r.example.com/me/stx-fm:x.9`);
});

test('W71: --version is taken, and what cannot be named is told before anything is started', async t => {
	const {server, update} = await createWorld(t);
	for (const [words, code, message] of [
		[['--from', 'u/a:stable', '--customize', 'fix.sh'], 'STX0642', /does not end in the number[\s\S]*--version 1/v],
		[['--file', 'fix.update', '--version', '0.1'], 'STX0001', /--version cannot be/v],
		[['--customize', 'fix.sh'], 'STX0642', /not named/v],
		[['--from', `${server.host}/starlingx/stx-nova:stable.0`], 'STX0642', /changes nothing/v],
		[['--file', 'fix.update', '--clean'], 'STX0001', /add --push/v],
		[['--file', 'fix.update', '--update-id', '../x'], 'STX0001', /--update-id/v],
		[['--file', 'fix.update', '--module-src', 'nothing'], 'STX0406', /nothing/v],
	] as const) {
		const result = await update(...words, '--dry-run');
		t.is(result.code, 2, result.err + result.out);
		t.true(result.err.includes(code), result.err);
		t.regex(result.err, message);
	}
});

test('an image that nobody has is told', async t => {
	const {server, update} = await createWorld(t);
	const result = await update('--from', `${server.host}/starlingx/stx-nova:other.0`, '--customize', 'fix.sh', '--dry-run');
	t.is(result.code, 1);
	t.regex(result.err, /STX0725/);
});

test('all that is wrong with an update is told at once', async t => {
	const {server, folder, update} = await createWorld(t);
	const result = await update('--from', `${server.host}/starlingx/stx-nova:stable`, '--wheel', 'a.whl', '--pkg', 'a.deb', '--module-src', 'nothing', '--module-src', '|1', '--customize', 'no.sh', '--dry-run');
	t.is(result.code, 2);
	for (const what of [/does not end in the number/, /no file `[^`]*a\.whl`/, /no file `[^`]*a\.deb`/, /no file `[^`]*no\.sh`/, /folder `[^`]*nothing` cannot be read/, /does not say where a module is/]) {
		t.regex(result.err, what);
	}

	t.true(result.err.includes(`\n  at ${path.join(folder, 'nothing')}\n  because ENOENT`), result.err);
	await writeFile(path.join(folder, 'modules.update'), `FROM=${server.host}/starlingx/stx-nova:stable.0\nMODULE_SRC=.\n`);
	const empty = await update('--file', 'modules.update', '--dry-run');
	t.true(empty.err.includes(`neither pyproject.toml nor setup.py\n  at ${path.join(folder, 'modules.update')}:2\nhint: name the folder of a Python project\n`), empty.err);
});
