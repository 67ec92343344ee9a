/** bin/stx-build: which code it runs in a checkout and in a package. */
import {execFile} from 'node:child_process';
import {
	cp, mkdir, mkdtemp, readFile, realpath, rm, stat, symlink, utimes, writeFile,
} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import test, {type ExecutionContext} from 'ava';

const project = fileURLToPath(new URL('../..', import.meta.url));
const execute = promisify(execFile);

type Part = 'dist' | 'src' | 'node_modules';

/** A checkout with only what is named; what is in src/ and dist/ says its own name and its arguments. */
async function makeCheckout(t: ExecutionContext, parts: Readonly<Partial<Record<Part, Date>>>): Promise<string> {
	const root = await realpath(await mkdtemp(path.join(tmpdir(), 'stx-build-launcher-')));
	t.teardown(async () => rm(root, {recursive: true, force: true}));
	await cp(path.join(project, 'bin', 'stx-build'), path.join(root, 'bin', 'stx-build'));
	await writeFile(path.join(root, 'package.json'), '{"type": "module"}');
	for (const [folder, extension] of [['dist', 'js'], ['src', 'ts']] as const) {
		const time = parts[folder];
		if (time) {
			await mkdir(path.join(root, folder, 'inner'), {recursive: true});
			const files = [path.join(root, folder, `main.${extension}`), path.join(root, folder, 'inner', `part.${extension}`)];
			for (const file of files) {
				await writeFile(file, `console.log('${folder}', ...process.argv.slice(2));`);
			}

			for (const file of [...files, path.join(root, folder, 'inner'), path.join(root, folder)]) {
				await utimes(file, time, time);
			}
		}
	}

	if (parts.node_modules) {
		await symlink(path.join(project, 'node_modules'), path.join(root, 'node_modules'));
	}

	return root;
}

const older = new Date(2020, 1, 1);
const newer = new Date(2020, 1, 2);

test('a package runs what was built', async t => {
	const root = await makeCheckout(t, {dist: newer});
	const {stdout} = await execute(path.join(root, 'bin', 'stx-build'), ['images', '--only', 'a b']);
	t.is(stdout, 'dist images --only a b\n');
});

test('links are followed, as npm makes them', async t => {
	const root = await makeCheckout(t, {dist: newer});
	await symlink(path.join(root, 'bin', 'stx-build'), path.join(root, 'linked'));
	t.is((await execute(path.join(root, 'linked'), [], {cwd: '/'})).stdout, 'dist\n');
});

test('a checkout runs what was built while that is newer than the sources', async t => {
	const root = await makeCheckout(t, {src: older, dist: newer, node_modules: newer});
	t.is((await execute(path.join(root, 'bin', 'stx-build'))).stdout, 'dist\n');
});

test('a checkout with newer sources runs those', async t => {
	const root = await makeCheckout(t, {src: newer, dist: older, node_modules: newer});
	t.is((await execute(path.join(root, 'bin', 'stx-build'), ['--help'])).stdout, 'src --help\n');
});

test('one newer file below src/ is enough', async t => {
	const root = await makeCheckout(t, {src: older, dist: newer, node_modules: newer});
	await utimes(path.join(root, 'src', 'inner', 'part.ts'), new Date(2020, 1, 3), new Date(2020, 1, 3));
	t.is((await execute(path.join(root, 'bin', 'stx-build'))).stdout, 'src\n');
});

test('a checkout that was not set up says what to do', async t => {
	const root = await makeCheckout(t, {src: newer});
	const error = await t.throwsAsync<Error & {code: number; stdout: string; stderr: string}>(execute(path.join(root, 'bin', 'stx-build'), ['--help']));
	t.is(error.code, 1);
	t.is(error.stdout, '');
	t.is(error.stderr, `error: stx-build is not built\n\nhint: run \`bin/setup\` in ${root}/\n`);
	t.false(error.stderr.includes(process.cwd()));
});

test('a build that is too old, where the sources cannot be run, is not run', async t => {
	const root = await makeCheckout(t, {src: newer, dist: older});
	const error = await t.throwsAsync<Error & {code: number; stderr: string}>(execute(path.join(root, 'bin', 'stx-build')));
	t.is(error.code, 1);
	t.regex(error.stderr, /older than its sources/);
});

test('the launcher is executable and needs nothing but Node', async t => {
	const text = await readFile(path.join(project, 'bin', 'stx-build'), 'utf8');
	t.regex(text, /^#!\/usr\/bin\/env node\n/);
	t.deepEqual([...text.matchAll(/from '([^']+)'/g)].map(([, name]) => name), ['node:fs']);
});

test('what is written can be read by the user of builds, whatever the umask', async t => {
	const folder = await mkdtemp(path.join(tmpdir(), 'stx-build-umask-'));
	t.teardown(async () => rm(folder, {recursive: true, force: true}));
	const list = path.join(folder, 'list.cfg');
	await writeFile(list, '# none\n');
	const line = ['-c', 'umask 077; exec "$0" "$@"', path.join(project, 'bin', 'stx-build'), 'wheels', 'init', '--from', list, '--output', path.join(folder, 'made', 'new.cfg')];
	await execute('sh', line, {cwd: folder});
	t.is((await stat(path.join(folder, 'made', 'new.cfg'))).mode % 0o1000, 0o644);
	t.is((await stat(path.join(folder, 'made'))).mode % 0o1000, 0o755);
});
