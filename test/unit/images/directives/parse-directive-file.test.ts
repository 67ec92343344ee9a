import test from 'ava';
import {BuildError} from '../../../../src/errors.js';
import {directiveKeys, valueOf, wordsOf} from '../../../../src/images/directives/directive.js';
import {parseDirectiveFile, parseDirectiveValues} from '../../../../src/images/directives/parse-directive-file.js';

const file = 'stx-x.stable_docker_image';
const minimal = 'BUILDER=loci\nLABEL=stx-x\nPROJECT=infra\nPROJECT_REPO=nil\n';

test('values fold to what an unquoted echo shows', t => {
	const values = parseDirectiveValues('PIP_PACKAGES="\n  a \\\n\tb\n c[x]*  "\n', file);
	t.deepEqual(values.get('PIP_PACKAGES'), {raw: '\n  a \tb\n c[x]*  ', value: 'a b c[x]*', line: 1});
});

test('POSTBUILD_COMMAND keeps its lines, but for newlines at its end', t => {
	const values = parseDirectiveValues('POSTBUILD_COMMAND=\'\n# first\nset -e\n  pip list\n\n\'\n', file);
	t.is(values.get('POSTBUILD_COMMAND')?.value, '\n# first\nset -e\n  pip list');
});

test('no-break spaces are no white space to a shell', t => {
	t.is(parseDirectiveValues('PIP_PACKAGES="a\u00A0b"', file).get('PIP_PACKAGES')?.value, 'a\u00A0b');
});

test('what is removed after the build has defaults, which an empty value takes away', t => {
	const plain = parseDirectiveFile(minimal, file);
	t.is(valueOf(plain, 'POSTBUILD_REMOVE_PYTHON_PACKAGES'), 'pip');
	t.deepEqual(wordsOf(plain, 'POSTBUILD_REMOVE_OS_PACKAGES'), ['python3-pip', 'python-pip-whl']);
	const kept = parseDirectiveFile(`${minimal}POSTBUILD_REMOVE_PYTHON_PACKAGES=""   # default is "pip"\n`, file);
	t.is(valueOf(kept, 'POSTBUILD_REMOVE_PYTHON_PACKAGES'), '');
	t.is(valueOf(kept, 'POSTBUILD_REMOVE_OS_PACKAGES'), 'python3-pip python-pip-whl');
});

test('an unknown key is told with the known one it is near to', t => {
	const error = t.throws(() => parseDirectiveValues(`${minimal}PIP_PACKAGE=x\n`, file), {instanceOf: BuildError, code: 'STX0602'});
	t.deepEqual(error.at, [{file, line: 5}]);
	t.regex(error.hint!, /did you mean `PIP_PACKAGES`/);
});

test('a key given twice is told with both lines', t => {
	const error = t.throws(() => parseDirectiveValues('LABEL=a\n\nLABEL=b\n', file), {instanceOf: BuildError, code: 'STX0603'});
	t.deepEqual(error.at, [{file, line: 3}, {file, line: 1}]);
});

