import test from 'ava';
import fc from 'fast-check';
import {BuildError} from '../../../src/errors.js';
import {chooseFile} from '../../../src/pypi/choose-file.js';
import type {IndexFile, Packument} from '../../../src/pypi/index.js';
import {createTarget, parseRequirement} from '../../../src/python/index.js';

const target = createTarget({python: '3.13.5', glibc: '2.41', arch: 'amd64'});
const file = (filename: string, more: Partial<IndexFile> = {}): IndexFile => ({filename, url: `https://h/${filename}`, ...more});
const packument = (files: readonly IndexFile[], more: Partial<Packument> = {}): Packument => ({
	name: 'demo', files, status: 'active', warnings: [], ...more,
});
const choose = (requirement: string, files: readonly IndexFile[], prefer: 'wheel' | 'sdist' = 'wheel', more: Partial<Packument> = {}) =>
	chooseFile(packument(files, more), parseRequirement(requirement), {target, prefer}, 'https://index/simple/demo/');
const chosen = (...input: Parameters<typeof choose>) => choose(...input).file.filename;

const wheel = (version: string, tag = 'py3-none-any') => file(`demo-${version}-${tag}.whl`);
const sdist = (version: string) => file(`demo-${version}.tar.gz`);

test('the highest version wins, whatever the order', t => {
	t.is(chosen('demo', [wheel('1.9'), wheel('1.10'), wheel('1.2')]), 'demo-1.10-py3-none-any.whl');
	t.is(choose('demo', [wheel('1.10')]).file.version, '1.10');
});

test('a wheel before an sdist of the same version, or the other way round', t => {
	t.is(chosen('demo', [sdist('1.0'), wheel('1.0')]), 'demo-1.0-py3-none-any.whl');
	t.is(chosen('demo', [wheel('1.0'), sdist('1.0')], 'sdist'), 'demo-1.0.tar.gz');
	t.is(chosen('demo', [wheel('1.0')], 'sdist'), 'demo-1.0-py3-none-any.whl');
	t.is(chosen('demo', [wheel('1.0'), sdist('1.1')]), 'demo-1.1.tar.gz');
});

test('the standard format of two sdists', t => {
	t.is(chosen('demo', [file('demo-1.0.zip'), sdist('1.0')]), 'demo-1.0.tar.gz');
	t.is(chosen('demo', [file('demo-1.0.tar.bz2'), file('demo-1.0.zip')]), 'demo-1.0.zip');
});

test('the best tag of the target, then the higher build', t => {
	t.is(chosen('demo', [wheel('1.0'), wheel('1.0', 'cp313-cp313-manylinux_2_17_x86_64'), wheel('1.0', 'cp313-cp313-manylinux_2_28_x86_64')]), 'demo-1.0-cp313-cp313-manylinux_2_28_x86_64.whl');
	t.is(chosen('demo', [file('demo-1.0-2-py3-none-any.whl'), file('demo-1.0-10-py3-none-any.whl'), wheel('1.0')]), 'demo-1.0-10-py3-none-any.whl');
});

test('a wheel of another platform is none, so an older version may be taken', t => {
	t.is(chosen('demo', [wheel('2.0', 'cp313-cp313-win_amd64'), wheel('2.0', 'cp312-cp312-manylinux_2_17_x86_64'), wheel('1.0')]), 'demo-1.0-py3-none-any.whl');
});

test('pre-releases only when asked for or when there is nothing else', t => {
	t.is(chosen('demo', [wheel('1.0'), wheel('2.0rc1')]), 'demo-1.0-py3-none-any.whl');
	t.is(chosen('demo>=2.0rc1', [wheel('1.0'), wheel('2.0rc1')]), 'demo-2.0rc1-py3-none-any.whl');
	t.is(chosen('demo', [wheel('2.0rc1'), wheel('2.0b1')]), 'demo-2.0rc1-py3-none-any.whl');
});

test('Requires-Python is that of the target, patch level included; what cannot be read allows all', t => {
	t.is(chosen('demo', [{...wheel('2.0'), requiresPython: '>=3.14'}, {...wheel('1.0'), requiresPython: '>=3.13.5'}]), 'demo-1.0-py3-none-any.whl');
	t.is(chosen('demo', [{...wheel('2.0'), requiresPython: '>=3.*'}]), 'demo-2.0-py3-none-any.whl');
});

