import test from 'ava';
import type {Store} from '../../../../src/plan/index.js';
import type {FetchOptions, IndexFile, PypiClient} from '../../../../src/pypi/index.js';
import {createTarget, normalizeName} from '../../../../src/python/index.js';
import {createSdistSource} from '../../../../src/wheels/lock/sdist-source.js';
import {createMemoryStore} from '../../../_helpers/memory-store.js';

const name = normalizeName('demo');
const sha256 = '0'.repeat(64);

/** A file of the index; `!` behind its name for one that is withdrawn, `?` for one that wants a newer Python. */
const fileOf = (text: string): IndexFile => {
	const filename = text.replace(/[!?]$/v, '');
	return {
		filename, url: `https://files.example/${filename}`, sha256, ...(text.endsWith('!') && {yanked: true}), ...(text.endsWith('?') && {requiresPython: '>=3.14'}),
	};
};

const sourceOf = (files: readonly string[]) => {
	const pypi: Pick<PypiClient, 'packument'> = {
		packument: async () => ({
			name, files: files.map(file => fileOf(file)), status: 'active', warnings: [],
		}),
	};
	return createSdistSource({
		pypi: pypi as PypiClient, store: createMemoryStore(), target: createTarget({python: '3.13', glibc: '2.41', arch: 'amd64'}), buildSettings: new Map(), signal: new AbortController().signal,
	});
};

for (const [title, files, expected] of [
	['the standard format before others', ['demo-1.0.zip', 'demo-1.0.tar.gz', 'demo-1.0.tgz'], 'demo-1.0.tar.gz'],
	['one that is not withdrawn before the standard format', ['demo-1.0.tar.gz!', 'demo-1.0.zip'], 'demo-1.0.zip'],
	['one that is for this Python before the standard format', ['demo-1.0.tar.gz?', 'demo-1.0.tar'], 'demo-1.0.tar'],
	['a withdrawn one where there is no other', ['demo-1.0.tar.gz!', 'demo-1.0-py3-none-any.whl'], 'demo-1.0.tar.gz'],
	['a withdrawn one before one that cannot be unpacked', ['demo-1.0.tar.bz2', 'demo-1.0.zip!'], 'demo-1.0.zip'],
	['none that cannot be unpacked', ['demo-1.0.tar.bz2', 'demo-1.0.tar.xz', 'demo-1.0.tar.Z'], undefined],
	['the version that is asked for, however it is spelled', ['demo-1.1.tar.gz', 'demo-1.0.0.zip', 'other-1.0.tar.gz'], 'demo-1.0.0.zip'],
] as const) {
	test(`the sdist of a version: ${title}`, async t => {
		for (const order of [files, files.toReversed()]) {
			const found = await sourceOf(order).locate(name, '1.0');
			t.deepEqual(found, expected === undefined ? undefined : {filename: expected, url: `https://files.example/${expected}`, sha256});
		}
	});
}

test('a version with neither a wheel nor an sdist that can be unpacked', async t => {
	const error = await t.throwsAsync(sourceOf(['demo-1.0.tar.bz2']).standIn(name, '1.0'), {code: 'STX0414'});
	t.regex(error.message, /nor an sdist of `demo` 1\.0 that can be unpacked$/v);
});

test('an interruption reaches what an index does not answer', async t => {
	const interrupted = new AbortController();
	const hanging = async (_name: string, {signal}: FetchOptions = {}) => new Promise<never>((_resolve, reject) => {
		signal?.addEventListener('abort', () => {
			reject(signal.reason as Error);
		});
	});
	const pypi: Partial<PypiClient> = {packument: hanging};
	const store: Partial<Store> = {};
	const source = createSdistSource({
		pypi: pypi as PypiClient,
		store: store as Store,
		target: createTarget({python: '3.13', glibc: '2.41', arch: 'amd64'}),
		buildSettings: new Map(),
		signal: interrupted.signal,
	});
	const located = source.locate(normalizeName('a'), '1');
	interrupted.abort(new Error('enough'));
	await t.throwsAsync(located, {message: 'enough'});
});
