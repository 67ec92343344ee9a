import test from 'ava';
import {
	parseAnnotations, parsePylock, parseUvFailure, uvPlatform,
} from '../../../../src/wheels/lock/parse-uv.js';

test('the platform is the nearest that uv knows and not above the target\'s', t => {
	t.is(uvPlatform({arch: 'x86_64', glibc: '2.41'}), 'x86_64-manylinux_2_40');
	t.is(uvPlatform({arch: 'aarch64', glibc: '2.36'}), 'aarch64-manylinux_2_36');
	t.is(uvPlatform({arch: 'x86_64', glibc: '2.30'}), 'x86_64-manylinux_2_28');
	t.is(uvPlatform({arch: 'x86_64', glibc: '2.5'}), 'x86_64-manylinux_2_17');
});

test('pylock.toml', t => {
	t.deepEqual(parsePylock(`lock-version = "1.0"
created-by = "uv"

[[packages]]
name = "cffi"
version = "2.0.0"
marker = "platform_python_implementation != 'PyPy'"
wheels = [
    { url = "https://files.example/packages/98/df/cffi-2.0.0-cp313-cp313-manylinux2014_x86_64.whl", upload-time = 2025-09-08T23:23:09Z, size = 7, hashes = { sha256 = "aa" } },
    { name = "named.whl", url = "https://files.example/x", hashes = { sha256 = "bb" } },
]

[[packages]]
name = "uwsgi"
version = "2.0.31"
wheels = [{ url = "file:///tmp/uwsgi-2.0.31-py3-none-any.whl", hashes = { sha256 = "cc" } }]

[[packages]]
name = "api-proxy"
archive = { path = "given/api_proxy-1.0-py3-none-any.whl", hashes = { sha256 = "dd" } }
`) as unknown, [
		{
			name: 'cffi',
			version: '2.0.0',
			wheels: [
				{
					filename: 'cffi-2.0.0-cp313-cp313-manylinux2014_x86_64.whl', url: 'https://files.example/packages/98/df/cffi-2.0.0-cp313-cp313-manylinux2014_x86_64.whl', sha256: 'aa', size: 7,
				},
				{filename: 'named.whl', url: 'https://files.example/x', sha256: 'bb'},
			],
		},
		{name: 'uwsgi', version: '2.0.31', wheels: []},
		{name: 'api-proxy', version: '', wheels: []},
	]);
});

test('who needs whom', t => {
	const needs = parseAnnotations(`alembic==1.18.4           # via oslo-db, -c upper-constraints.txt
cffi==2.0.0 ; platform_python_implementation != 'PyPy'  # via cryptography
keystone==30.0.0          # via -r 0-stx-keystone.in
oslo-db==18.0.0  # via keystone, -c upper-constraints.txt
tsconfig @ file:///tmp/given/tsconfig-2.0-py3-none-any.whl  # via api-proxy, -c elsewhere.txt
coverage==7.0  # via coverage, testtools
    # via a line that stands alone
`);
	t.deepEqual([...needs].filter(([, list]) => list.length > 0) as unknown, [
		['oslo-db', ['alembic']],
		['cryptography', ['cffi']],
		['keystone', ['oslo-db']],
		['api-proxy', ['tsconfig']],
		['testtools', ['coverage']],
	]);
	t.true(needs.has('alembic' as never));
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
	t.deepEqual(parseUvFailure(`error: Request failed after 1 retry in 1.2s
  cause: Failed to fetch: http://127.0.0.1:9/simple/keystone/
  cause: error sending request for url (http://127.0.0.1:9/simple/keystone/)
  cause: Connection refused (os error 111)
`), {kind: 'unreachable', url: 'http://127.0.0.1:9/simple/keystone/', reason: 'Connection refused (os error 111)'});
	t.like(parseUvFailure(`error: Request failed after 3 retries
  cause: Failed to fetch: \`https://pypi.org/simple/pip/\`
  cause: invalid peer certificate: UnknownIssuer

hint: Consider enabling use of system TLS certificates with the \`--system-certs\` command-line flag
`), {kind: 'unreachable', reason: 'invalid peer certificate: UnknownIssuer'});
	t.deepEqual(parseUvFailure(`error: No solution found when resolving dependencies
  cause: Because pip was not found in the cache and you require pip, we can conclude that your requirements are unsatisfiable.

hint: Packages were unavailable because the network was disabled. When the network is disabled, registry packages may only be read from the cache.
`), {kind: 'offline'});
	t.deepEqual(parseUvFailure('error: something else\n'), {kind: 'other', text: 'error: something else'});
});
