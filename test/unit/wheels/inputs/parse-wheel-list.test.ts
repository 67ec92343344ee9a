import test from 'ava';
import fc from 'fast-check';
import {createTarget, type Target} from '../../../../src/python/index.js';
import {parseWheelList, usableEntries, type WheelList} from '../../../../src/wheels/inputs/parse-wheel-list.js';
import {problemsOf, thrownBy} from '../../../_helpers/failure.js';

const target = createTarget({python: '3.13', glibc: '2.41', arch: 'amd64'});
const bullseye = createTarget({python: '3.9', glibc: '2.31', arch: 'amd64'});
const host = 'https://files.pythonhosted.org/packages/ab/cd/ef';
const read = (lines: readonly string[], of: Target = target): WheelList => parseWheelList(lines.join('\n'), 'stable-wheels.cfg', of);
const parse = (...lines: readonly string[]) => read(lines).entries;

/** Line, severity and code of each finding, with its message. */
const told = (lines: readonly string[], of?: Target) => read(lines, of).findings.map(({severity, at, problem: {code, message}}) => [at.line, severity, code, message] as const);
const codes = (lines: readonly string[], of?: Target) => told(lines, of).map(([line, , code]) => [line, code] as const);
const errors = (...lines: readonly string[]) => told(lines).map(([line, severity, code, message]) => {
	if (severity !== 'error' || code !== 'STX0401') {
		throw new Error(`${severity} ${code} was not expected`);
	}

	return [line, message] as const;
});

test('each type of line', t => {
	t.deepEqual(parse(
		'# name|type|url|basedir',
		'',
		`abclient-0.2.3-py3-none-any.whl|tar|${host}/abclient-0.2.3.tar.gz|abclient-0.2.3`,
		`simplegeneric-0.8.1-py3-none-any.whl |zip| ${host}/simplegeneric-0.8.1.zip|.   # at the top`,
		`bottle-0.12.18-py3-none-any.whl|pypi|${host}/bottle-0.12.18-py3-none-any.whl`,
		`mox-0.5.3-py3-none-any.whl|tar|${host}/mox-0.5.3.tar.gz|mox-0.5.3/|fix_setup`,
		'lz4-4.4.5-cp313-cp313-linux_x86_64.whl|git|https://github.com/python-lz4/python-lz4|python-lz4|v4.4.5|fix_setup',
	).map(({at, ...entry}) => [at.line, entry] as const) as unknown, [
		[3, {
			wheel: 'abclient-0.2.3-py3-none-any.whl', name: 'abclient', version: '0.2.3', type: 'tar', url: `${host}/abclient-0.2.3.tar.gz`, basedir: 'abclient-0.2.3', fixSetup: false,
		}],
		[4, {
			wheel: 'simplegeneric-0.8.1-py3-none-any.whl', name: 'simplegeneric', version: '0.8.1', type: 'zip', url: `${host}/simplegeneric-0.8.1.zip`, basedir: '', fixSetup: false,
		}],
		[5, {
			wheel: 'bottle-0.12.18-py3-none-any.whl', name: 'bottle', version: '0.12.18', type: 'pypi', url: `${host}/bottle-0.12.18-py3-none-any.whl`, basedir: '', fixSetup: false,
		}],
		[6, {
			wheel: 'mox-0.5.3-py3-none-any.whl', name: 'mox', version: '0.5.3', type: 'tar', url: `${host}/mox-0.5.3.tar.gz`, basedir: 'mox-0.5.3', fixSetup: true,
		}],
		[7, {
			wheel: 'lz4-4.4.5-cp313-cp313-linux_x86_64.whl', name: 'lz4', version: '4.4.5', type: 'git', url: 'https://github.com/python-lz4/python-lz4', basedir: 'python-lz4', branch: 'v4.4.5', fixSetup: true,
		}],
	]);
});