for (const [title, text, message] of [
	['no label', 'BUILDER=loci\nPROJECT=infra\nPROJECT_REPO=nil\n', /no `LABEL`/],
	['a label that is no name of an image', 'BUILDER=docker\nLABEL=Stx/X\n', /`Stx\/X` cannot be the label/],
	['no builder', 'LABEL=x\n', /no `BUILDER`/],
	['an unknown builder', 'LABEL=x\nBUILDER=loki\n', /`loki` is not a builder/],
	['no project', 'LABEL=x\nBUILDER=loci\n', /no `PROJECT`/],
	['a UID that is no number', `${minimal}PROJECT_UID=root\n`, /`PROJECT_UID` is `root`/],
	['a switch that is neither yes nor no', `${minimal}UPDATE_SYSTEM_ACCOUNT=true\n`, /which is not `yes` or `no`/],
	['a project that is a path', 'LABEL=x\nBUILDER=loci\nPROJECT=../../etc\n', /which is not the name of a system account/],
	['a ref that git would take for an option', `${minimal}PROJECT_REF=--upload-pack=x\n`, /`PROJECT_REF` is `--upload-pack=x`, which is not a branch/],
	['a ref with a blank', 'LABEL=x\nBUILDER=docker\nDOCKER_REPO=https://example.org/x\nDOCKER_REF="a b"\n', /`DOCKER_REF` is `a b`/],
	['a script without a repository', 'LABEL=x\nBUILDER=script\nCOMMAND=bash\nSCRIPT=x.sh\n', /no `SOURCE_REPO`/],
	['a script without a command', 'LABEL=x\nBUILDER=script\nSOURCE_REPO=https://example.org/x\nSCRIPT=x.sh\n', /no `COMMAND`/],
	['a script without its file', 'LABEL=x\nBUILDER=script\nSOURCE_REPO=https://example.org/x\nCOMMAND=bash\n', /no `SCRIPT`/],
	['a script that bash does not run', 'LABEL=x\nBUILDER=script\nSOURCE_REPO=https://example.org/x\nCOMMAND=python3\nSCRIPT=x.py\n', /`COMMAND` is `python3`, which is not `bash`/],
	['a key that its builder does not read', `${minimal}DOCKER_FILE=./Dockerfile\n`, /`DOCKER_FILE` is read by the builder `docker`, and the directive asks for `loci`/],
	['a key of LOCI for another builder', 'LABEL=x\nBUILDER=docker\nPIP_PACKAGES=a\n', /`PIP_PACKAGES` is read by the builder `loci`/],
	['an update version that is no number', `${minimal}IMAGE_UPDATE_VER=v1\n`, /IMAGE_UPDATE_VER/],
] as const) {
	test(`refuses ${title}`, t => {
		const error = t.throws(() => parseDirectiveFile(text, file), {instanceOf: BuildError, code: 'STX0604'});
		t.regex(error.message, message);
	});
}

test('W10: a directive without a builder, or with one that nobody has, is an error with its line', t => {
	for (const [text, at] of [['LABEL=x\n', {file}], ['LABEL=x\nBUILDER=lxc\n', {file, line: 2}]] as const) {
		const error = t.throws(() => parseDirectiveFile(text, file), {instanceOf: BuildError, code: 'STX0604'});
		t.deepEqual(error.at, [at]);
		t.is(error.exitCode, 2);
	}
});

test('all keys of the tool are known, each to one builder or to all', t => {
	t.is(directiveKeys.length, 34);
	t.is(new Set(directiveKeys).size, 34);
});

test('the builders docker and script can be read', t => {
	t.is(parseDirectiveFile('BUILDER=docker\nLABEL=rvmc\nDOCKER_REPO=https://example.org/x.git\nDOCKER_REF=f1 # SHA for v2\n', file).builder, 'docker');
	t.is(parseDirectiveFile('BUILDER=script\nLABEL=stx-portieris\nSOURCE_REPO=https://example.org/x.git\nCOMMAND=bash\nSCRIPT=build.sh\nARGS="a b"\n', file).builder, 'script');
});

test('unknown keys, wrong values and lines that cannot be read are told together', t => {
	const told = (text: string): readonly string[] => {
		const error = t.throws<BuildError>(() => parseDirectiveFile(text, file), {instanceOf: BuildError});
		return (error.problems.length > 0 ? error.problems : [error]).map(({code, message}) => `${code} ${message}`);
	};

	t.deepEqual(told('BUILDER=loc\nLABEL=stx-x\nPROJCT=infra\n'), ['STX0602 `PROJCT` is not a key of directive files', 'STX0604 `loc` is not a builder']);
	t.deepEqual(told('BUILDER=loc\nLABEL=$(id)\nPROJCT=infra\n'), ['STX0601 `$(id)` runs a command', 'STX0602 `PROJCT` is not a key of directive files', 'STX0604 `loc` is not a builder']);
	t.deepEqual(told('BUILDER=loci\nPROJECT=infra\nLABEL=$(id)\n'), ['STX0601 `$(id)` runs a command'], 'there may be a LABEL');
});
