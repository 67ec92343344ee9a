/** Release files through a real apt: what Debian has signed, and what it has not. */
import {
	chmod, mkdir, readFile, writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {parseRelease} from '../../src/base/parse-release.js';
import {readReleases} from '../../src/base/read-releases.js';
import type {BuildError} from '../../src/errors.js';
import {withTemporaryFolder} from '../../src/system/index.js';
import {writeAptRepository} from '../_helpers/apt-repository.js';
import {run} from '../_helpers/engines.js';
import {needs} from '../_helpers/needs.js';

async function read(folder: string, sources: readonly string[]) {
	const own = path.join(folder, `apt-${sources.length}-${sources.join('').length}`);
	await mkdir(own);
	return readReleases({
		codename: 'testing-suite', arch: 'amd64', sources, packages: [],
	}, {
		run, folder: own, surroundings: {}, options: {},
	});
}

/** A test in a folder that apt's own user can read. */
const withRepository = (body: (t: ExecutionContext, folder: string) => Promise<void>) => async (t: ExecutionContext): Promise<void> => {
	if (needs(t, {program: ['apt-get', 'gpg', 'gpg-agent']})) {
		await withTemporaryFolder('apt-test', async folder => {
			await chmod(folder, 0o755);
			await body(t, folder);
		});
	}
};

test('signed with the right key', withRepository(async (t, folder) => {
	const {source, inRelease} = await writeAptRepository(folder, 'testing-suite');
	const releases = await read(folder, [source]);
	t.is(releases.size, 1);
	const [[name, state]] = [...releases] as [[string, ReturnType<typeof parseRelease>]];
	t.regex(name, /_dists_testing-suite_InRelease$/v);
	t.deepEqual(state, parseRelease(await readFile(inRelease, 'utf8'), 'InRelease'));
	t.is(state.date, '2026-09-12T07:55:41.000Z');
}));

test('changed after it was signed', withRepository(async (t, folder) => {
	const {source, inRelease} = await writeAptRepository(folder, 'testing-suite');
	const text = await readFile(inRelease, 'utf8');
	await writeFile(inRelease, text.replace('Label: Test', 'Label: Best'));
	const error = await t.throwsAsync<BuildError>(read(folder, [source]), {code: 'STX0502'});
	t.regex(error.message, /not signed with Debian's keys/v);
	t.regex(error.hint!, /debian-archive-keyring/v);
}));

test('signed with a key that is not trusted', withRepository(async (t, folder) => {
	const first = path.join(folder, 'first');
	const second = path.join(folder, 'second');
	await mkdir(first);
	await mkdir(second);
	const {source} = await writeAptRepository(first, 'testing-suite');
	await writeAptRepository(second, 'testing-suite');
	const error = await t.throwsAsync<BuildError>(read(folder, [source.replace(`${first}/key.gpg`, `${second}/key.gpg`)]), {code: 'STX0502'});
	t.regex(error.message, /NO_PUBKEY|not signed/v);
}));

test('a mirror that cannot be reached, and one that is empty', withRepository(async (t, folder) => {
	const {source} = await writeAptRepository(folder, 'testing-suite');
	const away = source.replace(/file:\S+/v, 'http://127.0.0.1:1/debian');
	const error = await t.throwsAsync<BuildError>(read(folder, [source, away]), {code: 'STX0502'});
	t.regex(error.hint!, /--debian-mirror/v);
	await t.throwsAsync(read(folder, [source.replace('testing-suite', 'no-such-suite')]), {code: 'STX0502'});
}));
