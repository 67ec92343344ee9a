import {
	mkdir, mkdtemp, rm, writeFile,
} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {BuildError} from '../../../../src/errors.js';
import {gatherDirectives, readDirectives, showDirectives} from '../../../../src/images/index.js';

async function inFolder(files: Readonly<Record<string, string>>, use: (folder: string) => Promise<void>): Promise<void> {
	const folder = await mkdtemp(path.join(tmpdir(), 'stx-build-directives-'));
	try {
		for (const [name, text] of Object.entries(files)) {
			await mkdir(path.dirname(path.join(folder, name)), {recursive: true});
			await writeFile(path.join(folder, name), text);
		}

		await use(folder);
	} finally {
		await rm(folder, {recursive: true, force: true});
	}
}

const ini = (label: string): string => `[image]\nBUILDER = loci\nLABEL = ${label}\nPROJECT = infra\nPROJECT_REPO = nil\n`;
const directive = (label: string): string => `BUILDER=loci\nLABEL=${label}\nPROJECT=infra\nPROJECT_REPO=nil\n`;

test('own images come before those of the package, and files beside them', async t => {
	await inFolder({
		'own/build-config/images/a.ini': ini('mine'), 'package/build-config/images/a.ini': ini('theirs'), 'package/build-config/images/b.ini': ini('b'), c_docker_image: directive('c'),
	}, async folder => {
		const roots = [path.join(folder, 'own'), path.join(folder, 'package')];
		const directives = await readDirectives({roots}, [path.join(folder, 'c_docker_image'), path.join(folder, 'package/build-config/images/b.ini')]);
		t.deepEqual(directives.map(({label}) => label), ['mine', 'b', 'c']);
	});
});

test('of several with one label the named one counts, else the user\'s, else StarlingX\'s, else the package\'s', async t => {
	await inFolder({
		'own/build-config/images/mine.ini': ini('stx-a'),
		'package/build-config/images/a.ini': ini('stx-a'),
		'package/build-config/images/b.ini': ini('stx-b'),
		'package/build-config/images/c.ini': ini('stx-c'),
		'found/a.stable_docker_image': directive('stx-a'),
		'found/b.stable_docker_image': directive('stx-b'),
		'found/d.stable_docker_image': directive('stx-d'),
		'named/d.stable_docker_image': directive('stx-d'),
	}, async folder => {
		const file = (name: string): string => path.join(folder, name);
		const roots = [file('own'), file('package')];
		const found = ['a', 'b', 'd'].map(name => file(`found/${name}.stable_docker_image`));
		const directives = await readDirectives({roots}, [file('named/d.stable_docker_image')], found);
		t.deepEqual(directives.map(({label, file: of}) => [label, path.relative(folder, of)]), [
			['stx-c', 'package/build-config/images/c.ini'],
			['stx-a', 'own/build-config/images/mine.ini'],
			['stx-b', 'found/b.stable_docker_image'],
			['stx-d', 'named/d.stable_docker_image'],
		]);
	});
});

test('two of one standing with one label are an error, though another counts before them', async t => {
	await inFolder({
		'found/a.stable_docker_image': directive('stx-a'), 'found/again.stable_docker_image': directive('stx-a'), 'package/build-config/images/a.ini': ini('stx-a'),
	}, async folder => {
		const found = ['a', 'again'].map(name => path.join(folder, `found/${name}.stable_docker_image`));
		const error = await t.throwsAsync(readDirectives({roots: [path.join(folder, 'package')]}, [], found), {instanceOf: BuildError, code: 'STX0605'});
		t.deepEqual(error.at, found.map(file => ({file, line: 2})));
		const {directives, problems} = await gatherDirectives({roots: [path.join(folder, 'package')]}, [], found);
		t.is(directives.length, 2);
		t.is(problems.length, 1);
	});
});

test('all errors of all files are told at once', async t => {
	await inFolder({
		'build-config/images/a.ini': ini('a').replace('loci', 'x'), b_docker_image: 'LABEL=$X\n', c_docker_image: directive('c'), d_docker_image: directive('c'),
	}, async folder => {
		const file = (name: string): string => path.join(folder, name);
		const error = await t.throwsAsync(readDirectives({roots: [folder]}, [file('b_docker_image'), file('c_docker_image'), file('d_docker_image'), file('missing')]), {instanceOf: BuildError, code: 'STX0002'});
		t.deepEqual(error.problems.map(({code}) => code), ['STX0604', 'STX0601', 'STX0903', 'STX0605']);
		t.deepEqual(error.problems.at(-1)?.at, [{file: file('c_docker_image'), line: 2}, {file: file('d_docker_image'), line: 2}]);
		t.is(error.exitCode, 2);
	});
});

test('showing files tells raw and value, or the first error', async t => {
	await inFolder({
		x_docker_image: 'LABEL=a\nPIP_PACKAGES="a \\\n  b"\n', bad_docker_image: 'LABEL=a\nPROJECT=`id`\nX=$Y\n', twice_docker_image: 'LABEL=a\nLABEL=b\n', empty_docker_image: '', 'a.ini': ini('a'),
	}, async folder => {
		const file = (name: string): string => path.join(folder, name);
		t.deepEqual(await showDirectives([file('x_docker_image'), file('bad_docker_image'), file('twice_docker_image'), file('empty_docker_image'), file('missing')]), [
			{file: file('x_docker_image'), keys: {LABEL: {raw: 'a', value: 'a'}, PIP_PACKAGES: {raw: 'a   b', value: 'a b'}}},
			{
				file: file('bad_docker_image'), error: {
					code: 'STX0601', message: 'a command in back quotes', line: 2, hint: 'directive files are not run: write the value itself, or put it in single quotes if the characters are meant as they are',
				},
			},
			{
				file: file('twice_docker_image'), error: {
					code: 'STX0603', message: '`LABEL` is given twice', line: 2, hint: 'keep one of the two assignments; bash would take the last',
				},
			},
			{file: file('empty_docker_image'), keys: {}},
			{
				file: file('missing'), error: {
					code: 'STX0903', message: '`missing` does not exist', line: undefined, hint: 'correct its name, or make it',
				},
			},
		]);
		const [shown] = await showDirectives([file('a.ini')]);
		t.deepEqual('keys' in shown! && shown.keys.PROJECT, {raw: 'infra', value: 'infra'});
	});
});
