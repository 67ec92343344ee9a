import test from 'ava';
import fc from 'fast-check';
import {BuildError} from '../../../../src/errors.js';
import {keyOf} from '../../../../src/plan/index.js';
import {normalizeName, type NormalizedName} from '../../../../src/python/index.js';
import {formatLock} from '../../../../src/wheels/lock/format-lock.js';
import {changesSince} from '../../../../src/wheels/lock/lock-inputs.js';
import {
	buildPackage, hasSources, joinSources, wheelsOfImage, type Lock, type LockedPackage,
} from '../../../../src/wheels/lock/lock.js';
import {parseLock} from '../../../../src/wheels/lock/parse-lock.js';

const name = fc.constantFrom('a', 'b-c', 'oslo-config', 'x1').map(text => normalizeName(text));
const version = fc.constantFrom('1', '1.0.post1', '2!3.4+local.5');
const text = fc.string({unit: 'grapheme', maxLength: 12});
/** A folder of an archive or a repository. */
const folder = fc.array(text.map(part => part.replaceAll(/[.\/]/gv, '')), {maxLength: 3}).map(parts => parts.filter(part => part !== '').join('/'));
const filename = text.map(part => `a${part.replaceAll(/[\/\\\p{Cc}]/gv, '')}`);
const sha256 = fc.array(fc.constantFrom(...'0123456789abcdef'), {minLength: 64, maxLength: 64}).map(digits => digits.join(''));
const file = fc.record({
	filename,
	url: fc.webUrl(),
	sha256,
	size: fc.option(fc.nat(), {nil: undefined}),
}).map(({size, ...rest}) => ({...rest, ...(size !== undefined && {size})}));
const source = fc.oneof(
	fc.record({kind: fc.constant('wheel' as const), file}),
	fc.record({kind: fc.constant('sdist' as const), file}),
	fc.record({kind: fc.constant('sdist' as const), file, basedir: folder}),
	fc.record({kind: fc.constant('directory' as const), path: text}),
	fc.record({
		kind: fc.constant('git' as const), url: fc.webUrl(), commit: fc.constantFrom('a'.repeat(40), 'b'.repeat(64)), subfolder: folder,
	}),
	fc.record({
		kind: fc.constant('git' as const), url: fc.webUrl(), commit: fc.constant('c'.repeat(40)), ref: text, subfolder: folder,
	}),
	fc.record({
		kind: fc.constant('local' as const), filename, path: text, sha256, size: fc.nat(),
	}),
);
const lockedPackage: fc.Arbitrary<LockedPackage> = fc.record({
	name, version, dependencies: fc.array(name, {maxLength: 3}), source,
});
/** A key of an object: labels of images and the names of parts, none of which is that of JavaScript's prototype. */
const label = text.filter(value => value !== '__proto__');
const anyLock: fc.Arbitrary<Lock> = fc.record({
	inputs: fc.nat().map(seed => keyOf(seed)),
	parts: fc.dictionary(label, fc.nat().map(seed => keyOf(seed)), {maxKeys: 3, noNullPrototype: true}),
	index: fc.webUrl(),
	python: fc.constant('3.13'),
	arch: fc.constantFrom('x86_64', 'aarch64'),
	documents: fc.array(fc.record({url: fc.webUrl(), sha256}), {maxLength: 2}),
	leftOut: fc.array(fc.record({name, code: fc.constant('STX0401' as const), message: text}), {maxLength: 2}),
	unclosed: fc.array(name, {maxLength: 2}),
	sources: fc.array(fc.oneof(fc.record({url: fc.webUrl(), ref: text, commit: fc.constant('d'.repeat(40))}), fc.record({
		url: fc.webUrl(), ref: text, commit: fc.constant('e'.repeat(40)), version: text,
	})), {maxLength: 2}),
	roots: fc.dictionary(label, fc.array(fc.tuple(name, fc.constantFrom('', '>=1', '; sys_platform == "win32"')).map(parts => parts.join('')), {maxLength: 3}), {maxKeys: 3, noNullPrototype: true}),
	packages: fc.uniqueArray(lockedPackage, {maxLength: 4, selector: item => item.name}),
	buildPackages: fc.array(lockedPackage, {maxLength: 3}),
	builds: fc.array(fc.record({
		name, version, requires: fc.array(text, {maxLength: 2}), environment: fc.array(fc.record({name, version}), {maxLength: 3}),
	}), {maxLength: 3}),
}).map(whole => {
	// What something needs is there.
	const names = new Set<string>(whole.packages.map(item => item.name));
	const all = [...whole.packages, ...whole.buildPackages];
	const isThere = (pin: {readonly name: string; readonly version: string}): boolean => all.some(item => item.name === pin.name && item.version === pin.version);
	return {
		...whole,
		roots: Object.fromEntries(Object.entries(whole.roots).map(([label, requirements]) => [label, requirements.filter(requirement => requirement.includes('win32') || names.has(requirement.replace('>=1', '')))])),
		packages: whole.packages.map(item => ({...item, dependencies: item.dependencies.filter(dependency => names.has(dependency))})),
		buildPackages: whole.buildPackages.map(item => ({...item, dependencies: item.dependencies.filter(dependency => all.some(other => other.name === dependency))})),
		builds: whole.builds.filter(build => isThere(build)).map(build => ({...build, environment: build.environment.filter(pin => isThere(pin))})),
	};
});

