import test from 'ava';
import fc from 'fast-check';
import {BuildError} from '../../../src/errors.js';
import {isName, normalizeName} from '../../../src/python/index.js';

const names = fc.stringMatching(/^[a-zA-Z\d](?:[\w.-]{0,20}[a-zA-Z\d])?$/);

test('names are folded as PEP 503 says', t => {
	t.is(String(normalizeName('PyYAML')), 'pyyaml');
	t.is(String(normalizeName('oslo.config')), 'oslo-config');
	t.is(String(normalizeName('glance_store')), 'glance-store');
	t.is(String(normalizeName('x.-_y')), 'x-y');
});

test('what is no name is refused with its place', t => {
	for (const text of ['', '-a', 'a-', '_a', 'a b', 'a/b', 'é', 'a\n']) {
		t.false(isName(text), text);
		const error = t.throws(() => normalizeName(text, {file: 'list', line: 3}), {instanceOf: BuildError, code: 'STX0201'});
		t.deepEqual(error?.at, [{file: 'list', line: 3}]);
	}
});

test('folding twice changes nothing, and the result has one spelling', t => {
	fc.assert(fc.property(names, name => {
		const normalized = normalizeName(name);
		t.is(normalizeName(normalized), normalized);
		t.regex(normalized, /^[a-z\d]+(?:-[a-z\d]+)*$/);
	}));
});
