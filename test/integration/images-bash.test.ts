import {execFileSync} from 'node:child_process';
import {existsSync, readdirSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import test, {type ExecutionContext} from 'ava';
import fc from 'fast-check';
import {directiveKeys, isDirectiveKey} from '../../src/images/directives/directive.js';
import {gatherAssignments} from '../../src/images/directives/parse-assignments.js';
import {parseDirectiveValues} from '../../src/images/directives/parse-directive-file.js';
import {bashValues} from '../_helpers/bash-values.js';
import {assignmentFile, shellSoup} from '../_helpers/directive-arbitraries.js';
import {needs} from '../_helpers/needs.js';

const seed = 20_261_120;

/** Asserts that each file has the values that bash gives it. */
function compareWithBash(t: ExecutionContext, files: readonly string[]): void {
	const {answers, errors} = bashValues(files, directiveKeys);
	t.is(errors, '');
	t.is(answers.length, files.length);
	for (const [index, answer] of answers.entries()) {
		const text = files[index]!;
		t.is(answer.exit, '0', text);
		const values = parseDirectiveValues(text, 'generated');
		t.deepEqual(Object.fromEntries([...values].map(([key, {raw}]) => [key, raw])), Object.fromEntries([...answer.values].map(([key, {raw}]) => [key, raw])), text);
		for (const [key, {raw, value}] of values) {
			t.is(value, key === 'POSTBUILD_COMMAND' ? raw.replace(/\n+$/, '') : answer.values.get(key)!.echoed, text);
		}
	}
}

test('generated directive files have the values that bash gives them', t => {
	if (!needs(t, 'bash')) {
		return;
	}

	compareWithBash(t, fc.sample(assignmentFile, {numRuns: 600, seed}));
});

test('every form that StarlingX writes values in has the value that bash gives it', t => {
	if (!needs(t, 'bash')) {
		return;
	}

	const lines = [
		'BUILDER=loci\nLABEL=stx-a',
		'# a comment\n\nBUILDER=docker # and one behind\n  # and one that is indented\nLABEL=a\n\n',
		'PIP_PACKAGES="api eventlet \\\n              paste \\\n  webob"\n',
		'PIP_PACKAGES="\n        one \\\n        two \\\n        "\n',
		'DIST_PACKAGES="\\\n  curl\n  openssl\n"\n',
		'POSTBUILD_REMOVE_OS_PACKAGES=""   # the default is not empty\n',
		'CUSTOMIZATION="sed -i \\"s/a(\'b\', c.d)/a(\'b\')/g\\" /var/lib/x/lib/python3*/site-packages/x.py && \\\n    [[ -d /x ]] || true"\n',
		String.raw`CUSTOMIZATION="sed -i 's/\(^\s*\)\(import x\)/\1# \2/' /x.py"`,
		'POSTBUILD_COMMAND=\'  # if you use single quotes, newlines need no escape\n\nset -e\nURL="https://example.org"\npip3 install "x==1" -c "$URL"\n\n\'\n',
		'CUSTOMIZATION="ln -sf /bin/a /usr/bin/a && \\\necho \'$(base64 -w0 <<\'EOL\'\n#!/bin/bash\nx=$(id) && cat <<-\'PY\'\n\tprint(")")\n\tPY\nexec "$X" "$@" )(\nEOL\n)\' | base64 -d > /usr/local/bin/x"\n',
		'DOCKER_FILE=./Dockerfile\nDOCKER_CONTEXT=../../docker\nDOCKER_REF=f1581ff873 # of v2',
		'ARGS="a  b\tc"\nSCRIPT=build.sh\nCOMMAND=bash\nIMAGE_UPDATE_VER=08\n',
	];
	compareWithBash(t, lines);
});

test('of text made of the shell\'s own characters, what is accepted is what bash assigns', t => {
	if (!needs(t, 'bash')) {
		return;
	}

	// Only what the parser takes for plain assignments is handed to bash: nothing else is ever run.
	const accepted = fc.sample(shellSoup, {numRuns: 10_000, seed}).flatMap(value => {
		const text = `LABEL=${value}\nBUILDER=loci\n`;
		const {assignments, problems} = gatherAssignments(text, 'generated', 'directive');
		return problems.length > 0 ? [] : [{text, values: Object.fromEntries(assignments.filter(({name}) => isDirectiveKey(name)).map(({name, raw}) => [name, raw]))}];
	});
	t.true(accepted.length > 500, `only ${accepted.length} texts were accepted`);
	const {answers, errors} = bashValues(accepted.map(({text}) => text), directiveKeys);
	t.is(errors, '');
	t.is(answers.length, accepted.length);
	for (const [index, answer] of answers.entries()) {
		const {text, values} = accepted[index]!;
		t.is(answer.exit, '0', text);
		t.deepEqual(Object.fromEntries([...answer.values].map(([key, {raw}]) => [key, raw])), values, text);
	}
});

/** A folder with git repositories, bare or not, whose whole history is to be read too; in nobody's way where it is not set. */
const repositories = process.env.STX_BUILD_TEST_REPOSITORIES ?? '';
if (repositories !== '') {
	test('every version of every directive file in the history of real repositories has the values that bash gives it', t => {
		const git = (repository: string, ...argv: readonly string[]): string => execFileSync('git', ['-C', repository, ...argv], {encoding: 'utf8', maxBuffer: 1024 ** 3});
		const folders = readdirSync(repositories).flatMap(name => ['', 'repo'].map(inner => path.join(repositories, name, inner))).filter(folder => ['HEAD', '.git'].some(name => existsSync(path.join(folder, name))));
		const texts = folders.flatMap(folder => {
			const history = git(folder, 'log', '--all', '-m', '--raw', '--no-abbrev', '--no-renames', '--format=', '--', '*_docker_image');
			const blobs = new Set([...history.matchAll(/^:\d+ \d+ [\da-f]+ (?<blob>(?!0+ )[\da-f]+) /gmv)].map(({groups}) => groups!.blob!));
			return [...blobs].map(blob => git(folder, 'cat-file', 'blob', blob));
		});
		t.log(`${texts.length} versions of ${folders.length} repositories`);
		t.true(texts.length > 0);
		compareWithBash(t, texts);
	});
}
