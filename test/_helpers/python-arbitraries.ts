/** What Python's packaging standards allow, as generators: in usual and unusual spellings. */
import fc, {type Arbitrary} from 'fast-check';

const small = fc.integer({min: 0, max: 3}).map(String);
const number = fc.oneof({weight: 12, arbitrary: small}, {weight: 1, arbitrary: fc.constantFrom('10', '00', '01', '2024', '20240101123456789', '20240101123456790')});
const separator = fc.constantFrom('', '', '', '.', '-', '_');
const optional = (arbitrary: Arbitrary<string>, chance = 3) => fc.oneof({weight: chance, arbitrary: fc.constant('')}, {weight: 1, arbitrary});
const letters = (...words: string[]) => fc.constantFrom(...words, words[0]!.toUpperCase());

const epoch = optional(number.map(digits => `${digits}!`), 8);
const release = (minLength = 1) => fc.array(number, {minLength, maxLength: 4}).map(parts => parts.join('.'));
const pre = fc.tuple(separator, letters('rc', 'a', 'b', 'c', 'alpha', 'beta', 'pre', 'preview'), separator, optional(number, 1)).map(parts => parts.join(''));
const post = fc.oneof(number.map(digits => `-${digits}`), fc.tuple(separator, letters('post', 'rev', 'r'), separator, optional(number, 1)).map(parts => parts.join('')));
const dev = fc.tuple(separator, letters('dev'), separator, optional(number, 1)).map(parts => parts.join(''));
const local = fc.array(fc.constantFrom('1', '2', '10', '007', 'a', 'B', 'ubuntu', '1e5', '0x1', 'infinity', 'abc1'), {minLength: 1, maxLength: 3})
	.chain(parts => fc.constantFrom('.', '-', '_').map(joint => `+${parts.join(joint)}`));

const suffix = fc.tuple(optional(pre, 2), optional(post), optional(dev)).map(parts => parts.join(''));
const versionWith = (releasePart: Arbitrary<string>, localPart: Arbitrary<string>) =>
	fc.tuple(optional(fc.constantFrom('v', 'V'), 12), epoch, releasePart, suffix, localPart).map(parts => parts.join(''));

/** A version in any spelling. */
export const anyVersion = versionWith(release(), optional(local));
const publicVersion = versionWith(release(), fc.constant(''));

/** One specifier in any spelling. */
export const anySpecifier: Arbitrary<string> = fc.oneof(
	{weight: 2, arbitrary: fc.tuple(fc.constantFrom('==', '!='), anyVersion)},
	{weight: 2, arbitrary: fc.tuple(fc.constantFrom('==', '!='), fc.tuple(epoch, release()).map(([bang, parts]) => `${bang}${parts}.*`))},
	{weight: 4, arbitrary: fc.tuple(fc.constantFrom('<', '>', '<=', '>='), publicVersion)},
	{weight: 2, arbitrary: fc.tuple(fc.constant('~='), versionWith(release(2), fc.constant('')))},
	{weight: 1, arbitrary: fc.tuple(fc.constant('==='), fc.oneof(anyVersion, fc.constantFrom('1.*', 'foo', '1.0RC1')))},
).chain(([operator, version]) => fc.constantFrom('', '', ' ').map(blank => `${operator}${blank}${version}`));

/** Up to three specifiers with commas. */
export const anySpecifiers = fc.array(anySpecifier, {maxLength: 3}).chain(parts => fc.constantFrom(',', ', ', ' ,').map(comma => parts.join(comma)));

export const anyName = fc.constantFrom('a', 'oslo.config', 'PyYAML', 'glance_store', 'zope.interface', 'a--b', 'x.-_y', 'ruamel.yaml.clib', 'Django', '3to2');

const blank = fc.constantFrom('', ' ', ' ', '\t', '  ');
const quoted = (arbitrary: Arbitrary<string>) => fc.tuple(arbitrary, fc.constantFrom('\'', '"')).map(([text, quote]) => `${quote}${text}${quote}`);

const versionVariable = fc.constantFrom('python_version', 'python_full_version', 'implementation_version', 'platform_release');
const textVariable = fc.constantFrom('os_name', 'os.name', 'sys_platform', 'sys.platform', 'platform_machine', 'platform.machine', 'platform_system', 'platform_version', 'platform.version', 'platform_python_implementation', 'platform.python_implementation', 'python_implementation', 'implementation_name');
const versionValue = fc.oneof(
	{weight: 6, arbitrary: fc.constantFrom('3', '3.8', '3.9', '3.10', '3.13', '3.13.5', '3.13.*', '3.*', '2.7', '3.13rc1', '4.0', '')},
	{weight: 1, arbitrary: anyVersion},
	{weight: 1, arbitrary: fc.constantFrom('=3.13', ' 3.13 ', 'abc', '3.9, 3.13', '3.13+local')},
);
const textValue = fc.constantFrom('linux', 'linux2', 'win32', 'posix', 'nt', 'Linux', 'x86_64', 'aarch64', 'CPython', 'cpython', 'pypy', '', 'x86_64 aarch64', '3.13');
const ordered = fc.constantFrom('==', '!=', '<', '<=', '>', '>=', 'in', 'not in', 'not  in');

