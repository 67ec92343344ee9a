import test from 'ava';
import fc from 'fast-check';
import {BuildError, collect} from '../../../../src/errors.js';
import {createTarget} from '../../../../src/python/index.js';
import {parseWheelList, refuseUnbuildable} from '../../../../src/wheels/inputs/parse-wheel-list.js';
import {problemsOf, thrownBy} from '../../../_helpers/failure.js';

const target = createTarget({python: '3.13', glibc: '2.41', arch: 'amd64'});
const host = 'https://files.pythonhosted.org/packages/ab/cd/ef';
const parse = (...lines: readonly string[]) => parseWheelList(lines.join('\n'), 'stable-wheels.cfg', target);

const told = (run: () => unknown) => problemsOf(thrownBy(run)).map(({code, message, at}) => ({code, message, line: (at[0] as {line?: number}).line}));

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

test('all that is wrong is told at once, with its line', t => {
	t.deepEqual(told(() => parse(
		`isort-4.2.5-py2.py3-none-any.whl|whl|${host}/isort-4.2.5-py2.py3-none-any.whl`,
		`MarkupSafe-2.0.1-cp39-cp39-manylinux2014_aarch64.whlpypi|${host}/MarkupSafe-2.0.1-cp39-cp39-manylinux2014_aarch64.whl`,
		'just words',
		'a-1-py3-none-any.whl|tar',
		'lz4-4.4.5-py3-none-any.whl|git|https://github.com/python-lz4/python-lz4|python-lz4',
		`b-1-py3-none-any.whl|pypi|${host}/b-1-py3-none-any.whl|b-1`,
		`c-1-py3-none-any.whl|tar|${host}/c-1.tar.gz|c-1|fixsetup`,
		'd-1-py3-none-any.whl|tar|d-1.tar.gz|d-1',
		`e-1-py3-none-any.whl|tar|${host}/e-1.tar.gz|../e-1`,
		`f-1.whl|tar|${host}/f-1.tar.gz|f-1`,
		`g-1-py3-none-any.whl|pypi|${host}/g-2-py3-none-any.whl`,
	)), [
		{code: 'STX0401', message: '`whl` is not a type of a wheel list', line: 1},
		{code: 'STX0401', message: '`MarkupSafe-2.0.1-cp39-cp39-manylinux2014_aarch64.whlpypi` is not the file name of a wheel', line: 2},
		{code: 'STX0401', message: '`just words` has no `|`', line: 3},
		{code: 'STX0401', message: 'a field is missing in `a-1-py3-none-any.whl|tar`', line: 4},
		{code: 'STX0401', message: 'a field is missing in `lz4-4.4.5-py3-none-any.whl|git|https://github.com/python-lz4/python-lz4|python-lz4`', line: 5},
		{code: 'STX0401', message: '`b-1` is one field too many', line: 6},
		{code: 'STX0401', message: '`fixsetup` is one field too many', line: 7},
		{code: 'STX0401', message: '`d-1.tar.gz` is not a URL', line: 8},
		{code: 'STX0401', message: 'basedir `../e-1` leaves the archive', line: 9},
		{code: 'STX0401', message: '`f-1.whl` is not the file name of a wheel', line: 10},
		{code: 'STX0401', message: 'the line is for `g-1-py3-none-any.whl`, its URL for `g-2-py3-none-any.whl`', line: 11},
	]);
});

test('a URL with a password is refused, and not shown', t => {
	t.deepEqual(told(() => parse('a-1-py3-none-any.whl|tar|https://eve:secret@example.com/a-1.tar.gz|a-1')), [
		{code: 'STX0401', message: '`https://***@example.com/a-1.tar.gz` has a user name or a password', line: 1},
	]);
	t.notThrows(() => parse('a-1-py3-none-any.whl|git|ssh://git@example.com/a|a|main'));
});

