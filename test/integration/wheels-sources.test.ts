/** The steps that bring projects of git repositories and wheels of this machine. */
import {readFile, symlink} from 'node:fs/promises';
import path from 'node:path';
import {Readable} from 'node:stream';
import test from 'ava';
import type {Step, StepContext} from '../../src/plan/index.js';
import {createGitHandler} from '../../src/wheels/build/git-handler.js';
import {createTakeHandler} from '../../src/wheels/build/take-handler.js';
import {unpackProject} from '../../src/wheels/inputs/unpack-project.js';
import {wheelOf} from '../_helpers/archives.js';
import {failureOf} from '../_helpers/failure.js';
import {makeGitWorld} from '../_helpers/git-world.js';
import {needs} from '../_helpers/needs.js';

const context = {signal: new AbortController().signal} as unknown as StepContext;
const at = {file: 'modules.ini', line: 3};

test('a project that links to other parts of its repository is complete by itself', async t => {
	if (!needs(t, 'git')) {
		return;
	}

	const world = await makeGitWorld(t);
	const {url} = await world.repository('one', {
		LICENSE: 'free', 'shared/data/x': 'x', 'shared/big': 'not wanted', 'sub/setup.py': 'setup', 'sub/own': 'own',
	});
	const sub = path.join(world.folder, 'one/sub');
	await symlink('../LICENSE', path.join(sub, 'LICENSE'));
	await symlink('../shared/data', path.join(sub, 'data'));
	await symlink('own', path.join(sub, 'inner'));
	await symlink('../gone', path.join(sub, 'dangling'));
	const commit = world.commit('one');
	const git = world.git();
	const tree = await git.fetch(url, commit, {folder: 'sub'});
	const project = await unpackProject(git, tree, {folder: path.join(world.folder, 'out'), subfolder: 'sub', at});
	t.is(await readFile(path.join(project, 'LICENSE'), 'utf8'), 'free');
	t.is(await readFile(path.join(project, 'data/x'), 'utf8'), 'x');
	t.is(await readFile(path.join(project, 'inner'), 'utf8'), 'own');
	await t.throwsAsync(readFile(path.join(world.folder, 'out/shared/big')), {code: 'ENOENT'}, 'nothing else is fetched');
	const whole = await git.fetch(url, commit);
	const error = await failureOf(async () => unpackProject(git, whole, {folder: path.join(world.folder, 'whole'), subfolder: 'subs', at}));
	t.deepEqual([error.code, error.at, error.hint], ['STX0406', [at], 'at its top are `LICENSE`, `shared`, `sub`']);
	t.is((await failureOf(async () => git.fetch(url, commit, {folder: 'subs'}))).code, 'STX0912');
});

test('a folder inside a submodule', async t => {
	if (!needs(t, 'git')) {
		return;
	}

	const world = await makeGitWorld(t);
	await world.repository('inner', {'py/setup.py': 'setup', other: 'x'});
	const {url} = await world.repository('outer', {o: 'o'});
	world.run('outer', 'submodule', '--quiet', 'add', '../inner', 'lib/inner');
	const git = world.git();
	const tree = await git.fetch(url, world.commit('outer'), {folder: 'lib/inner/py'});
	t.deepEqual(tree.parts.map(part => part.path), ['lib/inner']);
	const project = await unpackProject(git, tree, {folder: path.join(world.folder, 'out'), subfolder: 'lib/inner/py', at});
	t.is(await readFile(path.join(project, 'setup.py'), 'utf8'), 'setup');
});

test('the step of a commit says which distribution waits for it', async t => {
	if (!needs(t, 'git')) {
		return;
	}

	const world = await makeGitWorld(t);
	const {url, commit} = await world.repository('one', {'sub/setup.py': 'setup'});
	const git = world.git();
	const handler = createGitHandler({git});
	const step = (from: string): Step => ({
		inputs: {
			name: 'api-proxy', url: from, commit, subfolder: 'sub',
		},
	}) as unknown as Step;
	const gone = await failureOf(async () => handler.run(step('https://git.invalid/x'), context));
	t.is(gone.code, 'STX0911');
	t.regex(gone.message, /^`api-proxy` cannot be built: `https:\/\/git\.invalid\/x` cannot be fetched from/);
	const result = await handler.run(step(url), context);
	t.true(await handler.holds(result, step(url)));
	t.deepEqual(await handler.run(step('https://git.invalid/x'), context), result, 'a commit is the same wherever it comes from');
});

test('the step of a wheel of this machine', async t => {
	const world = await makeGitWorld(t);
	const {filename, content} = await wheelOf({name: 'sysinv', version: '1.0', requires: ['six']});
	const {digest, size} = await world.store.add(Readable.from([content]));
	const handler = createTakeHandler({store: world.store});
	const step = {inputs: {filename, path: `/std/${filename}`, digest}} as unknown as Step;
	const result = await handler.run(step, context);
	t.deepEqual(result, {
		filename, digest, size, metadata: {name: 'sysinv', version: '1.0', requiresDist: ['six']},
	});
	t.true(await handler.holds(result, step));
});
