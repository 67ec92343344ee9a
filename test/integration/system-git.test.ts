/** Git as it is used here, on real repositories. */
import {
	chmod, mkdir, readdir, readFile, readlink, rm, stat, symlink, writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import {pathToFileURL} from 'node:url';
import test from 'ava';
import {failureOf} from '../_helpers/failure.js';
import {makeGitWorld, type GitWorld} from '../_helpers/git-world.js';
import {needs} from '../_helpers/needs.js';

const readAll = async (world: GitWorld, url: string, commit: string, name = 'out'): Promise<Readonly<Record<string, string>>> => {
	const git = world.git();
	const folder = path.join(world.folder, name);
	await git.extract(await git.fetch(url, commit), folder);
	const files = await readdir(folder, {recursive: true, withFileTypes: true});
	const texts = await Promise.all(files.filter(file => file.isFile()).map(async file => {
		const whole = path.join(file.parentPath, file.name);
		return [path.relative(folder, whole), await readFile(whole, 'utf8')] as const;
	}));
	return Object.fromEntries(texts.toSorted(([a], [b]) => (a < b ? -1 : 1)));
};

test('a branch, a tag and a commit', async t => {
	if (!needs(t, 'git')) {
		return;
	}

	const world = await makeGitWorld(t);
	const {url, commit} = await world.repository('one', {a: '1'});
	world.run('one', 'tag', '--annotate', '--message', 'm', 'v1');
	world.run('one', 'tag', 'light');
	await world.write('one/a', '2');
	const second = world.commit('one');
	world.run('one', 'branch', 'v1');
	const git = world.git();
	t.deepEqual(await git.resolve(url, 'main'), {commit: second, ref: 'refs/heads/main'});
	t.deepEqual(await git.resolve(url, 'refs/heads/main'), {commit: second, ref: 'refs/heads/main'});
	t.deepEqual(await git.resolve(url, 'light'), {commit, ref: 'refs/tags/light'});
	t.deepEqual(await git.resolve(url, 'v1'), {commit, ref: 'refs/tags/v1'}, 'an annotated tag means its commit, and counts before a branch');
	t.deepEqual(await git.resolve('https://nowhere.invalid/x', commit), {commit, ref: commit});
	const absent = await failureOf(async () => git.resolve(url, 'v2'));
	t.is(absent.code, 'STX0912');
	t.is(absent.message, 'the repository has no branch or tag `v2`');
	t.regex((await failureOf(async () => git.resolve(url, commit.slice(0, 12)))).hint!, /whole id/);
	const unknown = await failureOf(async () => git.fetch(url, 'f'.repeat(40)));
	t.is(unknown.code, 'STX0912');
});

test('the tree is what git stores, whatever its attributes say', async t => {
	if (!needs(t, 'git')) {
		return;
	}

	const world = await makeGitWorld(t);
	const {url} = await world.repository('one', {
		'.gitattributes': 'gone export-ignore\nsubst export-subst ident\nlines text eol=crlf\nsmudged filter=evil\n',
		gone: 'here', subst: '$Format:%H$ $Id$', lines: 'a\nb\n', smudged: 's', 'deep/folder/x': 'x',
	});
	await chmod(path.join(world.folder, 'one/deep/folder/x'), 0o755);
	await symlink('folder/x', path.join(world.folder, 'one/deep/link'));
	const commit = world.commit('one');
	// Nothing of the user's or the repository's settings is run.
	await writeFile(path.join(world.home, '.gitconfig'), '[filter "evil"]\n\tsmudge = touch /tmp/stx-build-smudged; cat\n[core]\n\tautocrlf = true\n');
	await mkdir(path.join(world.home, '.config/git'), {recursive: true});
	await writeFile(path.join(world.home, '.config/git/attributes'), '* export-ignore\n');
	t.deepEqual(await readAll(world, url, commit), {
		'.gitattributes': 'gone export-ignore\nsubst export-subst ident\nlines text eol=crlf\nsmudged filter=evil\n', 'deep/folder/x': 'x', gone: 'here', lines: 'a\nb\n', smudged: 's', subst: '$Format:%H$ $Id$',
	});
	t.is(await readlink(path.join(world.folder, 'out/deep/link')), 'folder/x');
	t.is((await stat(path.join(world.folder, 'out/deep/folder/x'))).mode % 0o1000, 0o755);
	await t.throwsAsync(stat('/tmp/stx-build-smudged'));
});

test('a tree is fetched once, and needs nobody afterwards', async t => {
	if (!needs(t, 'git')) {
		return;
	}

	const world = await makeGitWorld(t);
	const {url, commit} = await world.repository('one', {a: '1'});
	const [tree, again] = await Promise.all([world.git().fetch(url, commit), world.git().fetch(url, commit)]);
	t.deepEqual(tree, again, 'two runs at once');
	await rm(path.join(world.folder, 'one'), {recursive: true});
	t.deepEqual(await world.git({offline: true}).fetch(url, commit), tree);
	t.deepEqual(await readdir(path.join(world.folder, 'cache/tmp')), [], 'nothing is left');
	const gone = await failureOf(async () => world.git().resolve(url, 'main'));
	t.is(gone.code, 'STX0911');
	t.regex(gone.message, /^`file:\S+` cannot be fetched from: .*does not (?:exist|appear)/);
	const offline = await failureOf(async () => world.git({offline: true}).resolve('https://git.invalid/x', 'main'));
	t.is(offline.code, 'STX0306');
	const unreachable = await failureOf(async () => world.git().resolve('https://git.invalid/a/x', 'main', {at: {file: 'modules.ini', line: 3}}));
	t.deepEqual([unreachable.code, unreachable.at], ['STX0911', [{file: 'modules.ini', line: 3}, {url: 'https://git.invalid/a/x'}]]);
	t.regex(unreachable.hint!, /url\.MIRROR\.insteadOf https:\/\/git\.invalid\//);
});

test('the user\'s mirrors count', async t => {
	if (!needs(t, 'git')) {
		return;
	}

	const world = await makeGitWorld(t);
	const {commit} = await world.repository('mirror/starlingx/nfv', {a: '1'});
	world.run('home', 'config', '--file', '.gitconfig', `url.${world.folder}/mirror/.insteadOf`, 'https://opendev.invalid/');
	t.is((await world.git().resolve('https://opendev.invalid/starlingx/nfv', 'main')).commit, commit);
	t.deepEqual(await readAll(world, 'https://opendev.invalid/starlingx/nfv', commit), {a: '1'});
});

test('repositories that have not all of their objects themselves', async t => {
	if (!needs(t, 'git')) {
		return;
	}

	const world = await makeGitWorld(t);
	const {url} = await world.repository('one', {a: '1', b: '2'});
	await world.write('one/a', '3');
	const commit = world.commit('one');
	world.run('one', 'config', 'uploadpack.allowFilter', 'true');
	const expected = {a: '3', b: '2'};
	world.run('.', 'clone', '--quiet', '--shared', 'one', 'borrower');
	world.run('one', 'worktree', 'add', '--quiet', '--detach', '../worktree');
	world.run('.', 'clone', '--quiet', '--filter=blob:none', '--no-checkout', url, 'partial');
	world.run('.', 'clone', '--quiet', '--depth=1', url, 'shallow');
	world.run('.', 'clone', '--quiet', '--bare', 'one', 'bare');
	for (const name of ['borrower', 'worktree', 'partial', 'shallow', 'bare']) {
		const other = await makeGitWorld(t);
		t.deepEqual(await readAll(other, pathToFileURL(path.join(world.folder, name)).href, commit), expected, name);
	}
});

test('submodules belong to the tree', async t => {
	if (!needs(t, 'git')) {
		return;
	}

	const world = await makeGitWorld(t);
	await world.repository('hosts/inner', {i: 'i'});
	await world.repository('hosts/middle', {m: 'm'});
	world.run('hosts/middle', 'submodule', '--quiet', 'add', '../inner', 'lib/inner');
	world.commit('hosts/middle');
	const {url} = await world.repository('hosts/outer', {o: 'o'});
	world.run('hosts/outer', 'submodule', '--quiet', 'add', '../middle', 'lib');
	const commit = world.commit('hosts/outer');
	const tree = await world.git().fetch(url, commit);
	t.deepEqual(tree.parts.map(part => part.path), ['', 'lib', 'lib/lib/inner']);
	const {'.gitmodules': _, 'lib/.gitmodules': __, ...files} = await readAll(world, url, commit);
	t.deepEqual(files, {'lib/lib/inner/i': 'i', 'lib/m': 'm', o: 'o'});
});

test('hostile repositories', async t => {
	if (!needs(t, 'git')) {
		return;
	}

	const world = await makeGitWorld(t);
	const {url} = await world.repository('one', {a: '1'});
	await symlink('/etc', path.join(world.folder, 'one/out'));
	const outside = world.commit('one');
	const git = world.git();
	const link = await failureOf(async () => git.extract(await git.fetch(url, outside), path.join(world.folder, 'out')));
	t.is(link.code, 'STX0907');
	t.regex(link.message, /`out` is a symbolic link to `\/etc`/);

	// A folder of the tree that git would take for a repository with settings of its own.
	const tree = async (text: string): Promise<string> => (await world.runner({argv: ['git', 'mktree', '--missing'], cwd: path.join(world.folder, 'one'), input: text})).stdout.trim();
	const blob = world.run('one', 'hash-object', '-w', 'a');
	const submodule = 'e'.repeat(40);
	const commitTree = (id: string): string => {
		const made = world.run('one', 'commit-tree', '-m', 'c', id);
		world.run('one', 'branch', '--force', 'hostile', made);
		return made;
	};

	for (const name of ['.git', '.GIT', 'git~1']) {
		const settings = commitTree(await tree(`040000 tree ${await tree(`100644 blob ${blob}\tconfig\n`)}\t${name}\n`));
		const refused = await failureOf(async () => git.fetch(url, settings));
		t.deepEqual([refused.code, refused.message], ['STX0913', `the repository has a member \`${name}/config\``]);
	}

	for (const [written, code] of [['ext::sh -c id', 'STX0915'], ['--upload-pack=id', 'STX0915'], ['/etc', 'STX0915']] as const) {
		await world.write('modules', `[submodule "s"]\n\tpath = s\n\turl = ${written}\n`);
		const modules = world.run('one', 'hash-object', '-w', '../modules');
		const made = commitTree(await tree(`100644 blob ${modules}\t.gitmodules\n160000 commit ${submodule}\ts\n`));
		t.is((await failureOf(async () => git.fetch(url, made))).code, code, written);
	}
});

test('the version that a commit comes after, by the tags of its repository', async t => {
	if (!needs(t, 'git')) {
		return;
	}

	const world = await makeGitWorld(t);
	const {url, commit: first} = await world.repository('one', {a: '1'});
	const git = world.git();
	t.is(await git.describe(url, first), undefined);
	world.run('one', 'tag', '--annotate', '--message', 'release', '1.0.0');
	world.run('one', 'tag', 'some-words');
	await world.write('one/a', '2');
	const second = world.commit('one');
	world.run('one', 'tag', '2.0-eol');
	t.deepEqual(await git.describe(url, first), {tag: '1.0.0', distance: 0});
	t.deepEqual(await git.describe(url, second), {tag: '1.0.0', distance: 1});
	world.run('one', 'tag', 'v1.1');
	t.deepEqual(await git.describe(url, second), {tag: 'v1.1', distance: 0});
	const absent = await failureOf(async () => git.describe(url, 'e'.repeat(40)));
	t.is(absent.code, 'STX0912');
	const nowhere = await failureOf(async () => git.describe(`${url}-not`, first));
	t.is(nowhere.code, 'STX0911');
});