test('a wheel that the target cannot install', t => {
	const filenames = [
		'lxml-4.6.3-pp39-pypy39_pp73-manylinux_2_24_x86_64.whl',
		'PyYAML-6.0-cp311-cp311-manylinux_2_17_x86_64.whl',
		'rcssmin-1.1.2-cp313-cp313-manylinux_2_17_aarch64.whl',
		'new-1-cp313-cp313-manylinux_2_42_x86_64.whl',
	];
	t.deepEqual(told(() => parse(...filenames.map(filename => `${filename}|pypi|${host}/${filename}`))).map(({code, line}) => [code, line]), [['STX0402', 1], ['STX0402', 2], ['STX0402', 3], ['STX0402', 4]]);
	t.deepEqual(told(() => parse(`a-1-cp312-cp312-linux_x86_64.whl|tar|${host}/a-1.tar.gz|a-1`)), [{code: 'STX0402', message: '`a-1-cp312-cp312-linux_x86_64.whl` cannot be installed on CPython 3.13, x86_64, glibc 2.41', line: 1}]);
});

test('a wheel that is built here gets the target\'s architecture', t => {
	const arm = createTarget({python: '3.13', glibc: '2.41', arch: 'arm64'});
	t.is(parseWheelList(`uwsgi-2.0.31-cp313-cp313-linux_x86_64.whl|tar|${host}/uwsgi-2.0.31.tar.gz|uwsgi-2.0.31`, 'list', arm).length, 1);
	t.throws(() => parseWheelList(`uwsgi-2.0.31-cp313-cp313-linux_x86_64.whl|pypi|${host}/uwsgi-2.0.31-cp313-cp313-linux_x86_64.whl`, 'list', arm), {code: 'STX0402'});
});

test('a project that is listed twice, however it is spelt', t => {
	t.deepEqual(told(() => parse(
		`PyYAML-6.0.2-py3-none-any.whl|tar|${host}/PyYAML-6.0.2.tar.gz|PyYAML-6.0.2`,
		`pyyaml-6.0.3-py3-none-any.whl|tar|${host}/pyyaml-6.0.3.tar.gz|pyyaml-6.0.3`,
	)), [{code: 'STX0403', message: '`pyyaml` is listed twice: `PyYAML-6.0.2-py3-none-any.whl` and `pyyaml-6.0.3-py3-none-any.whl`', line: 1}]);
});

test('a `#` in a URL starts a comment as well, and an error that comes of it says so', t => {
	t.is(parse(`a-1-py3-none-any.whl|pypi|${host}/a-1-py3-none-any.whl#sha256=00`)[0]!.url, `${host}/a-1-py3-none-any.whl`);
	const hintOf = (line: string): string | undefined => problemsOf(thrownBy(() => parse(line)))[0]!.hint;
	t.is(hintOf('a-1-py3-none-any.whl|git|https://example.com/a#egg=a|a|v1'), 'the form is `wheel|git|repository|basedir|branch[|fix_setup]`; `#` starts a comment, in a URL too: `#egg=a|a|v1` does not count');
	t.is(hintOf('a-1-py3-none-any.whl|tar|a.tar.gz#sha256=00|a-1'), '`#` starts a comment, in a URL too: `#sha256=00|a-1` does not count');
	t.is(hintOf('a-1-py3-none-any.whl|tar|a.tar.gz   # a-1'), undefined);
});

test('git is refused by name, with what to do instead', t => {
	const entries = parse('lz4-4.4.5-cp313-cp313-linux_x86_64.whl|git|https://github.com/python-lz4/python-lz4|python-lz4|v4.4.5');
	const error = t.throws(() => {
		refuseUnbuildable(entries);
	}, {instanceOf: BuildError, code: 'STX0404'});
	t.deepEqual(error.at, [{file: 'stable-wheels.cfg', line: 1}]);
	t.regex(error.hint!, /`tar` line/);
});

test('whatever is written, an error has its line or the entry is whole', t => {
	const field = fc.constantFrom('a-1-py3-none-any.whl', 'tar', 'zip', 'pypi', 'git', 'whl', '', ' ', '#', 'fix_setup', `${host}/a-1.tar.gz`, 'a-1', '..');
	fc.assert(fc.property(fc.array(fc.array(field, {maxLength: 6}), {maxLength: 5}), lines => {
		const text = lines.map(fields => fields.join('|'));
		const problems: BuildError[] = [];
		const entries = collect(problems, () => parse(...text)) ?? [];
		t.true(entries.every(entry => entry.url !== '' && entry.at.line >= 1));
		t.true(problems.flatMap(problem => problemsOf(problem)).every(({at}) => at.every(place => 'line' in place && place.line >= 1 && place.line <= text.length)));
	}));
});
