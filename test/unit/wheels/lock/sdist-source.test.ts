import test from 'ava';
import type {Store} from '../../../../src/plan/index.js';
import type {FetchOptions, PypiClient} from '../../../../src/pypi/index.js';
import {createTarget, normalizeName} from '../../../../src/python/index.js';
import {createSdistSource} from '../../../../src/wheels/lock/sdist-source.js';

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