test('W16: all that is wrong is told, with its line: no type and no malformed line is passed over', t => {
	t.deepEqual(errors(
		`isort-4.2.5-py2.py3-none-any.whl|whl|${host}/isort-4.2.5-py2.py3-none-any.whl`,
		`croniter-0.3-py3-none-any.whl|egg|${host}/croniter-0.3-py3-none-any.whl`,
		'just words',
		'a-1-py3-none-any.whl|tar',
		'lz4-4.4.5-py3-none-any.whl|git|https://github.com/python-lz4/python-lz4|python-lz4',
		`b-1-py3-none-any.whl|pypi|${host}/b-1-py3-none-any.whl|b-1`,
		`c-1-py3-none-any.whl|tar|${host}/c-1.tar.gz|c-1|fixsetup`,
		'd-1-py3-none-any.whl|tar|d-1.tar.gz|d-1',
		`e-1-py3-none-any.whl|tar|${host}/e-1.tar.gz|../e-1`,
		`f-1.whl|tar|${host}/f-1.tar.gz|f-1`,
		'g-1.tar.gz|tar|https://example.com/g-1.tar.gz|g-1',
		'h-1-py3-none-any.whl|tar|ftp://example.com/h-1.tar.gz|h-1',
		'i-1-py3-none-any.whl|zip|file:///tmp/i-1.zip|i-1',
	), [
		[1, '`whl` is not a type of a wheel list'],
		[2, '`egg` is not a type of a wheel list'],
		[3, '`just words` has no `|`'],
		[4, 'a field is missing in `a-1-py3-none-any.whl|tar`'],
		[5, 'a field is missing in `lz4-4.4.5-py3-none-any.whl|git|https://github.com/python-lz4/python-lz4|python-lz4`'],
		[6, '`b-1` is one field too many'],
		[7, '`fixsetup` is one field too many'],
		[8, '`d-1.tar.gz` is not a URL that a `tar` line can have'],
		[9, 'basedir `../e-1` leaves the archive'],
		[10, '`f-1.whl` is not the file name of a wheel'],
		[11, '`g-1.tar.gz` is not the file name of a wheel'],
		[12, '`ftp://example.com/h-1.tar.gz` is not a URL that a `tar` line can have: `ftp` is not a protocol it can be fetched by'],
		[13, '`file:///tmp/i-1.zip` is not a URL that a `zip` line can have: `file` is not a protocol it can be fetched by'],
	]);
});

test('a line of which nobody can tell the type is told the types there are', t => {
	const form = 'a line has the form `wheel|type|url` and more fields by its type: `git`, `tar`, `zip`, `pypi`';
	const hints = read(['foo|bar', 'foo-1-py3-none-any.whl', `other-1-py3-none-any.whl|bar|${host}/other-1.tar.gz`]).findings.map(({at, problem: {hint}}) => [at.line, hint]);
	t.deepEqual(hints, [[1, form], [2, form], [3, 'the types are `git`, `tar`, `zip`, `pypi`']]);
});

test('what is wrong behind a missing `|` or a wrong type is told too', t => {
	t.deepEqual(told([
		`MarkupSafe-2.0.0-cp39-cp39-manylinux2014_aarch64.whlpypi|${host}/MarkupSafe-2.0.0-cp39-cp39-manylinux2014_aarch64.whl`,
		`isort-4.2.5-cp27-cp27mu-linux_x86_64.whl|whl|${host}/isort-4.2.6-cp27-cp27mu-linux_x86_64.whl`,
	], bullseye).map(([line, , code, message]) => [line, code, message]), [
		[1, 'STX0401', 'a `|` is missing between `MarkupSafe-2.0.0-cp39-cp39-manylinux2014_aarch64.whl` and `pypi`'],
		[1, 'STX0402', '`MarkupSafe-2.0.0-cp39-cp39-manylinux2014_aarch64.whl` is for aarch64, and cannot be installed on CPython 3.9, x86_64, glibc 2.31'],
		[2, 'STX0401', '`whl` is not a type of a wheel list'],
		[2, 'STX0401', 'the line is for `isort-4.2.5-cp27-cp27mu-linux_x86_64.whl`, its URL for `isort-4.2.6-cp27-cp27mu-linux_x86_64.whl`'],
		[2, 'STX0402', '`isort-4.2.6-cp27-cp27mu-linux_x86_64.whl` is for Python 2, and cannot be installed on CPython 3.9, x86_64, glibc 2.31'],
	]);
});

