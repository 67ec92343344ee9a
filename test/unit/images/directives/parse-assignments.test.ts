import {Buffer} from 'node:buffer';
import test from 'ava';
import {BuildError, throwProblems} from '../../../../src/errors.js';
import {gatherAssignments, type Assignment} from '../../../../src/images/directives/parse-assignments.js';

function parseAssignments(text: string, file: string): readonly Assignment[] {
	const {assignments, problems} = gatherAssignments(text, file, 'directive');
	throwProblems(problems);
	return assignments;
}

const accepts = test.macro({
	exec(t, text: string, raw: string) {
		t.deepEqual(parseAssignments(text, 'x_docker_image'), [{name: 'KEY', raw, line: 1}]);
	},
	title: (title = '') => `reads ${title}`,
});

test('a bare word', accepts, 'KEY=loci\n', 'loci');
test('a file without a newline at its end', accepts, 'KEY=loci', 'loci');
test('an empty value', accepts, 'KEY=\n', '');
test('an empty quotation', accepts, 'KEY=""', '');
test('a comment after a value', accepts, 'KEY=""   # default is "pip"\n', '');
test('a # inside of a word', accepts, 'KEY=a#b\n', 'a#b');
test('a # at the start of a word', accepts, 'KEY=#b\n', '#b');
test('newlines in double quotes', accepts, 'KEY="\n  a\n  b"', '\n  a\n  b');
test('continued lines in double quotes', accepts, 'KEY="\\\n  a \\\n  b"', '  a   b');
test('escapes that double quotes know', accepts, String.raw`KEY="\" \\ \$ \`"`, '" \\ $ `');
test('backslashes that double quotes keep', accepts, String.raw`KEY="s/\(^\s*\)/\1#/"`, String.raw`s/\(^\s*\)/\1#/`);
test('single quotes as they are', accepts, 'KEY=\'$A `b` \\ "c"\n$(D)\'', '$A `b` \\ "c"\n$(D)');
test('a continued line outside of quotes', accepts, 'KEY=a\\\nb\n', 'ab');
test('escapes outside of quotes', accepts, String.raw`KEY=a\ b\$c\;` + '\n', 'a b$c;');
test('parts of one word', accepts, 'KEY=a"b c"\'d e\'f\n', 'ab cd ef');
test('characters that only other places expand', accepts, 'KEY=/lib/python3*/{a,b}?[c]!\n', '/lib/python3*/{a,b}?[c]!');
test('a $ that expands nothing', accepts, 'KEY="s/a$/b/ $"', 's/a$/b/ $');
test('an encoded text on one line', accepts, 'KEY="echo \'$(base64 -w0 <<\'EOL\'\n#!/bin/bash\necho "$(date)" \')\'\nEOL\n)\' | base64 -d"', `echo '${Buffer.from('#!/bin/bash\necho "$(date)" \')\'\n').toString('base64')}' | base64 -d`);
test('an encoded text on several lines', accepts, `KEY=$(base64 <<'T'\n${'x'.repeat(100)}\nT\n)`, Buffer.from(`${'x'.repeat(100)}\n`).toString('base64').replace(/(.{76})/, '$1\n'));

test('keeps the line of each name', t => {
	t.deepEqual(parseAssignments('# a file\n\nA="1\n2"\n  B=3 # three\n#\nC=4', 'f').map(({name, line}) => [name, line]), [['A', 3], ['B', 5], ['C', 7]]);
});

const refuses = test.macro({
	exec(t, text: string, line: number, message: RegExp) {
		const error = t.throws(() => parseAssignments(text, 'x_docker_image'), {instanceOf: BuildError, code: 'STX0601'});
		t.deepEqual(error.at, [{file: 'x_docker_image', line}]);
		t.regex(error.message, message);
		t.truthy(error.hint);
	},
	title: (title = '') => `refuses ${title}`,
});

test('a variable', refuses, 'A=1\nB=$HOME\n', 2, /`\$HOME` is an expansion/);
test('a variable in double quotes', refuses, 'A="\n$@"\n', 2, /is an expansion/);
test('a variable whose name is continued', refuses, 'A="$\\\nHOME"\n', 1, /is an expansion/);
test('a quotation with escapes of C', refuses, 'A=$\'x\'\n', 1, /is an expansion/);
test('arithmetic', refuses, 'A=$((1 + 1))\n', 1, /runs a command/);
test('a command', refuses, 'A="$(rm -rf /)"\n', 1, /`\$\(rm -rf \/\)"` runs a command/);
test('a command in back quotes', refuses, 'A=`id`\n', 1, /back quotes/);
test('a command in back quotes in double quotes', refuses, 'A="`id`"\n', 1, /back quotes/);
test('base64 of a file', refuses, 'A="$(base64 -w0 file)"\n', 1, /runs a command/);
test('base64 of text that the shell expands', refuses, 'A="$(base64 -w0 <<EOL\n$HOME\nEOL\n)"\n', 1, /runs a command/);
test('base64 with more after it', refuses, 'A="$(base64 -w0 <<\'EOL\'\nx\nEOL\nid)"\n', 3, /not closed/);
test('base64 without an end', refuses, 'A="$(base64 -w0 <<\'EOL\'\nx\n)"\n', 1, /no line `EOL`/);
test('a second statement', refuses, 'A=1; rm -rf /\n', 1, /`;` outside of quotes/);
test('a pipe', refuses, 'A=1|tee\n', 1, /`\|` outside of quotes/);
test('a command after a value', refuses, 'A=1 make\n', 1, /`make` comes after the value/);
test('two assignments in a line', refuses, 'A=1 B=2\n', 1, /`B=2` comes after the value/);
test('export', refuses, 'export A=1\n', 1, /`export` is not an assignment/);
test('source', refuses, '. ./other\n', 1, /is not an assignment/);
test('a function', refuses, 'f() { :; }\n', 1, /is not an assignment/);
test('a list', refuses, 'A=(a b)\n', 1, /is a list/);
test('an index', refuses, 'A[0]=a\n', 1, /cannot be the name/);
test('an addition', refuses, 'A+=a\n', 1, /adds to a value/);
test('a double quote that is not closed', refuses, 'A=1\nB="x\nC=2\n', 2, /`"` that is not closed/);
test('a single quote that is not closed', refuses, 'A=\'x\n', 1, /`'` that is not closed/);
test('a home folder', refuses, 'A=~/x\n', 1, /home folder/);
test('a home folder in a path', refuses, 'A=/x:~y\n', 1, /home folder/);
test('a home folder on a continued line', refuses, 'A=\\\n~\n', 2, /home folder/);
test('a backslash at the end', refuses, 'A=x\\', 1, /ends in a/);
test('line ends of Windows', refuses, 'A=1\r\nB=2\r\n', 1, /CR LF/);
test('a byte order mark', refuses, '\uFEFFA=1\n', 1, /byte order mark/);
test('control characters', refuses, 'A=1\nB=\u0001\n', 2, /control character/);

test('finds all that is wrong in one pass', t => {
	const error = t.throws(() => parseAssignments('A=$X\nB=1\nC="unclosed\nD=y;z\nexport E\nF=2\n', 'f'), {instanceOf: BuildError, code: 'STX0002'});
	t.deepEqual(error.problems.map(problem => problem.at), [[{file: 'f', line: 1}], [{file: 'f', line: 3}], [{file: 'f', line: 4}]]);
});
