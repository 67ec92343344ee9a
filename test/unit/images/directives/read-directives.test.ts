import {
	mkdir, mkdtemp, rm, writeFile,
} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {BuildError} from '../../../../src/errors.js';
import {
	imageRoots, planImages, readDialect, readDirectives, showDirectives,
} from '../../../../src/images/index.js';
import {requestOf} from '../../../_helpers/image-inputs.js';

const packageFolder = path.resolve(import.meta.dirname, '../../..');

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

test('the images that come with stx-build can all be planned', async t => {
	const folders = {roots: [packageFolder]};
	const [directives, dialect] = await Promise.all([readDirectives(folders), readDialect(folders, 'builtin')]);
	t.deepEqual(directives.map(({label}) => label), ['stx-glance', 'stx-keystone', 'stx-openstackclients', 'stx-placement']);
	for (const one of directives) {
		t.true(imageRoots(one, dialect).requirements.includes('pip'));
	}

	t.is(planImages(requestOf({directives, dialect})).length, 16);
	t.deepEqual(dialect.files.map(({name}) => name), ['Dockerfile', 'bindep.txt', 'install.sh', 'pydep.txt', 'select_packages.py', 'toolchain.txt']);
	t.deepEqual(directives.filter(({verify}) => verify.service).map(({label}) => label), ['stx-glance', 'stx-keystone', 'stx-placement']);
});

test('own images come before those of the package, and files beside them', async t => {
	await inFolder({
		'own/build-config/images/a.ini': ini('mine'), 'package/build-config/images/a.ini': ini('theirs'), 'package/build-config/images/b.ini': ini('b'), c_docker_image: directive('c'),
	}, async folder => {
		const roots = [path.join(folder, 'own'), path.join(folder, 'package')];
		const directives = await readDirectives({roots}, [path.join(folder, 'c_docker_image'), path.join(folder, 'package/build-config/images/b.ini')]);
		t.deepEqual(directives.map(({label}) => label), ['mine', 'b', 'c']);
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
			{file: file('missing'), error: {code: 'STX0903', message: `\`${file('missing')}\` does not exist`, line: undefined}},
		]);
		const [shown] = await showDirectives([file('a.ini')]);
		t.deepEqual('keys' in shown! && shown.keys.PROJECT, {raw: 'infra', value: 'infra'});
	});
});

test('the dialects of LOCI itself are refused, and a folder without a dialect', async t => {
	await t.throwsAsync(readDialect({roots: [packageFolder]}, 'pinned'), {instanceOf: BuildError, code: 'STX0607'});
	await inFolder({}, async folder => {
		await t.throwsAsync(readDialect({roots: [folder]}, 'builtin'), {instanceOf: BuildError, code: 'STX0608'});
	});
});