test('a URL of something else', t => {
	t.deepEqual(errors(
		`g-1-py3-none-any.whl|pypi|${host}/g-2-py3-none-any.whl`,
		`h-1-py3-none-any.whl|pypi|${host}/i-1-py3-none-any.whl`,
		`j-1-py3-none-any.whl|tar|${host}/j-1.1.tar.gz|j-1`,
		`k-1-py3-none-any.whl|tar|${host}/other-1.tar.gz|k-1`,
		`l-1-py3-none-any.whl|tar|${host}/l-1-py3-none-any.whl|l-1`,
		`m-1-py3-none-any.whl|pypi|${host}/m-1.tar.gz`,
	), [
		[1, 'the line is for `g-1-py3-none-any.whl`, its URL for `g-2-py3-none-any.whl`'],
		[2, 'the line is for `h-1-py3-none-any.whl`, its URL for `i-1-py3-none-any.whl`'],
		[3, 'the line is for `j-1-py3-none-any.whl`, its URL for `j-1.1.tar.gz`'],
		[4, 'the line is for `k-1-py3-none-any.whl`, its URL for `other-1.tar.gz`'],
		[5, 'the line is for an sdist, and its URL is of the wheel `l-1-py3-none-any.whl`'],
		[6, 'the line is for a finished wheel, and its URL is of `m-1.tar.gz`'],
	]);
	t.deepEqual(told([
		// An archive of a tag may have any name, and a dash or a dot is no other project.
		'n-1-py3-none-any.whl|tar|https://github.com/n/n/archive/v1.tar.gz|n-1',
		`zope_x-1.0-py3-none-any.whl|tar|${host}/zope.x-1.0.tgz|zope.x-1.0`,
		`o-1.0-py3-none-any.whl|pypi|${host}/o-1.0-py2.py3-none-any.whl`,
	]), [[3, 'warning', 'STX0423', 'the line is for `o-1.0-py3-none-any.whl`, its URL for `o-1.0-py2.py3-none-any.whl`, which is taken']]);
});

test('a URL with a password is refused, and not shown', t => {
	t.deepEqual(errors('a-1-py3-none-any.whl|tar|https://eve:secret@example.com/a-1.tar.gz|a-1'), [[1, '`https://***@example.com/a-1.tar.gz` has a user name or a password']]);
	t.is(parse('a-1-py3-none-any.whl|git|ssh://git@example.com/a|a|main').length, 1);
});

test('W36: a wheel that the target cannot install, and what it is for', t => {
	const wheels: ReadonlyArray<readonly [string, string]> = [
		['lxml-4.9.3-pp39-pypy39_pp73-manylinux_2_28_x86_64.whl', 'PyPy 3.9'],
		['PyYAML-6.0-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl', 'CPython 3.11'],
		['rcssmin-1.1.2-cp312-cp312-manylinux2014_aarch64.whl', 'CPython 3.12, aarch64'],
		['arm-1.1.2-cp39-cp39-manylinux_2_17_aarch64.whl', 'aarch64'],
		['new-1-cp39-cp39-manylinux_2_32_x86_64.whl', 'glibc 2.32'],
		['alpine-1-py3-none-musllinux_1_1_x86_64.whl', 'musl'],
		['mac-1-cp39-cp39-macosx_11_0_arm64.whl', 'macOS'],
		['win-1-py3-none-win_amd64.whl', 'Windows'],
		['old-1-py2-none-any.whl', 'Python 2'],
		['later-1-py310-none-any.whl', 'Python 3.10'],
	];
	t.deepEqual(told(wheels.map(([filename]) => `${filename}|pypi|${host}/${filename}`), bullseye), wheels.map(([filename, what], index) =>
		[index + 1, 'error', 'STX0402', `\`${filename}\` is for ${what}, and cannot be installed on CPython 3.9, x86_64, glibc 2.31`]));
	t.deepEqual(told([`a-1-cp313-cp313t-linux_x86_64.whl|tar|${host}/a-1.tar.gz|a-1`]).map(found => found[3]), ['`a-1-cp313-cp313t-linux_x86_64.whl` is for CPython 3.13 (ABI `cp313t`), and cannot be installed on CPython 3.13, x86_64, glibc 2.41']);
});

