import test from 'ava';
import {createTarget, normalizeName, parseConstraints} from '../../../../src/python/index.js';
import {explainUvFailure} from '../../../../src/wheels/lock/explain-uv-failure.js';
import {parseUvFailure} from '../../../../src/wheels/lock/parse-uv.js';

const circumstances = {
	roots: [
		{label: 'stx-keystone', requirements: ['keystone==30.0.0', 'uwsgi'], at: {file: 'keystone.ini', line: 4}},
		{label: 'stx-other', requirements: ['something'], at: {file: 'other.ini', line: 2}},
	],
	constraints: parseConstraints('# head\noslo.policy===3.0.0\noslo.config===10.3.0\n', 'upper-constraints.txt'),
	target: createTarget({python: '3.13', glibc: '2.41', arch: 'amd64'}),
	given: [{
		name: normalizeName('api-proxy'), version: '1.0', requires: [], extras: [],
	}],
	missingDebs: [],
};

test('a conflict names the requirement, the constraint, and where both stand', t => {
	const error = explainUvFailure(parseUvFailure(`error: No solution found when resolving dependencies
  cause: Because keystone>=30.0.0 depends on oslo-policy>=4.5.0 and oslo-policy==3.0.0, we can conclude that keystone>=30.0.0 cannot be used.
         And because you require keystone==30.0.0 and api-proxy @ file:///tmp/x/given/api_proxy-1.0-py3-none-any.whl, we can conclude that your requirements are unsatisfiable.
`), circumstances);
	t.is(error.code, 'STX0411');
	t.is(error.exitCode, 2);
	t.is(error.message, `the requirements cannot be met together
Because keystone>=30.0.0 depends on oslo-policy>=4.5.0 and oslo-policy==3.0.0, we can conclude that keystone>=30.0.0 cannot be used.
And because you require keystone==30.0.0 and api-proxy, we can conclude that your requirements are unsatisfiable.`);
	t.deepEqual(error.at, [{file: 'keystone.ini', line: 4}, {file: 'upper-constraints.txt', line: 2}]);
	t.is(error.hint, 'the constraints hold `oslo.policy===3.0.0`: change the requirement, or list another version in the wheel list');
});

test('a name the index does not have', t => {
	const error = explainUvFailure(parseUvFailure(`error: No solution found when resolving dependencies
  cause: Because something was not found in the package registry and you require something, we can conclude that your requirements are unsatisfiable.
`), circumstances);
	t.deepEqual(error.at, [{file: 'other.ini', line: 2}]);
	t.is(error.hint, 'the index has no `something`: correct the name, or list the module that gives it in wheels/modules.ini');
});

test('what stops uv before it resolves', t => {
	const python = explainUvFailure({kind: 'no-interpreter'}, circumstances);
	t.is(python.code, 'STX0410');
	t.regex(python.hint!, /install `python3`/);
	const absent = explainUvFailure({kind: 'absent', name: normalizeName('uwsgi')}, circumstances);
	t.is(absent.code, 'STX0409');
	t.is(absent.message, '`stx-keystone` needs `uwsgi`, which only a local module can give, and that module is not listed');
	const unbuilt = explainUvFailure({kind: 'absent', name: normalizeName('uwsgi')}, {...circumstances, missingDebs: [{name: 'python3-uwsgi', at: {file: 'debian_stable_wheels.inc', line: 1}}]});
	t.regex(unbuilt.hint!, /build the package that has its wheel: `python3-uwsgi` is named, and not in the workspace/v);
	t.is(explainUvFailure({kind: 'other', text: 'error: x'}, circumstances).code, 'STX0413');
	const full = explainUvFailure({kind: 'other', text: 'error: Failed to write to the client cache\n  cause: No space left on device (os error 28)'}, circumstances);
	t.is(full.code, 'STX0905');
	t.regex(full.hint!, /--cache-dir/);
});
