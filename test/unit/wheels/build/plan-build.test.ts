import test from 'ava';
import type {Digest} from '../../../../src/plan/index.js';
import {normalizeName} from '../../../../src/python/index.js';
import {buildVariables} from '../../../../src/wheels/build/build-variables.js';
import {explainFailure} from '../../../../src/wheels/build/explain-failure.js';
import {planBuild, usualBudget, type BuildBudget} from '../../../../src/wheels/build/plan-build.js';
import type {BuildSettings} from '../../../../src/wheels/inputs/inputs.js';
import type {LockedPackage} from '../../../../src/wheels/lock/lock.js';
import {buildInputs} from '../../../_helpers/wheel-effects.js';

const name = normalizeName('thing');
const settings = (parts: Partial<BuildSettings>): BuildSettings => ({
	name, buildRequires: [], requires: [], unconstrained: [], env: {}, reason: 'so', at: {file: 'wheels/build-settings.ini', line: 1}, ...parts,
});
const sdist = (version: string, size?: number): LockedPackage => ({
	name,
	version,
	source: {
		kind: 'sdist', file: {
			filename: `thing-${version}.tar.gz`, url: 'https://files.example/x', sha256: 'a'.repeat(64), ...(size !== undefined && {size}),
		},
	},
	dependencies: [],
});
const budget: BuildBudget = {processors: 4, memory: 16_000, timeoutSeconds: 7200};
const digest = (seed: string): Digest => `sha256:${seed.repeat(64)}`;

test('a build takes one processor, unless its settings give it more', t => {
	t.like(planBuild(sdist('1'), undefined, budget), {takes: {processors: 1, memory: 512}, limits: {processors: 1, memory: 16_000, timeoutSeconds: 7200}, patches: []});
	t.like(planBuild(sdist('1'), settings({processors: 'all', memory: 2048, timeoutSeconds: 60}), budget), {takes: {processors: 4, memory: 2048}, limits: {processors: 4, timeoutSeconds: 60}});
	t.like(planBuild(sdist('1'), settings({processors: 3}), budget), {takes: {processors: 3}});
	t.like(planBuild(sdist('1'), settings({processors: 8}), budget), {takes: {processors: 4}});
	t.like(planBuild(sdist('1'), settings({processors: 8}), usualBudget), {takes: {processors: 1}});
});

test('what is given processors is expected to take longest, what compiles longer than what does not', t => {
	const [long, large, compiled, unknown, pure] = [
		planBuild(sdist('1'), settings({processors: 'all'}), budget),
		planBuild(sdist('1', 2_000_000), undefined, budget, 'thing-1-cp313-cp313-linux_x86_64.whl'),
		planBuild(sdist('1', 1000), undefined, budget, 'thing-1-cp313-cp313-linux_x86_64.whl'),
		planBuild(sdist('1'), undefined, budget),
		planBuild(sdist('1', 2_000_000), undefined, budget, 'thing-1-py3-none-any.whl'),
	].map(({weight}) => weight) as [number, number, number, number, number];
	t.deepEqual([long, large, compiled, unknown, pure].toSorted((a, b) => b - a), [long, large, compiled, unknown, pure]);
	t.is(new Set([long, large, compiled, unknown, pure]).size, 5);
});

test('a patch is for the versions it names', t => {
	const patches = [{file: '/a', digest: digest('a')}, {file: '/b', digest: digest('b'), versions: '>=1.2,<2'}, {file: '/c', digest: digest('c'), versions: '==1.0'}];
	const files = (version: string): readonly string[] => planBuild(sdist(version), settings({patches}), budget).patches.map(({file}) => file);
	t.deepEqual(files('1.0'), ['/a', '/c']);
	t.deepEqual(files('1.5'), ['/a', '/b']);
	t.deepEqual(files('1.5rc1'), ['/a', '/b']);
	t.deepEqual(files('2'), ['/a']);
});

test('the flags that Python was compiled with stay, and the path is taken out of what is compiled', t => {
	const variables = buildVariables({env: {A: '{processors}', B: 'x{processors}y{processors}', C: '{other}'}, processors: 6, project: '/build/x'});
	t.like(variables, {
		A: '6', B: 'x6y6', C: '{other}', CPPFLAGS: '-ffile-prefix-map=/build/x=. -g0', MAKEFLAGS: '-j6', CMAKE_BUILD_PARALLEL_LEVEL: '6', CARGO_BUILD_JOBS: '6', PYTHON_CPU_COUNT: '6',
	});
	t.false('CFLAGS' in variables || 'CXXFLAGS' in variables || 'LDFLAGS' in variables);
	t.is(buildVariables({env: {MAKEFLAGS: '-j1'}, processors: 6, project: '/x'}).MAKEFLAGS, '-j1');
});

const hintOf = (output: string): string => explainFailure(buildInputs(), {exitCode: 1, output}, {file: 'log'}).hint!;

test('what usually helps', t => {
	t.regex(hintOf('src/kerberosbasic.h:17:10: fatal error: gssapi/gssapi.h: No such file or directory\n'), /`gssapi\/gssapi\.h` to \[thing\] `system-packages/v);
	t.regex(hintOf('Package libsystemd was not found in the pkg-config search path.\n'), /`libsystemd` to \[thing\]/v);
	t.regex(hintOf('Package \'libvirt\', required by \'virtual:world\', not found\n'), /`libvirt` to \[thing\]/v);
	t.regex(hintOf('/usr/bin/ld: cannot find -lev: No such file or directory\n'), /`ev` to \[thing\]/v);
	t.regex(hintOf('distutils.errors.DistutilsError: Could not find suitable distribution for Requirement.parse(\'pbr>=2\')\n'), /needs `pbr>=2`/v);
	t.regex(hintOf('ModuleNotFoundError: No module named \'Cython\'\n'), /needs `Cython`/v);
	t.regex(hintOf('Killed\n'), /^read the log/v);
});

test('exit code 65 means a patch only where there are patches', t => {
	const error = explainFailure(buildInputs(), {exitCode: 65, output: 'x\n'}, {file: 'log'});
	t.is(error.code, 'STX0417');
});
