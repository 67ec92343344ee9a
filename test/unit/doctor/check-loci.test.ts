import {mkdir} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {checkLoci} from '../../../src/doctor/check-loci.js';
import {checkRepo} from '../../../src/doctor/checks.js';
import {withTemporaryFolder, type Runner} from '../../../src/system/index.js';
import {fakeRunner, type FakeCommand} from '../../_helpers/fake-runner.js';
import {createMemoryStore} from '../../_helpers/memory-store.js';

const url = 'https://opendev.org/openstack/loci';
const commit = 'efccd0a853879ac6af6066eda09792d0d3afe9c0';

type Changes = Partial<Parameters<typeof checkLoci>[0]>;

const check = async (changes: Changes, run: Runner, {signal = new AbortController().signal, milliseconds = 5000} = {}) =>
	withTemporaryFolder('doctor', async cache => checkLoci({
		dialect: 'pinned', loci: url, lociRef: undefined, cache, offline: false, caBundle: undefined, httpProxy: undefined, httpsProxy: undefined, noProxy: undefined, ...changes,
	}, {run, store: createMemoryStore(), signal}, milliseconds));

/** Git, with what it answers to `ls-remote`. */
const git = (answer: Omit<FakeCommand, 'match'>) => fakeRunner([{match: /^git config /v}, {match: /^git ls-remote /v, ...answer}]);

const nobody: Runner = async () => {
	throw new Error('nothing was to be run');
};

/** A host that never answers. */
const silent: Runner = async ({argv}, {signal} = {}) => {
	if (argv[1] !== 'ls-remote') {
		return {
			exitCode: 0, stdout: '', stderr: '', output: '', timedOut: false,
		};
	}

	return new Promise((_resolve, reject) => {
		// The timer of a deadline alone does not keep a process.
		const alive = setInterval(() => undefined, 1000);
		const end = (): void => {
			clearInterval(alive);
			reject(new Error('interrupted'));
		};

		if (signal!.aborted) {
			end();
		} else {
			signal!.addEventListener('abort', end);
		}
	});
};

test('a host of LOCI that answers is well, and is asked once', async t => {
	const runner = git({stdout: `${commit}\tHEAD\n`});
	t.deepEqual(await check({}, runner.run), {name: 'LOCI', ok: true, detail: url});
	t.is(runner.commands.filter(({argv}) => argv[1] === 'ls-remote').length, 1);
	t.like(await check({lociRef: commit}, git({stdout: `${commit}\tHEAD\n`}).run), {ok: true, detail: url});
	t.like(await check({lociRef: 'master'}, git({stdout: `${commit}\trefs/heads/master\n`}).run), {ok: true, detail: `${url}, master`});
});

test('one that cannot be reached keeps from images with LOCI only, and another dialect is named', async t => {
	const found = await check({}, git({exitCode: 128, stderr: 'fatal: unable to access \'https://opendev.org/\': Could not resolve host: opendev.org\n'}).run);
	t.like(found, {ok: false, only: 'images with LOCI'});
	t.regex(found.detail, /cannot be fetched from: .*Could not resolve host/v);
	t.regex(found.hint!, /--dialect builtin, which needs no git host/v);
});

test('one that is silent is given up, and an interruption is none of its failures', async t => {
	t.like(await check({}, silent, {milliseconds: 50}), {ok: false, only: 'images with LOCI', detail: `\`${url}\` does not answer`});
	const controller = new AbortController();
	const checked = check({}, silent, {signal: controller.signal});
	controller.abort(new Error('Ctrl+C'));
	await t.throwsAsync(checked, {message: 'Ctrl+C'});
});

test('without git nothing can be asked', async t => {
	t.like(await check({}, fakeRunner([{match: /^git /v, missing: true}]).run), {ok: false, only: 'images with LOCI'});
});

test('a branch that is not there is a setting to correct', async t => {
	const found = await check({lociRef: 'no-such'}, git({stdout: ''}).run);
	t.like(found, {ok: false, detail: `${url}: the repository has no branch or tag \`no-such\``});
	t.is(found.only, undefined);
});

test('credentials of a URL are not shown', async t => {
	const found = await check({loci: 'https://me:secret@example.com/loci'}, git({exitCode: 128, stderr: 'fatal: Authentication failed for \'https://me:secret@example.com/loci\'\n'}).run);
	t.false(JSON.stringify(found).includes('secret'));
});

test('a folder counts as it is, and has to be there', async t => {
	await withTemporaryFolder('loci', async folder => {
		t.like(await check({loci: folder}, nobody), {ok: true, detail: folder});
		const found = await check({loci: path.join(folder, 'none')}, nobody);
		t.like(found, {ok: false, detail: `${path.join(folder, 'none')} is no folder`});
		t.is(found.only, undefined);
	});
});

test('nobody is asked with the dialect builtin, or --offline', async t => {
	t.deepEqual(await check({dialect: 'builtin'}, nobody), {name: 'LOCI', ok: true, detail: 'not used: the dialect builtin needs no git host'});
	t.deepEqual(await check({offline: true}, nobody), {name: 'LOCI', ok: true, detail: `${url} is not asked: --offline`});
});

test('MY_REPO is a folder with build-tools/ where it is set', async t => {
	t.like(await checkRepo({repo: undefined}), {ok: true});
	await withTemporaryFolder('repo', async repo => {
		t.like(await checkRepo({repo}), {ok: false, detail: `${repo} has no folder build-tools/`});
		await mkdir(path.join(repo, 'build-tools'));
		t.like(await checkRepo({repo}), {name: 'StarlingX', ok: true, detail: repo});
	});
});