test('a wheel that is built here gets the target\'s architecture', t => {
	const arm = createTarget({python: '3.13', glibc: '2.41', arch: 'arm64'});
	t.is(read([`uwsgi-2.0.31-cp313-cp313-linux_x86_64.whl|tar|${host}/uwsgi-2.0.31.tar.gz|uwsgi-2.0.31`], arm).entries.length, 1);
	t.deepEqual(codes([`uwsgi-2.0.31-cp313-cp313-linux_x86_64.whl|pypi|${host}/uwsgi-2.0.31-cp313-cp313-linux_x86_64.whl`], arm), [[1, 'STX0402']]);
});

test('W45: a project that is listed twice, however it is spelt and wherever else it is wrong', t => {
	const lines = [
		`PyYAML-6.0.10-py3-none-any.whl|tar|${host}/PyYAML-6.0.10.tar.gz|PyYAML-6.0.10`,
		`pyyaml-6.0.9-py3-none-any.whl|tar|${host}/pyyaml-6.0.9.tar.gz|pyyaml-6.0.9`,
		`zope.x-2-py3-none-any.whl|whl|${host}/zope.x-2-py3-none-any.whl`,
		`zope_x-1-py3-none-any.whl|pypi|${host}/zope_x-1-py3-none-any.whl`,
	];
	const {findings, entries} = read(lines);
	t.deepEqual(findings.filter(({problem}) => problem.code === 'STX0403').map(({at, wheel, problem}) => [at.line, wheel, problem.message, problem.at.map(place => (place as {line: number}).line)]) as unknown, [
		[2, 'pyyaml-6.0.9-py3-none-any.whl', '`pyyaml` is listed twice: `PyYAML-6.0.10-py3-none-any.whl` and `pyyaml-6.0.9-py3-none-any.whl`', [1, 2]],
		[3, 'zope.x-2-py3-none-any.whl', '`zope-x` is listed twice: `zope.x-2-py3-none-any.whl` and `zope_x-1-py3-none-any.whl`', [3, 4]],
	]);
	// The newer one stays, as pip would have it; one that cannot be used gives way.
	t.deepEqual(entries.map(({wheel}) => wheel), ['PyYAML-6.0.10-py3-none-any.whl', 'zope_x-1-py3-none-any.whl']);
});

test('white space inside a line, which StarlingX\'s tools stumble over', t => {
	t.deepEqual(told([`pecan-1.4.0-py3-none-any.whl |tar|${host}/pecan-1.4.0.tar.gz|pecan-1.4.0   # why`]), [[1, 'warning', 'STX0423', 'there is white space around `pecan-1.4.0-py3-none-any.whl`']]);
});