test('a withdrawn file is taken for a pin only, with a warning that says why', t => {
	const files = [{...wheel('2.0'), yanked: 'eats data'} as const, wheel('1.0')];
	t.is(chosen('demo', files), 'demo-1.0-py3-none-any.whl');
	t.is(chosen('demo==2.*', [...files, wheel('2.1')]), 'demo-2.1-py3-none-any.whl');
	t.throws(() => choose('demo>=2', files), {code: 'STX0302', message: /was withdrawn/});
	for (const pin of ['demo==2.0', 'demo===2.0']) {
		const {file, warnings} = choose(pin, files);
		t.is(file.version, '2.0');
		t.deepEqual(warnings, [`\`demo-2.0-py3-none-any.whl\` was withdrawn: eats data; it is used because \`${pin}\` asks for it`]);
	}
});

test('a pin takes a withdrawn file only where its version has no other', t => {
	const withdrawn = {yanked: true} as const;
	const others = ['demo-1.0-1-py3-none-any.whl', 'demo-1.0-py3-none-any.whl', 'demo-1.0.tar.gz', 'demo-1.0.zip', 'demo-1.0.tar.bz2'];
	for (const other of others) {
		const files = [file('demo-1.0-2-py3-none-any.whl', withdrawn), file('demo-1.0-cp313-cp313-manylinux_2_28_x86_64.whl', withdrawn), file(other)];
		for (const order of [files, files.toReversed()]) {
			const {file, warnings} = choose('demo==1.0', order);
			t.is(file.filename, other);
			t.deepEqual(warnings, []);
		}
	}

	t.is(chosen('demo==1.0', [file('demo-1.0.tar.gz', withdrawn), file('demo-1.0-2-py3-none-any.whl', withdrawn)]), 'demo-1.0-2-py3-none-any.whl');
});

test('files of other projects and of other kinds do not count', t => {
	const files = [file('demo-extra-9.0.tar.gz'), file('demo_extra-9.0-py3-none-any.whl'), file('demo-9.0.exe'), file('demo-9.0-py3.13.egg'), file('demo-9.whl'), wheel('1.0')];
	t.is(chosen('Demo', files), 'demo-1.0-py3-none-any.whl');
});

test('why nothing fits: the files of the right version', t => {
	const error = t.throws(() => choose('demo==2.0', [wheel('1.0'), wheel('2.0', 'cp313-cp313-win_amd64'), {...sdist('2.0'), requiresPython: '<3.12'}]), {instanceOf: BuildError, code: 'STX0302'});
	t.is(error.message, 'no file for `demo==2.0`: `demo-2.0-cp313-cp313-win_amd64.whl` is not for Python 3.13 on x86_64 with glibc 2.41; `demo-2.0.tar.gz` needs Python `<3.12`');
	t.deepEqual(error.at, [{url: 'https://index/simple/demo/'}]);
});

test('why nothing fits: the versions there are, or none', t => {
	t.throws(() => choose('demo==9', [wheel('1.10'), wheel('1.9'), sdist('0.1')]), {code: 'STX0302', message: 'no file for `demo==9`: the index has the versions 0.1 to 1.10'});
	t.throws(() => choose('demo', []), {code: 'STX0302', message: /lists none/});
	t.throws(() => choose('demo', [file('readme.txt')]), {code: 'STX0302', message: /`readme\.txt` is neither a wheel nor an sdist/});
});

test('a quarantined project is refused, an archived one is used with a warning', t => {
	t.throws(() => choose('demo', [wheel('1.0')], 'wheel', {status: 'quarantined', statusReason: 'malware'}), {code: 'STX0309', message: /quarantine: malware/});
	t.deepEqual(choose('demo', [wheel('1.0')], 'wheel', {status: 'archived'}).warnings, ['`demo` is archived in the index']);
});

test('what is chosen satisfies the requirement, and nothing higher would', t => {
	const version = fc.tuple(fc.integer({min: 0, max: 3}), fc.integer({min: 0, max: 12})).map(([major, minor]) => `${major}.${minor}`);
	const number = (text: string) => (Number(text.split('.')[0]) * 100) + Number(text.split('.')[1]);
	fc.assert(fc.property(fc.uniqueArray(version, {minLength: 1, maxLength: 8}), version, (versions, bound) => {
		const allowed = versions.map(text => number(text)).filter(value => value <= number(bound));
		try {
			return number(choose(`demo<=${bound}`, versions.map(text => wheel(text))).file.version) === Math.max(...allowed);
		} catch (error) {
			return allowed.length === 0 && error instanceof BuildError && error.code === 'STX0302';
		}
	}));
	t.pass();
});