test('a lock that is written and read is the same', t => {
	fc.assert(fc.property(anyLock, lock => {
		t.deepEqual(parseLock(formatLock(lock), 'pylock.toml'), lock);
	}), {numRuns: 300});
});

const wheel = (filename: string) => ({kind: 'wheel' as const, file: {filename, url: `https://files.example/${filename}`, sha256: 'a'.repeat(64)}});
const names = (...texts: readonly string[]): readonly NormalizedName[] => texts.map(item => normalizeName(item));
const lock: Lock = {
	inputs: keyOf('inputs'),
	parts: {
		recipe: keyOf(1), constraints: keyOf('constraints'), wheelList: keyOf('list'), modules: keyOf('modules'), onlyLocal: keyOf('names'),
	},
	index: 'https://pypi.org/simple',
	python: '3.13',
	arch: 'x86_64',
	documents: [],
	leftOut: [],
	unclosed: [],
	sources: [],
	roots: {'stx-keystone': ['keystone==30.0.0', 'pywin32; sys_platform == "win32"', 'uwsgi'], 'stx-other': ['c']},
	packages: [
		{
			name: normalizeName('c'), version: '1', dependencies: [], source: wheel('c-1-py3-none-any.whl'),
		},
		{
			name: normalizeName('keystone'), version: '30.0.0', dependencies: names('oslo-policy'), source: wheel('keystone-30.0.0-py3-none-any.whl'),
		},
		{
			name: normalizeName('oslo-policy'), version: '5', dependencies: names('keystone'), source: wheel('oslo_policy-5-py3-none-any.whl'),
		},
		{
			name: normalizeName('uwsgi'), version: '2.0.31', dependencies: [], source: {kind: 'directory', path: '/x'},
		},
	],
	buildPackages: [{
		name: normalizeName('c'), version: '1', dependencies: [], source: wheel('c-1-1-py3-none-any.whl'),
	}],
	builds: [],
};

test('what an image needs is its roots and what they need, also in a circle', t => {
	t.deepEqual(wheelsOfImage(lock, 'stx-keystone').map(item => item.name) as string[], ['keystone', 'oslo-policy', 'uwsgi']);
	t.deepEqual(wheelsOfImage(lock, 'stx-other').map(item => item.name) as string[], ['c']);
});

test('a build\'s own file comes before the one of the run-time set', t => {
	t.is(buildPackage(lock, normalizeName('c'), '1'), lock.buildPackages[0]);
	t.is(buildPackage(lock, normalizeName('uwsgi'), '2.0.31'), lock.packages[3]);
	t.is(buildPackage(lock, normalizeName('uwsgi'), '2.0.30'), undefined);
});

const at = {file: 'keystone.ini'};
const keystone = {label: 'stx-keystone', requirements: ['uwsgi', 'keystone==30.0.0 ', 'uwsgi', 'pywin32; sys_platform == "win32"'], at};

test('a lock is fresh for the same inputs, and for roots that it has', t => {
	const {inputs, parts} = lock;
	t.deepEqual(changesSince(lock, {inputs, parts}, [keystone]), []);
	t.deepEqual(changesSince(lock, {inputs, parts}, []), []);
	t.deepEqual(changesSince(lock, {inputs, parts}, [{...keystone, requirements: ['keystone==30.0.0']}]), ['what `stx-keystone` needs']);
	t.deepEqual(changesSince(lock, {inputs, parts}, [keystone, {label: 'toString', requirements: [], at}]), ['what `toString` needs']);
});

