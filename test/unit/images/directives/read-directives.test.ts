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

const verified = (label: string, path: string): string => `${ini(label)}[verify]\nwsgi = demo:application\nrequest = GET ${path}\n`;
const checks = (label: string, path: string): string => `[image]\nLABEL = ${label}\n[verify]\nstart = serve\nrequest = GET ${path}\n`;

test('a directive file is verified as the ini file with its label and builder says, the user\'s before the package\'s', async t => {
	await inFolder({
		'own/build-config/images/mine.ini': verified('stx-b', '/own'),
		'package/build-config/images/a.ini': verified('stx-a', '/package'),
		'package/build-config/images/b.ini': verified('stx-b', '/package'),
		'package/build-config/images/c.ini': verified('stx-c', '/package').replace('BUILDER = loci', 'BUILDER = docker').replaceAll(/PROJECT.*\n/g, ''),
		'package/build-config/images/d.ini': ini('stx-d'),
		'found/a.stable_docker_image': directive('stx-a'),
		'found/c.stable_docker_image': directive('stx-c'),
		'found/d.stable_docker_image': directive('stx-d'),
		'named/b.stable_docker_image': directive('stx-b'),
	}, async folder => {
		const file = (name: string): string => path.join(folder, name);
		const roots = [file('own'), file('package')];
		const directives = await readDirectives({roots}, [file('named/b.stable_docker_image')], ['a', 'c', 'd'].map(name => file(`found/${name}.stable_docker_image`)));
		t.deepEqual(directives.map(({label, verify: {service}, verifyFile}) => [label, service?.path, verifyFile && path.relative(folder, verifyFile)]), [
			['stx-a', '/package', 'package/build-config/images/a.ini'],
			['stx-c', undefined, undefined],
			['stx-d', undefined, undefined],
			['stx-b', '/own', 'own/build-config/images/mine.ini'],
		]);
	});
});

test('a file with a label and [verify] alone changes how an image is verified, or turns it off, and hides none', async t => {
	await inFolder({
		'own/build-config/images/a.ini': checks('stx-a', '/other'),
		'own/build-config/images/b.ini': '[image]\nLABEL = stx-b\n[verify]\n',
		'own/build-config/images/nobody.ini': checks('stx-nobody', '/'),
		'package/build-config/images/a.ini': verified('stx-a', '/package'),
		'package/build-config/images/b.ini': verified('stx-b', '/package'),
		'package/build-config/images/c.ini': verified('stx-c', '/package'),
		'found/b.stable_docker_image': directive('stx-b'),
	}, async folder => {
		const file = (name: string): string => path.join(folder, name);
		const directives = await readDirectives({roots: [file('own'), file('package')]}, [], [file('found/b.stable_docker_image')]);
		t.deepEqual(directives.map(({file: of, verify: {service}, verifyFile}) => [path.relative(folder, of), service?.path, path.relative(folder, verifyFile!)]), [
			['package/build-config/images/a.ini', '/other', 'own/build-config/images/a.ini'],
			['package/build-config/images/c.ini', '/package', 'package/build-config/images/c.ini'],
			['found/b.stable_docker_image', undefined, 'own/build-config/images/b.ini'],
		]);
	});
});

test('two files of one folder cannot both say how an image is verified', async t => {
	await inFolder({'build-config/images/a.ini': checks('stx-a', '/a'), 'build-config/images/b.ini': checks('stx-a', '/b')}, async folder => {
		const error = await t.throwsAsync(readDirectives({roots: [folder]}), {instanceOf: BuildError, code: 'STX0605', message: 'two files say how `stx-a` is verified'});
		t.deepEqual(error.at, ['a', 'b'].map(name => ({file: path.join(folder, `build-config/images/${name}.ini`)})));
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

test('showing files tells raw and value, or what is wrong', async t => {
	await inFolder({
		x_docker_image: 'LABEL=a\nPIP_PACKAGES="a \\\n  b"\n', bad_docker_image: 'LABEL=a\nPROJECT=`id`\nX=$Y\n', twice_docker_image: 'LABEL=a\nLABEL=b\n', empty_docker_image: '', 'a.ini': ini('a'),
	}, async folder => {
		const file = (name: string): string => path.join(folder, name);
		const all = await showDirectives([file('x_docker_image'), file('bad_docker_image'), file('twice_docker_image'), file('empty_docker_image'), file('missing')]);
		t.deepEqual(all.map(shown => 'keys' in shown ? shown.keys : [shown.error, ...shown.error.problems].map(({code}) => code)), [
			{LABEL: {raw: 'a', value: 'a'}, PIP_PACKAGES: {raw: 'a   b', value: 'a b'}},
			['STX0002', 'STX0601', 'STX0601'],
			['STX0603'],
			{},
			['STX0903'],
		]);
		const [shown] = await showDirectives([file('a.ini')]);
		t.deepEqual('keys' in shown! && shown.keys.PROJECT, {raw: 'infra', value: 'infra'});
	});
});