test('W23: a list for Python 2 is read, and refused with the reason', t => {
	const lines = [
		'# for Python 2',
		`a-1-py2-none-any.whl|tar|${host}/a-1.tar.gz|a-1`,
		`b-1-cp27-cp27mu-linux_x86_64.whl|tar|${host}/b-1.tar.gz|b-1`,
		`c-1-py2.py3-none-any.whl|pypi|${host}/c-1-py2.py3-none-any.whl`,
	];
	const list = parseWheelList(lines.join('\n'), '/lists/stable-wheels-py2.cfg', target);
	t.deepEqual(list.entries, []);
	t.deepEqual(list.findings.map(({severity, at, problem: {code, message}}) => [severity, at.line, code, message]), [
		['error', 2, 'STX0421', 'the list is for Python 2, which stx-build makes nothing for: 2 of its 3 wheels install on Python 2 alone'],
	]);
	t.deepEqual(codes(lines), [[2, 'STX0402'], [3, 'STX0402']]);
});

test('a build refuses what is wrong, or goes on without it and says so', t => {
	const list = read([
		`a-1-py3-none-any.whl|whl|${host}/a-1-py3-none-any.whl`,
		`b-1-py3-none-any.whl |tar|${host}/b-1.tar.gz|b-1`,
		'c-1-py3-none-any.whl|tar|c',
	]);
	t.deepEqual(problemsOf(thrownBy(() => usableEntries(list, {allowUnusable: false}))).map(({at}) => at), [[{file: 'stable-wheels.cfg', line: 1}], [{file: 'stable-wheels.cfg', line: 3}]] as never);
	const {entries, leftOut} = usableEntries(list, {allowUnusable: true});
	t.deepEqual(entries.map(({wheel}) => wheel), ['b-1-py3-none-any.whl']);
	t.deepEqual(leftOut, [
		{
			wheel: 'a-1-py3-none-any.whl', at: {file: 'stable-wheels.cfg', line: 1}, code: 'STX0401', message: '`whl` is not a type of a wheel list',
		},
		{
			wheel: 'c-1-py3-none-any.whl', at: {file: 'stable-wheels.cfg', line: 3}, code: 'STX0401', message: '`c` is not a URL that a `tar` line can have',
		},
	]);
});

test('a `#` in a URL starts a comment as well, and an error that comes of it says so', t => {
	t.is(parse(`a-1-py3-none-any.whl|pypi|${host}/a-1-py3-none-any.whl#sha256=00`)[0]!.url, `${host}/a-1-py3-none-any.whl`);
	const hintOf = (line: string): string | undefined => read([line]).findings[0]!.problem.hint;
	t.is(hintOf('a-1-py3-none-any.whl|git|https://example.com/a#egg=a|a|v1'), 'the form is `wheel|git|repository|basedir|branch[|fix_setup]`; `#` starts a comment, in a URL too: `#egg=a|a|v1` does not count');
	t.is(hintOf('a-1-py3-none-any.whl|tar|a.tar.gz#sha256=00|a-1'), 'give one with https or http; `#` starts a comment, in a URL too: `#sha256=00|a-1` does not count');
	t.is(hintOf('a-1-py3-none-any.whl|tar|a.tar.gz   # a-1'), 'give one with https or http');
});

test('whatever is written, an error has its line or the entry is whole', t => {
	const field = fc.constantFrom('a-1-py3-none-any.whl', 'b-2-pp39-pypy39_pp73-win32.whl', 'tar', 'zip', 'pypi', 'git', 'whl', '', ' ', '#', 'fix_setup', `${host}/a-1.tar.gz`, 'https://[', 'https://a/%zz.whl', 'a-1', '..');
	fc.assert(fc.property(fc.array(fc.array(field, {maxLength: 6}), {maxLength: 5}), lines => {
		const {entries, findings, lines: count} = read(lines.map(fields => fields.join('|')));
		t.true(entries.every(entry => entry.url !== '' && entry.at.line >= 1));
		t.true(findings.every(({at, problem}) => at.line >= 1 && at.line <= lines.length && problem.at.length > 0));
		const bad = new Set(findings.filter(({severity}) => severity === 'error').map(({at}) => at.line));
		t.is(entries.length + bad.size, count);
	}));
});