const comparison = fc.oneof(
	{weight: 5, arbitrary: fc.tuple(versionVariable, fc.oneof({weight: 5, arbitrary: ordered}, {weight: 1, arbitrary: fc.constantFrom('~=', '===')}), quoted(versionValue))},
	{weight: 4, arbitrary: fc.tuple(textVariable, ordered, quoted(textValue))},
	// Spelt normally: `packaging` folds the names of extras outside parentheses only, see `anyExtraMarker`.
	{weight: 2, arbitrary: fc.tuple(fc.constant('extra'), fc.constantFrom('==', '!=', 'in'), quoted(fc.constantFrom('test', 'test-tools', '')))},
).chain(([variable, operator, value]) => fc.tuple(fc.boolean(), blank, blank).map(([reversed, before, after]) => {
	const worded = /[a-z]/.test(operator);
	const [left, right] = reversed ? [value, variable] : [variable, value];
	return `${left}${worded ? ' ' : before}${operator}${worded ? ' ' : after}${right}`;
}));

/** A marker: comparisons joined by `and` and `or`, some in parentheses. */
export const anyMarker: Arbitrary<string> = fc.letrec<{marker: string; atom: string}>(tie => ({
	atom: fc.oneof(
		{depthSize: 'small', withCrossShrink: true},
		{weight: 4, arbitrary: comparison},
		{weight: 1, arbitrary: fc.tuple(blank, tie('marker'), blank).map(([before, marker, after]) => `(${before}${marker}${after})`)},
	),
	marker: fc.array(fc.tuple(tie('atom'), fc.constantFrom(' and ', ' or ')), {minLength: 1, maxLength: 3})
		.map(parts => parts.map(([atom, joint], index) => index === parts.length - 1 ? atom : `${atom}${joint}`).join('')),
})).marker;

/** Comparisons of `extra` with names in any spelling. */
export const anyExtraMarker = fc.tuple(fc.constantFrom('==', '!='), quoted(fc.constantFrom('Test', 'Test_Tools', 'test.tools', 'TEST--tools')), fc.boolean())
	.map(([operator, value, reversed]) => reversed ? `${value} ${operator} extra` : `extra ${operator} ${value}`);

const extras = fc.array(fc.constantFrom('test', 'Tools', 'a.b', 'x_y', 'test'), {maxLength: 3}).chain(names => fc.tuple(blank, blank).map(([before, after]) => `[${before}${names.join(`${after},${before}`)}${after}]`));
const url = fc.constantFrom('https://example.com/a-1.0-py3-none-any.whl', 'git+https://example.com/a.git@v1#egg=a', 'file:///tmp/a;b', 'https://user:secret@example.com/a.zip#sha256=00');

/** A requirement in any form. */
export const anyRequirement = fc.tuple(
	fc.tuple(blank, anyName, blank),
	optional(extras, 1),
	fc.oneof(
		{weight: 4, arbitrary: fc.tuple(blank, anySpecifiers).map(parts => parts.join(''))},
		{weight: 2, arbitrary: fc.tuple(blank, anySpecifiers, blank).map(([before, specifiers, after]) => `${before}(${specifiers}${after})`)},
		{weight: 1, arbitrary: fc.tuple(blank, blank, url).map(([before, after, text]) => `${before}@${after}${text} `)},
	),
	optional(fc.tuple(blank, blank, anyMarker, blank).map(([before, after, marker, end]) => `${before};${after}${marker}${end}`), 1),
).map(([name, ...parts]) => [...name, ...parts].join(''));

/** The file name of a wheel. */
export const anyWheelFilename = fc.tuple(
	fc.constantFrom('a', 'PyYAML', 'oslo.config', 'glance_store', 'x_y_z', 'a_b.c', 'A1', 'x__y'),
	anyVersion.map(version => version.replaceAll('-', '_')),
	optional(fc.constantFrom('-1', '-2abc', '-20240101', '-0', '-x1')),
	fc.constantFrom('py3', 'py2.py3', 'cp313', 'cp38.cp39', 'CP313', 'pp310'),
	fc.constantFrom('none', 'cp313', 'abi3', 'abi3.none'),
	fc.constantFrom('any', 'manylinux_2_17_x86_64.manylinux2014_x86_64', 'linux_aarch64', 'win_amd64', 'any.any'),
	fc.oneof({weight: 12, arbitrary: fc.constant('.whl')}, {weight: 1, arbitrary: fc.constantFrom('.WHL', '.zip', '')}),
).map(([name, version, build, python, abi, platform, ending]) => `${name}-${version}${build}-${python}-${abi}-${platform}${ending}`);

/** The same text with a character taken out, put in or doubled. */
export function spoilt(arbitrary: Arbitrary<string>, alphabet: string): Arbitrary<string> {
	return fc.tuple(arbitrary, fc.nat(), fc.constantFrom(...alphabet), fc.constantFrom('out', 'in', 'instead')).map(([text, place, character, how]) => {
		const index = place % (text.length + 1);
		const rest = text.slice(how === 'in' ? index : index + 1);
		return `${text.slice(0, index)}${how === 'out' ? '' : character}${rest}`;
	});
}
