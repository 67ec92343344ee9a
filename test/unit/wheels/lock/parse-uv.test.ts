import test from 'ava';
import {
	parseResolution, parseUvFailure, uvPlatform,
} from '../../../../src/wheels/lock/parse-uv.js';

test('the platform is the nearest that uv knows and not above the target\'s', t => {
	t.is(uvPlatform({arch: 'x86_64', glibc: '2.41'}), 'x86_64-manylinux_2_40');
	t.is(uvPlatform({arch: 'aarch64', glibc: '2.36'}), 'aarch64-manylinux_2_36');
	t.is(uvPlatform({arch: 'x86_64', glibc: '2.30'}), 'x86_64-manylinux_2_28');
	t.is(uvPlatform({arch: 'x86_64', glibc: '2.5'}), 'x86_64-manylinux_2_17');
});

test('versions, and who needs whom', t => {
	t.deepEqual(parseResolution(`alembic==1.18.4           # via oslo-db, -c upper-constraints.txt
cffi==2.0.0 ; platform_python_implementation != 'PyPy'  # via cryptography
coverage==7.0RC1  # via coverage, testtools
cryptography==46.0  # via oslo-db[fixtures]
oslo.db==18.0.0  # via -r 0-stx-keystone.in, -c upper-constraints.txt
testtools==2.0  # via oslo-db (marker)
tsconfig @ file:///tmp/given/tsconfig-2.0-py3-none-any.whl  # via alembic, testtools, -c elsewhere.txt
    # via a line that stands alone
`) as unknown, [
		{name: 'alembic', version: '1.18.4', dependencies: ['tsconfig']},
		{name: 'cffi', version: '2.0.0', dependencies: []},
		{name: 'coverage', version: '7.0rc1', dependencies: []},
		{name: 'cryptography', version: '46.0', dependencies: ['cffi']},
		{name: 'oslo-db', version: '18.0.0', dependencies: ['alembic', 'cryptography', 'testtools']},
		{name: 'testtools', version: '2.0', dependencies: ['coverage', 'tsconfig']},
		{name: 'tsconfig', version: undefined, dependencies: []},
	]);
});

test('uv found a distribution without a usable wheel', t => {
	t.deepEqual(parseUvFailure(`error: No solution found when resolving dependencies
  cause: Because testresources==2.0.2 has no usable wheels and oslo-db==18.0.0 depends on testresources>=1.4,<3, we can conclude that oslo-db==18.0.0 cannot be used.
         And because keystone>=30.0.0 depends on oslo-db==18.0.0 and you require keystone==30.0.0, we can conclude that your requirements are unsatisfiable.

hint: Wheels are required for \`testresources\` because building from source is disabled for all packages (i.e., with \`--no-build\`)
`) as unknown, {
		kind: 'wheels-required',
		explanation: 'Because testresources==2.0.2 has no usable wheels and oslo-db==18.0.0 depends on testresources>=1.4,<3, we can conclude that oslo-db==18.0.0 cannot be used.\nAnd because keystone>=30.0.0 depends on oslo-db==18.0.0 and you require keystone==30.0.0, we can conclude that your requirements are unsatisfiable.',
		names: ['testresources', 'oslo-db', 'keystone'],
		packages: [{name: 'testresources', ranges: ['>=1.4,<3']}],
	});
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