test('what has changed since a lock was made is told part by part, each once', t => {
	const now = (changed: Readonly<Record<string, string>>) => ({inputs: keyOf('other'), parts: {...lock.parts, ...Object.fromEntries(Object.entries(changed).map(([name, value]) => [name, keyOf(value)]))}});
	t.deepEqual(changesSince(lock, now({constraints: 'others'}), [keystone]), ['the constraints']);
	t.deepEqual(changesSince(lock, now({modules: 'x', onlyLocal: 'x', wheelList: 'x'}), [{...keystone, requirements: []}]), ['the wheel list', 'the local modules', 'what `stx-keystone` needs']);
	t.deepEqual(changesSince(lock, now({recipe: 'another'}), []), ['stx-build']);
	t.deepEqual(changesSince({...lock, parts: {}}, now({}), []), ['the inputs'], 'the lock of an stx-build that wrote no parts');
});

test('what is no lock of ours', t => {
	for (const [content, message] of [
		['lock-version = ', /the lock cannot be read/],
		['lock-version = "1.0"\ncreated-by = "uv"\n', /`tool`/],
		[formatLock(lock).replace('sha256 = "aaaa', 'sha256 = "zzzz'), /sha256/],
		[formatLock(lock).replace(/^wheels = .*$/m, ''), /has no wheel, sdist, directory or vcs/],
	] as const) {
		t.throws(() => parseLock(content, 'pylock.toml'), {code: 'STX0408', message});
	}
});

test('a wrong value is told in plain words, with its key and its line', t => {
	const written = formatLock(lock);
	const lineOf = (content: string, part: string): number => content.slice(0, content.indexOf(part)).split('\n').length;
	for (const [from, to, message] of [
		['name = "keystone"', 'name = "key stone"', '`packages.1.name` is not the normalized name of a distribution'],
		['name = "keystone"', 'name = "Keystone"', '`packages.1.name` is not the normalized name of a distribution'],
		['version = "30.0.0"', 'version = "latest"', '`packages.1.version` is not a version'],
		['version = "30.0.0"', 'version = 30', '`packages.1.version` is a number, and must be a text'],
		['dependencies = [{name = "oslo-policy"}]', 'dependencies = [{name = "oslo policy"}]', '`packages.1.dependencies.0.name` is not the normalized name of a distribution'],
		['arch = "x86_64"', 'arch = "mips"', '`tool.stx-build.arch` is not `x86_64` or `aarch64`'],
		['index = "', 'idx = "', '`tool.stx-build.index` is missing'],
		['lock-version = "1.0"', 'lock-version = "2.0"', '`lock-version` is not `1.0`'],
		['directory = {path = "/x"}', 'directory = "/x"', '`packages.3.directory` is a text, and must be a table'],
		['"stx-other" = [\n    "c",\n]', '"stx-other" = "c"', '`tool.stx-build.roots.stx-other` is a text, and must be a list'],
	] as const) {
		const content = written.replace(from, () => to);
		const {at, message: told} = t.throws<BuildError>(() => parseLock(content, 'pylock.toml'), {code: 'STX0408'});
		t.is(told, `the lock cannot be read: ${message}`);
		t.deepEqual(at, [{file: 'pylock.toml', line: to.startsWith('idx') ? lineOf(content, '[tool.stx-build]') : lineOf(content, to)}], message);
	}

	const unfinished = t.throws<BuildError>(() => parseLock('lock-version = "1.0"\nx = \n', 'pylock.toml'));
	t.deepEqual(unfinished.at, [{file: 'pylock.toml', line: 2}]);
});

