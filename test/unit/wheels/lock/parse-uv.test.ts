import test from 'ava';
import {
	parseResolution, parseUvFailure, uvPlatform,
} from '../../../../src/wheels/lock/parse-uv.js';

test('the platform says what markers ask for', t => {
	t.is(uvPlatform({arch: 'x86_64'}), 'x86_64-unknown-linux-gnu');
	t.is(uvPlatform({arch: 'aarch64'}), 'aarch64-unknown-linux-gnu');
});

test('versions, and who needs whom', t => {
	t.deepEqual(parseResolution(`alembic==1.18.4           # via oslo-db, -c upper-constraints.txt
cffi==2.0.0 ; platform_python_implementation != 'PyPy'  # via cryptography
coverage==7.0RC1  # via coverage, testtools
cryptography==46.0  # via oslo-db[fixtures]
oslo.db==18.0.0  # via -r 0-stx-keystone.in, -c upper-constraints.txt
testtools==2.0  # via oslo-db (marker)
tsconfig @ file:///tmp/given/tsconfig-2.0-py3-none-any.whl  # via alembic, testtools, -c elsewhere.txt
# a comment

`) as unknown, [
		{name: 'alembic', version: '1.18.4', dependencies: ['tsconfig']},
		{name: 'cffi', version: '2.0.0', dependencies: []},
		{name: 'coverage', version: '7.0rc1', dependencies: []},
		{name: 'cryptography', version: '46.0', dependencies: ['cffi']},
		{name: 'oslo-db', version: '18.0.0', dependencies: ['alembic', 'cryptography', 'testtools']},
		{name: 'testtools', version: '2.0', dependencies: ['coverage', 'tsconfig']},
		{name: 'tsconfig', version: undefined, dependencies: []},
	]);
	t.throws(() => parseResolution('keystone==30.0.0\n'), {message: 'uv has written a line that stx-build cannot read: keystone==30.0.0'});
});

test('uv found no solution', t => {
	t.deepEqual(parseUvFailure(`error: No solution found when resolving dependencies
  cause: Because you require oslo-config<9 and oslo-config==10.3.0, we can conclude that your requirements are unsatisfiable.
`) as unknown, {
		kind: 'unsatisfiable',
		explanation: 'Because you require oslo-config<9 and oslo-config==10.3.0, we can conclude that your requirements are unsatisfiable.',
		names: ['oslo-config'],
	});
});

test('other failures', t => {
	t.deepEqual(parseUvFailure('error: No interpreter found for Python 3.13 in virtual environments, managed installations, or search path\n'), {kind: 'no-interpreter'});
	t.deepEqual(parseUvFailure('error: Distribution not found at: file:///cache/tmp/stx-build-lock-x/absent/fm_core-0-py3-none-any.whl\n') as unknown, {kind: 'absent', name: 'fm-core'});
	t.deepEqual(parseUvFailure('error: something else\n'), {kind: 'other', text: 'error: something else'});
});
