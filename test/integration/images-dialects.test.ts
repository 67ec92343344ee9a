/** Dialects from a LOCI in a repository and in a folder, with the real git: what is taken of it, and that it stays as it is. */
import {
	mkdir, readFile,
} from 'node:fs/promises';
import path from 'node:path';
import {text} from 'node:stream/consumers';
import test, {type ExecutionContext} from 'ava';
import {BuildError, throwProblems} from '../../src/errors.js';
import {imageRoots} from '../../src/images/dialects/image-roots.js';
import {imageSources} from '../../src/images/dialects/image-sources.js';
import {planBuildArguments} from '../../src/images/dialects/plan-build-arguments.js';
import {readDialect} from '../../src/images/dialects/read-dialect.js';
import {
	pinSources, readProject, type DialectData, type PinnedSource, type SourceWanted,
} from '../../src/images/index.js';
import {digestOfModule} from '../../src/wheels/inputs/module-tree.js';
import {makeGitWorld, type GitWorld} from '../_helpers/git-world.js';
import {directiveOf} from '../_helpers/image-inputs.js';
import {needs} from '../_helpers/needs.js';
import {packageFolder} from '../_helpers/run-cli.js';
import {smallLoci} from '../_helpers/small-loci.js';

const folders = {roots: [packageFolder]};

type Choice = {readonly dialect: DialectData['name']; readonly loci: string; readonly lociRef?: string | undefined};

/** Reads a dialect as a run does. @returns it, and what of LOCI was pinned */
async function readIn(world: GitWorld, {dialect, loci, lociRef}: Choice, {locked = [], offline = false}: {readonly locked?: readonly PinnedSource[]; readonly offline?: boolean} = {}) {
	const git = world.git({offline});
	const pinned: PinnedSource[] = [];
	const data = await readDialect(folders, {dialect, loci, lociRef}, {
		git,
		store: world.store,
		temporary: path.join(world.folder, 'tmp'),
		async pin(wanted: SourceWanted) {
			const {pinned: found, problems} = await pinSources([wanted], {
				git, locked, frozen: false, note: () => undefined,
			});
			throwProblems(problems);
			pinned.push(...found.values());
			return [...found.values()][0]!;
		},
	});
	return {data, pinned};
}

async function makeWorld(t: ExecutionContext): Promise<GitWorld | undefined> {
	return needs(t, 'git') ? makeGitWorld(t) : undefined;
}

/** The text of a file of a dialect. */
async function contentOf(world: GitWorld, {files}: DialectData, name: string): Promise<string> {
	const {digest, source} = files.find(file => file.name === name)!;
	return source === undefined ? text(world.store.open(digest)) : readFile(source, 'utf8');
}

for (const dialect of ['pinned', 'current'] as const) {
	test(`W63: ${dialect}: from a repository and from a folder, LOCI gives the same files, no more than a build needs, with ours beside them`, async t => {
		const world = await makeWorld(t);
		if (!world) {
			return;
		}

		const {url, commit} = await world.repository('loci', smallLoci[dialect]);
		const {data, pinned} = await readIn(world, {dialect, loci: url, lociRef: 'main'});
		t.deepEqual(pinned, [{url, ref: 'main', commit}]);
		t.is(data.loci?.commit, commit);
		const names = data.files.map(({name}) => name);
		t.true(['Dockerfile', 'build.sh', 'steps.sh', 'toolchain.txt', 'loci/pydep.txt', 'shadow/bindep.txt'].every(name => names.includes(name)));
		t.false(names.some(name => /\.git\b|README|data|dialect\.ini|Dockerfile\.part|loci\/Dockerfile/v.test(name)), 'what no build needs is not there');
		for (const name of names.filter(item => item.startsWith('shadow/scripts/'))) {
			t.true(names.includes(name.replace('shadow/', 'loci/')), `${name} takes the place of a script of LOCI`);
		}

		t.true((await contentOf(world, data, 'shadow/bindep.txt')).startsWith('default-mysql-client '));
		t.true((await contentOf(world, data, 'loci/bindep.txt')).startsWith('mysql-client '));
		t.true(data.arguments.has('PROJECT') && data.arguments.has('DIST_REPOS'));

		const folder = await readIn(world, {dialect, loci: path.join(world.folder, 'loci')});
		t.deepEqual(folder.data.files, data.files);
		t.is(folder.data.loci?.commit, undefined);
	});

	test(`W51: ${dialect}: LOCI's checkout is never modified, and nothing is made beside it`, async t => {
		const world = await makeWorld(t);
		if (!world) {
			return;
		}

		await world.repository('work/loci', smallLoci[dialect]);
		const folder = path.join(world.folder, 'work');
		const before = await digestOfModule(folder);
		await readIn(world, {dialect, loci: path.join(folder, 'loci')});
		t.is(await digestOfModule(folder), before);
		t.is(world.run('work/loci', 'status', '--porcelain'), '');
	});
}

