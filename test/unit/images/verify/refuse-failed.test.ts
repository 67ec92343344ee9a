import test from 'ava';
import {BuildError} from '../../../../src/errors.js';
import {refuseFailed} from '../../../../src/images/verify/refuse-failed.js';

const check = (name: string, status: 'passed' | 'failed' | 'warning', detail = '') => ({
	check: name, status, seconds: 0, detail,
});
const tried = {
	label: 'stx-x', directive: '/d/x.stable_docker_image', specFile: null, log: '/w/x.log',
};

test('what has not failed is good', t => {
	t.notThrows(() => {
		refuseFailed([check('a', 'passed'), check('b', 'warning', 'odd')], tried);
	});
});

test('each check that failed is told, a long detail by its first line and its end', t => {
	const detail = Array.from({length: 40}, (_, line) => `line ${line}`).join('\n');
	const error = t.throws(() => {
		refuseFailed([check('a', 'passed'), check('b', 'failed', detail), check('c', 'failed')], {...tried, specFile: tried.directive});
	}, {instanceOf: BuildError, code: 'STX0612'});
	t.is(error.message, ['`stx-x` was built, but 2 of 3 checks failed, and it has no tag', 'b: line 0', '  …', ...Array.from({length: 12}, (_, line) => `  line ${line + 28}`), 'c:'].join('\n'));
	t.deepEqual(error.at, [{file: tried.directive}, {file: tried.log}]);
	t.is(error.hint, undefined);
});

test('where the checks are those of another file, it is named, with the way to change them', t => {
	const error = t.throws(() => {
		refuseFailed([check('a', 'failed', 'no')], {...tried, specFile: '/p/build-config/images/x.ini'});
	}, {instanceOf: BuildError});
	t.deepEqual(error.at, [{file: tried.directive}, {file: '/p/build-config/images/x.ini'}, {file: tried.log}]);
	t.regex(error.hint!, /`LABEL = stx-x` and another \[verify\], or an empty one/v);
});