test('a lock without what something in it needs is refused', t => {
	const without = (change: Partial<Lock>): readonly string[] => {
		const {problems, message} = t.throws<BuildError>(() => parseLock(formatLock({...lock, ...change}), 'pylock.toml'), {instanceOf: BuildError});
		return problems.length === 0 ? [message] : problems.map(problem => problem.message);
	};

	const missing = (name: string) => lock.packages.filter(item => item.name !== name);
	t.deepEqual(without({packages: missing('oslo-policy')}), ['the lock is not whole: it has no `oslo-policy`, which `keystone` needs']);
	t.deepEqual(without({packages: missing('keystone')}), ['the lock is not whole: it has no `keystone`, which `stx-keystone`, `oslo-policy` need']);
	t.deepEqual(without({packages: [...lock.packages, lock.packages[0]!]}), ['the lock is not whole: `c` is there twice']);
	t.deepEqual(without({roots: {x: ['a b', 'gone']}}), ['the lock is not whole: `x` asks for `a b`, which is not a requirement', 'the lock is not whole: it has no `gone`, which `x` needs']);
	const build = {
		name: normalizeName('uwsgi'), version: '2.0.31', requires: [], environment: [{name: normalizeName('c'), version: '2'}],
	};
	t.deepEqual(without({builds: [build]}), ['the lock is not whole: it has no `c==2`, which `build of uwsgi` needs']);
	t.notThrows(() => parseLock(formatLock({...lock, builds: [{...build, environment: [{name: normalizeName('c'), version: '1'}]}]}), 'pylock.toml'));
});

test('a file whose name leads elsewhere, and an address that is none', t => {
	const lockWith = (file: {readonly name?: string; readonly url?: string}, where = 'url'): string => {
		const {name, url} = {name: 'a-1-py3-none-any.whl', url: 'https://example.com/a', ...file};
		return `lock-version = "1.0"\n[[packages]]\nname = "a"\nversion = "1"\nwheels = [{name = ${JSON.stringify(name)}, ${where} = "${url}", size = 1, hashes = {sha256 = "${'a'.repeat(64)}"}}]\n`;
	};

	for (const name of ['a-1-1/../../../../etc/a-py3-none-any.whl', '..', '', String.raw`a\b.whl`, 'a\nb.whl']) {
		for (const where of ['url', 'path']) {
			t.throws(() => parseLock(lockWith({name}, where), 'pylock.toml'), {code: 'STX0408', message: /is not the name of a file|`packages.0.wheels.0`/v}, name);
		}
	}

	for (const url of ['not a url', 'https://', 'file:///etc/passwd']) {
		t.throws(() => parseLock(lockWith({url}), 'pylock.toml'), {code: 'STX0408'}, url);
	}
});

test('a folder of a source that leads out of it', t => {
	const lockWith = (item: string): string => `lock-version = "1.0"\n[[packages]]\nname = "a"\nversion = "1"\n${item}\n`;
	const sdist = `sdist = {name = "a-1.tar.gz", url = "https://example.com/a-1.tar.gz", hashes = {sha256 = "${'a'.repeat(64)}"}}\n`;
	for (const folder of ['..', 'a/../..', '/etc']) {
		t.throws(() => parseLock(lockWith(`${sdist}tool = {stx-build = {basedir = "${folder}"}}`), 'pylock.toml'), {code: 'STX0408', message: /basedir.* leads out of the source/v});
		t.throws(() => parseLock(lockWith(`vcs = {type = "git", url = "https://example.com/a", commit-id = "${'a'.repeat(40)}", subdirectory = "${folder}"}`), 'pylock.toml'), {code: 'STX0408', message: /subdirectory.* leads out of the source/v});
	}
});

test('sources are kept by URL and ref: what is pinned now counts, and a version stays with its commit', t => {
	const source = (ref: string, commit: string, locked?: string) => ({
		url: 'https://git.example/x', ref, commit: commit.repeat(40), ...(locked !== undefined && {version: locked}),
	});
	const earlier = [source('main', 'a', '1.0'), source('old', 'b')];
	t.deepEqual(joinSources(earlier, [source('main', 'a')]), [source('main', 'a', '1.0'), source('old', 'b')]);
	t.deepEqual(joinSources(earlier, [source('main', 'c'), source('dev', 'd')]), [source('dev', 'd'), source('main', 'c'), source('old', 'b')]);
	const held = {sources: earlier};
	t.true(hasSources(held, [source('main', 'a', '1.0')]));
	t.true(hasSources(held, [source('main', 'a')]));
	t.true(hasSources(held, []));
	t.false(hasSources(held, [source('main', 'a', '2.0')]));
	t.false(hasSources(held, [source('main', 'c', '1.0')]));
	t.false(hasSources(held, [{...source('main', 'a'), url: 'https://git.example/other/x'}]));
});