test('W52: a LOCI that cannot be used leaves nothing that the next run stumbles over', async t => {
	const world = await makeWorld(t);
	if (!world) {
		return;
	}

	const {url, commit} = await world.repository('loci', smallLoci.pinned);
	await world.write('loci/Dockerfile', `${smallLoci.pinned.Dockerfile!}USER nobody\n`);
	world.commit('loci');
	for (const lociRef of ['main', 'main']) {
		const error = await t.throwsAsync(readIn(world, {dialect: 'pinned', loci: url, lociRef}), {instanceOf: BuildError, code: 'STX0615'});
		t.regex(JSON.stringify(error.at), /Dockerfile:25/v);
	}

	const {data} = await readIn(world, {dialect: 'pinned', loci: url, lociRef: commit});
	t.is(data.loci?.commit, commit);
});

test('W53: a branch of LOCI that has moved is seen with the next --upgrade, and stays as it is locked before', async t => {
	const world = await makeWorld(t);
	if (!world) {
		return;
	}

	const {url} = await world.repository('loci', smallLoci.pinned);
	const first = await readIn(world, {dialect: 'pinned', loci: url, lociRef: 'main'});
	await world.write('loci/scripts/install.sh', '#!/bin/bash\nset -e\necho mended\n');
	const mended = world.commit('loci');
	const locked = await readIn(world, {dialect: 'pinned', loci: url, lociRef: 'main'}, {locked: first.pinned, offline: true});
	t.deepEqual(locked.data, first.data);
	const upgraded = await readIn(world, {dialect: 'pinned', loci: url, lociRef: 'main'});
	t.is(upgraded.data.loci?.commit, mended);
	t.true((await contentOf(world, upgraded.data, 'loci/scripts/install.sh')).includes('mended'));
});

test('W54: two LOCIs whose addresses end alike do not mix', async t => {
	const world = await makeWorld(t);
	if (!world) {
		return;
	}

	const one = await world.repository('one/loci', smallLoci.pinned);
	const two = await world.repository('two/loci', {...smallLoci.pinned, 'scripts/install.sh': '#!/bin/bash\necho two\n'});
	const [first, second] = [await readIn(world, {dialect: 'pinned', loci: one.url, lociRef: 'main'}), await readIn(world, {dialect: 'pinned', loci: two.url, lociRef: 'main'})];
	t.false((await contentOf(world, first.data, 'loci/scripts/install.sh')).includes('two'));
	t.true((await contentOf(world, second.data, 'loci/scripts/install.sh')).includes('two'));
});

test('where LOCI\'s host cannot be reached, the dialect that needs none is named', async t => {
	const world = await makeWorld(t);
	if (!world) {
		return;
	}

	const error = await t.throwsAsync(readIn(world, {dialect: 'pinned', loci: 'https://git.invalid/openstack/loci'}, {offline: true}), {instanceOf: BuildError, code: 'STX0306'});
	t.regex(error.hint!, /`--dialect builtin` needs no git host/v);
	const {data} = await readIn(world, {dialect: 'builtin', loci: 'https://git.invalid/openstack/loci'}, {offline: true});
	t.is(data.loci, undefined);
});

