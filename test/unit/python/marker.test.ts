import test from 'ava';
import fc from 'fast-check';
import {BuildError} from '../../../src/errors.js';
import {
	createTarget, evaluateMarker, formatMarker, parseMarker,
} from '../../../src/python/index.js';
import {anyMarker} from '../../_helpers/python-arbitraries.js';

const {environment} = createTarget({python: '3.13.5', glibc: '2.41', arch: 'amd64'});
const value = (text: string, extras: readonly string[] = []) => evaluateMarker(parseMarker(text), environment, extras);

test('versions compare as versions', t => {
	t.true(value('python_version >= "3.9"'));
	t.false(value('python_version < "3.9"'));
	t.true(value('"3.9" < python_version'));
	t.true(value('python_version ~= "3.10"'));
	t.true(value('python_version == "3.*"'));
	t.true(value('python_full_version > "3.13.4"'));
	t.false(value('python_version in "3.9 3.10"'));
	t.true(value('python_version not in "3.9, 3.10"'));
	t.true(value('implementation_version == "3.13.5"'));
});

test('all else compares as text', t => {
	t.true(value('sys_platform == "linux"'));
	t.false(value('sys_platform == "linux2"'));
	t.true(value('"linux" in sys_platform'));
	t.false(value('os_name > "nt"'));
	t.true(value('platform_machine == \'x86_64\' and platform_system == "Linux"'));
	t.true(value('platform_python_implementation == "CPython" and implementation_name == "cpython"'));
	t.true(value('os.name == "posix" and sys.platform == "linux" and platform.machine == "x86_64" and python_implementation == "CPython"'));
});

test('what only the running host knows is not known', t => {
	t.false(value('platform_release >= "5.0"'));
	t.true(value('platform_version == ""'));
});

test('extras compare by their folded names (PEP 685)', t => {
	t.false(value('extra == "test"'));
	t.true(value('extra == "Test_Tools"', ['other', 'test.tools']));
	t.true(value('extra != "test"'));
	t.true(value('python_version < "3" or extra == "test"', ['TEST']));
	t.true(value('(extra == "Test_Tools")', ['test-tools']));
});

test('`and` binds stronger than `or`', t => {
	t.true(value('os_name == "posix" or os_name == "nt" and python_version < "3"'));
	t.false(value('(os_name == "posix" or os_name == "nt") and python_version < "3"'));
	t.is(formatMarker(parseMarker('(os_name=="a" or os_name=="b") and (os_name=="c")')), '(os_name == "a" or os_name == "b") and os_name == "c"');
});

test('what is no marker is refused with the column', t => {
	const cases: ReadonlyArray<readonly [string, RegExp]> = [
		['', /a marker variable or a quoted string expected at column 1, found the end/],
		['python_version', /a comparison expected at column 15/],
		['python_version >= 3', /a quoted string expected at column 19/],
		['python_version>=\'3.9\',<=3.10', /`and` or `or` expected at column 22, found `,<=3.10`/],
		['python_versions == "3"', /column 1/],
		['(os_name == "a"', /`\)` expected at column 16/],
		['os_name == "a" and', /column 19/],
		['os_name == sys_platform', /a quoted string expected at column 12/],
		['"a" == "b"', /a marker variable expected at column 8/],
		[String.raw`os_name == "a\n"`, /column 12/],
		['os_name ~= "posix"', /column 12/],
		['python_version ~= "3"', /column 19/],
		['os_name not"a"', /a comparison expected/],
		['('.repeat(5000), /at most 50 nested parentheses/],
	];
	for (const [text, message] of cases) {
		t.throws(() => parseMarker(text, {file: 'f', line: 2}), {instanceOf: BuildError, code: 'STX0205', message}, text);
	}
});

test('a comparison without meaning for the target is an error and not an answer', t => {
	t.throws(() => value('"5" ~= platform_release'), {instanceOf: BuildError, code: 'STX0205'});
});

test('a written marker is read as the same one', t => {
	fc.assert(fc.property(anyMarker, text => {
		let marker;
		try {
			marker = parseMarker(text);
		} catch {
			return;
		}

		t.deepEqual(parseMarker(formatMarker(marker)), marker);
	}), {numRuns: 1000});
});
