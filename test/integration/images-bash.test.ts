import test from 'ava';
import fc from 'fast-check';
import {collect} from '../../src/errors.js';
import {directiveKeys, isDirectiveKey} from '../../src/images/directives/directive.js';
import {parseAssignments} from '../../src/images/directives/parse-assignments.js';
import {parseDirectiveValues} from '../../src/images/directives/parse-directive-file.js';
import {bashValues} from '../_helpers/bash-values.js';
import {assignmentFile, shellSoup} from '../_helpers/directive-arbitraries.js';
import {needs} from '../_helpers/needs.js';

const seed = 20_261_120;

test('generated directive files have the values that bash gives them', t => {
	if (!needs(t, 'bash')) {
		return;
	}

	const files = fc.sample(assignmentFile, {numRuns: 600, seed});
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
});

test('of text made of the shell\'s own characters, what is accepted is what bash assigns', t => {
	if (!needs(t, 'bash')) {
		return;
	}

	// Only what the parser takes for plain assignments is handed to bash: nothing else is ever run.
	const accepted = fc.sample(shellSoup, {numRuns: 10_000, seed}).flatMap(value => {
		const text = `LABEL=${value}\nBUILDER=loci\n`;
		const assignments = collect([], () => parseAssignments(text, 'generated'));
		return assignments === undefined ? [] : [{text, values: Object.fromEntries(assignments.filter(({name}) => isDirectiveKey(name)).map(({name, raw}) => [name, raw]))}];
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