test('a folder that is no LOCI, and a LOCI without a script that ours takes the place of, are told', async t => {
	const world = await makeWorld(t);
	if (!world) {
		return;
	}

	await mkdir(path.join(world.folder, 'empty'));
	const empty = await t.throwsAsync(readIn(world, {dialect: 'pinned', loci: path.join(world.folder, 'empty')}), {instanceOf: BuildError});
	t.is(empty.message, 'LOCI has no `Dockerfile`');
	const nowhere = await t.throwsAsync(readIn(world, {dialect: 'pinned', loci: path.join(world.folder, 'nowhere')}), {instanceOf: BuildError, code: 'STX0615'});
	t.regex(nowhere.message, /there is no folder `.*nowhere` with LOCI/v);
	const {'scripts/create_user.sh': _, ...less} = smallLoci.pinned;
	await world.repository('less', less);
	const error = await t.throwsAsync(readIn(world, {dialect: 'pinned', loci: path.join(world.folder, 'less')}), {instanceOf: BuildError, code: 'STX0615'});
	t.regex(error.message, /LOCI has no `scripts\/create_user\.sh`, whose place stx-build's own is to take/v);
});

test('the roots and arguments of an image are those of LOCI\'s own tables and Dockerfile, and of the project at its commit', async t => {
	const world = await makeWorld(t);
	if (!world) {
		return;
	}

	const loci = await world.repository('loci', smallLoci.pinned);
	const {data} = await readIn(world, {dialect: 'pinned', loci: loci.url, lociRef: 'main'});
	const demo = await world.repository('demo', {
		'setup.cfg': '[metadata]\nname = openstack-demo\n', 'setup.py': 'import setuptools\nsetuptools.setup(setup_requires=["pbr>=2"], pbr=True)\n', 'requirements.txt': 'oslo.config>=6 # a comment\n',
	});
	world.run('demo', 'tag', '3.1.0');
	await world.write('demo/more.txt', 'more\n');
	const commit = world.commit('demo');
	const directive = directiveOf(`PROJECT=demo\nPROJECT_REPO=${demo.url}\nPROJECT_REF=main\nPIP_PACKAGES=uwsgi\nPROFILES=fluent`, 'stx-demo');
	const [source] = imageSources(directive, data);
	t.is(source?.wanted.ref, 'main');
	const project = await readProject({url: demo.url, ref: 'main', commit}, {locked: undefined, at: {file: 'x'}}, {git: world.git(), store: world.store, temporary: path.join(world.folder, 'tmp')});
	t.like(project, {name: 'openstack-demo', version: '3.1.1.dev1', requires: ['oslo.config>=6']});
	t.deepEqual(imageRoots(directive, data, project).requirements, ['bindep', 'cryptography', 'fluent-logger', 'oslo.config>=6', 'pbr>=2', 'pip', 'setuptools', 'setuptools<81', 'uwsgi', 'wheel']);
	t.like(planBuildArguments(directive, data, project), {
		PROJECT: 'demo', PROJECT_REPO: demo.url, PROJECT_REF: 'main', PROJECT_COMMIT: commit, PROJECT_DISTRIBUTION: 'openstack-demo', PROJECT_VERSION: '3.1.1.dev1', WHEELS: '/mnt/wheels',
	});

	const locked = await readProject({url: demo.url, ref: 'main', commit}, {locked: '3.1.0.post9', at: {file: 'x'}}, {git: world.git({offline: true}), store: world.store, temporary: path.join(world.folder, 'tmp')});
	t.is(locked.version, '3.1.0.post9', 'a tag that is made later does not make another image of a locked commit');
	t.deepEqual(imageRoots(directiveOf('PROJECT=infra\nPROJECT_REPO=nil\nPIP_PACKAGES=uwsgi', 'x'), data).requirements, ['bindep', 'pip', 'setuptools<81', 'uwsgi', 'wheel']);
});

test('Nova\'s consoles come from the directive, else from StarlingX\'s and LOCI\'s places', async t => {
	const world = await makeWorld(t);
	if (!world) {
		return;
	}

	await world.repository('loci', smallLoci.pinned);
	const {data} = await readIn(world, {dialect: 'pinned', loci: path.join(world.folder, 'loci')});
	const consoles = (lines: string) => imageSources(directiveOf(`PROJECT=nova\nPROJECT_REPO=https://git.example/nova\n${lines}`, 'stx-nova'), data).slice(1).map(({name, wanted}) => `${name} ${wanted.url} ${wanted.ref}`);
	t.deepEqual(consoles(''), ['novnc https://git.example/novnc v1', 'spice-html5 https://gitlab.freedesktop.org/spice/spice-html5 spice-1']);
	t.deepEqual(consoles('SPICE_REPO=https://git.example/other\nSPICE_REF=v9'), ['novnc https://git.example/novnc v1', 'spice-html5 https://git.example/other v9']);
});

test('MIRROR_LOCAL takes what is committed in a folder of this machine now', async t => {
	const world = await makeWorld(t);
	if (!world) {
		return;
	}

	await world.repository('loci', smallLoci.pinned);
	const {data} = await readIn(world, {dialect: 'pinned', loci: path.join(world.folder, 'loci')});
	const {commit} = await world.repository('demo', {'setup.py': ''});
	const [source] = imageSources(directiveOf(`PROJECT=demo\nPROJECT_REPO=${path.join(world.folder, 'demo')}\nPROJECT_REF=whatever\nMIRROR_LOCAL=yes`, 'stx-demo'), data);
	const {pinned} = await pinSources([source!.wanted], {
		git: world.git({offline: true}), locked: [{...source!.wanted, commit: 'f'.repeat(40)}], frozen: true, note: () => undefined,
	});
	t.is([...pinned.values()][0]?.commit, commit);
});

test('what LOCI would fetch in the middle of a build is refused before', async t => {
	const world = await makeWorld(t);
	if (!world) {
		return;
	}

	await world.repository('loci', smallLoci.current);
	const {data} = await readIn(world, {dialect: 'current', loci: path.join(world.folder, 'loci')});
	const error = t.throws(() => planBuildArguments(directiveOf('PROJECT=keystone\nPROFILES="apache mod_oauth2"', 'stx-x'), data), {instanceOf: BuildError, code: 'STX0607'});
	t.regex(error.message, /for `mod_oauth2` LOCI fetches files that nobody has pinned/v);
	t.throws(() => planBuildArguments(directiveOf('PROJECT=skyline-apiserver', 'stx-x'), data), {instanceOf: BuildError, code: 'STX0607'});
});
