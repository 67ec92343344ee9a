import {
	mkdir, mkdtemp, rm, symlink, writeFile,
} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {BuildError} from '../../../src/errors.js';
import {findRepositories, readFolder} from '../../../src/system/index.js';

/** Makes folders with a `.git` in them, and gives where they are. */
async function inPlace(repositories: readonly string[], use: (top: string) => Promise<void>): Promise<void> {
	const top = await mkdtemp(path.join(tmpdir(), 'stx-build-repositories-'));
	try {
		for (const folder of repositories) {
			await mkdir(path.join(top, folder, '.git'), {recursive: true});
		}

		await use(top);
	} finally {
		await rm(top, {recursive: true, force: true});
	}
}

const find = async (top: string, repo = 'cgcs-root'): Promise<readonly string[]> => {
	const found = await findRepositories(path.join(top, repo));
	return found.map(({folder}) => path.relative(top, folder));
};

test('repositories beside MY_REPO and in it, as deep as StarlingX looks, sorted', async t => {
	await inPlace(['cgcs-root', 'cgcs-root/stx/nfv', 'other', 'a/b/c/d', 'a/b/c/d/too-deep'], async top => {
		await mkdir(path.join(top, 'cgcs-root/stx/no-repository'));
		t.deepEqual(await find(top), ['a/b/c/d', 'cgcs-root', 'cgcs-root/stx/nfv', 'other']);
	});
});

test('a worktree and a submodule count, whose .git is a file', async t => {
	await inPlace(['cgcs-root'], async top => {
		await mkdir(path.join(top, 'worktree'));
		await writeFile(path.join(top, 'worktree/.git'), 'gitdir: ../cgcs-root/.git/worktrees/worktree\n');
		t.deepEqual(await find(top), ['cgcs-root', 'worktree']);
	});
});

test('links are followed, each folder counts once, and circles end', async t => {
	await inPlace(['src/cgcs-root', 'src/cgcs-root/stx/nfv', 'elsewhere/integ'], async top => {
		await symlink(path.join(top, 'elsewhere'), path.join(top, 'src/linked'));
		await symlink(path.join(top, 'elsewhere/integ'), path.join(top, 'src/linked-again'));
		await symlink(path.join(top, 'src'), path.join(top, 'src/circle'));
		await symlink('nowhere', path.join(top, 'src/broken'));
		t.deepEqual(await find(top, 'src/cgcs-root'), ['src/cgcs-root', 'src/cgcs-root/stx/nfv', 'src/linked-again']);
	});
});

test('the tool repo\'s own repositories do not count', async t => {
	await inPlace(['cgcs-root', '.repo/repo', '.repo/manifests'], async top => {
		t.deepEqual(await find(top), ['cgcs-root']);
	});
});

test('W73: what is in do-not-build beside MY_REPO never counts', async t => {
	await inPlace(['cgcs-root', 'do-not-build/nfv', 'cgcs-root/stx/do-not-build/fault'], async top => {
		t.deepEqual(await find(top), ['cgcs-root', 'cgcs-root/stx/do-not-build/fault']);
	});
});

test('the names at the top of each are told', async t => {
	await inPlace(['cgcs-root'], async top => {
		await writeFile(path.join(top, 'cgcs-root/debian_stable_docker_images.inc'), '');
		const [found] = await findRepositories(path.join(top, 'cgcs-root'));
		t.deepEqual(found!.names, ['.git', 'debian_stable_docker_images.inc']);
	});
});

test('where MY_REPO is not there, there are none', async t => {
	t.deepEqual(await findRepositories('/nonexistent/cgcs-root'), []);
});

test('what cannot be read is an error that names it, and does not count as absent', async t => {
	await inPlace(['cgcs-root', 'nfv'], async top => {
		// A link to itself is there, and nobody can read it, not even root.
		const folder = path.join(top, 'nfv/itself');
		await symlink('itself', folder);
		for (const reading of [async () => findRepositories(path.join(top, 'cgcs-root')), async () => readFolder(folder)]) {
			const error = await t.throwsAsync(reading(), {instanceOf: BuildError, code: 'STX0903'});
			t.deepEqual(error.at, [{file: folder}]);
		}

		t.deepEqual(await readFolder(path.join(top, 'nowhere')), []);
		await writeFile(path.join(top, 'file'), '');
		t.deepEqual(await readFolder(path.join(top, 'file/below')), []);
	});
});

test('the lost+found of a file system, which only root may read, is not looked into', async t => {
	await inPlace(['cgcs-root', 'lost+found/nfv'], async top => {
		t.deepEqual(await find(top), ['cgcs-root']);
	});
});
