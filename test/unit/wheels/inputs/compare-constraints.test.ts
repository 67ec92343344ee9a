import test from 'ava';
import {createTarget, normalizeName, parseConstraints} from '../../../../src/python/index.js';
import {compareWithConstraints} from '../../../../src/wheels/inputs/compare-constraints.js';
import {servicesLeftOut} from '../../../../src/wheels/inputs/services-left-out.js';

const target = createTarget({python: '3.13', glibc: '2.41', arch: 'amd64'});
const listed = (name: string, version: string, line = 1) => ({
	wheel: `${name}-${version}-py3-none-any.whl`, name: normalizeName(name), version, at: {file: 'list', line},
});
const compare = (constraints: string, ...entries: ReadonlyArray<ReturnType<typeof listed>>) =>
	compareWithConstraints(entries, parseConstraints(constraints, 'uc'), target, servicesLeftOut).map(({severity, problem: {code, message, at}}) => [severity, code, message, at.map(place => (place as {line: number}).line)] as const);

test('a version that the constraint does not allow is told with both places', t => {
	const entries = [
		listed('prettytable', '0.7.2', 7), listed('Pretty.Table', '0.7.2', 8), listed('same', '1.0.0', 9), listed('loose', '1.9', 10), listed('range', '2.0', 11), listed('tap', '1', 12), listed('absent', '1', 13),
	];
	t.deepEqual(compare('# head\nPretty_Table===3.17.0\nsame===1.0.0\nloose<2\nrange<2\ntap @ https://example.com/tap-1.tar.gz\n', ...entries), [
		['warning', 'STX0422', '`pretty-table` is listed in version 0.7.2, and the constraints hold `Pretty_Table===3.17.0`', [8, 2]],
		['warning', 'STX0422', '`range` is listed in version 2.0, and the constraints hold `range<2`', [11, 5]],
		['warning', 'STX0422', '`tap` is listed in version 1, and the constraints hold `tap @ https://example.com/tap-1.tar.gz`', [12, 6]],
	]);
});

test('only the constraint of the target counts', t => {
	t.deepEqual(compare('a===1;python_version<"3.12"\na===2;python_version>="3.12"\n', listed('a', '2')), []);
	t.is(compare('a===1;python_version<"3.12"\na===2;python_version>="3.12"\n', listed('a', '1')).length, 1);
	// Constraints that contradict themselves are told when they are used.
	t.deepEqual(compare('a===1\na===2\n', listed('a', '3')), []);
});

test('the services that StarlingX leaves out of the constraints are compared with none', t => {
	t.is(servicesLeftOut.size, 13);
	t.deepEqual(compare('keystone===30\n', listed('keystone', '29')), []);
});
