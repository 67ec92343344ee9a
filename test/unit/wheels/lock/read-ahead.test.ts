import test from 'ava';
import {
	createTarget, normalizeName, parseConstraints, type NormalizedName,
} from '../../../../src/python/index.js';
import {createReadAhead} from '../../../../src/wheels/lock/read-ahead.js';
import {nothingShown} from '../../../../src/wheels/lock/shown-project.js';

const target = createTarget({python: '3.13', glibc: '2.41', arch: 'amd64'});

/** Reads ahead in an index: the releases of each project with what they require. @returns what was read, in order. */
async function read(index: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>, requirements: readonly string[], {constraints = '', elsewhere = {}, isEnded = false}: {readonly constraints?: string; readonly elsewhere?: Readonly<Record<string, readonly string[]>>; readonly isEnded?: boolean} = {}): Promise<readonly string[]> {
	const seen: string[] = [];
	const running: Array<Promise<void>> = [];
	const begin = createReadAhead({
		async project(name) {
			seen.push(name);
			return {
				...nothingShown(name),
				versions: new Map(Object.keys(index[name] ?? {}).map(version => [version, {
					version, filename: `${name}-${version}-py3-none-any.whl`, file: {filename: `${name}-${version}.tar.gz`, url: ''}, isBuilt: true, isPassedOver: false,
				}])),
			};
		},
		async metadata(name, {version}) {
			seen.push(`${name} ${version}`);
			const requires = index[name]![version]!;
			if (requires.includes('!')) {
				throw new Error('broken');
			}

			return {
				name, version, requires, extras: [],
			};
		},
		target,
		constraints: parseConstraints(constraints, 'uc.txt'),
		requiredElsewhere: (name: NormalizedName) => elsewhere[name],
		async track(work) {
			running.push(work);
			return work;
		},
		signal: isEnded ? AbortSignal.abort() : new AbortController().signal,
	});
	begin(requirements);
	for (let before = -1; before < seen.length;) {
		before = seen.length;
		await new Promise(resolve => {
			setTimeout(resolve, 10);
		});
	}

	await Promise.allSettled(running);
	return seen;
}

test('what is required is read, and what that requires, each once; not what other platforms need', async t => {
	t.deepEqual(await read({
		a: {1: ['b>=1', 'c[x]', 'w; sys_platform == "win32"']}, b: {1: ['c[x]'], 2: []}, c: {1: ['d; extra == "x"', 'e; extra == "y"']}, d: {1: ['a']},
	}, ['a', 'A', 'no such ==== requirement']), ['a', 'a 1', 'b', 'c', 'b 2', 'c 1', 'd', 'd 1']);
});

test('the version is that of the constraints, or the highest that asks for nothing they forbid', async t => {
	t.deepEqual(await read({b: {1: [], 2: [], 3: []}}, ['b'], {constraints: 'b===2\n'}), ['b', 'b 2']);
	t.deepEqual(await read({a: {1: ['b'], 2: ['b>=2'], 3: ['b>=3']}, b: {1: []}}, ['a<3'], {constraints: 'b===1\n'}), ['a', 'a 2', 'a 1', 'b', 'b 1']);
});

test('names that come from elsewhere are never looked up, what they require is', async t => {
	t.deepEqual(await read({b: {1: []}}, ['module'], {elsewhere: {[normalizeName('module')]: ['b', 'absent'], absent: []}}), ['b', 'b 1']);
});

test('what cannot be read keeps nothing else from being read, and nothing is begun after the end', async t => {
	t.deepEqual(await read({a: {1: ['!']}, b: {1: []}}, ['a', 'b', 'gone']), ['a', 'b', 'gone', 'a 1', 'b 1']);
	t.deepEqual(await read({a: {1: []}}, ['a'], {isEnded: true}), []);
});
