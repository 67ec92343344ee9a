/** bin/build: a folder is all of a build or what was there before, since bin/setup and bin/stx-build look at main.js alone. */
import {
	mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile,
} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import test, {type ExecutionContext} from 'ava';
import {execa} from 'execa';

const build = fileURLToPath(new URL('../../bin/build', import.meta.url));

/** A folder with a program in two files, and the folder of an earlier build, of which one file is none of the new build's. */
async function makePlace(t: ExecutionContext): Promise<{readonly root: string; readonly entry: string; readonly built: string}> {
	const root = await realpath(await mkdtemp(path.join(tmpdir(), 'stx-build-build-test-')));
	t.teardown(async () => rm(root, {recursive: true, force: true}));
	const [entry, built] = [path.join(root, 'main.js'), path.join(root, 'built')];
	await writeFile(entry, 'const {told} = await import(\'./part.js\');\nconsole.log(told);\n');
	await writeFile(path.join(root, 'part.js'), 'export const told = \'new\';\n');
	await mkdir(built);
	await writeFile(path.join(built, 'main.js'), 'console.log(\'old\');\n');
	await writeFile(path.join(built, 'old-part.js'), '');
	return {root, entry, built};
}

const sources = ['built', 'main.js', 'part.js'];

test('what was there is replaced as a whole', async t => {
	const {root, entry, built} = await makePlace(t);
	await execa(build, [built, entry]);
	t.is((await execa('node', [path.join(built, 'main.js')])).stdout, 'new');
	const files = await readdir(built);
	t.is(files.length, 3, files.join(' '));
	t.true(files.includes('licenses.txt'));
	t.deepEqual((await readdir(root)).toSorted(), sources);
});

test('a build that cannot be written leaves what was there, and nothing of its own', async t => {
	const {root, entry, built} = await makePlace(t);
	const {exitCode, stderr} = await execa('sh', ['-c', 'ulimit -f 0; exec "$@"', 'sh', build, built, entry], {reject: false});
	t.is(exitCode, 1);
	t.regex(stderr, /EFBIG/v);
	t.deepEqual((await readdir(built)).toSorted(), ['main.js', 'old-part.js']);
	t.regex(await readFile(path.join(built, 'main.js'), 'utf8'), /old/v);
	t.deepEqual((await readdir(root)).toSorted(), sources);
});

test('builds at once into one folder all succeed, and it is whole', async t => {
	const {root, entry, built} = await makePlace(t);
	await Promise.all(Array.from({length: 4}, async () => execa(build, [built, entry])));
	t.is((await execa('node', [path.join(built, 'main.js')])).stdout, 'new');
	t.is((await readdir(built)).length, 3);
	t.deepEqual((await readdir(root)).toSorted(), sources);
});
