import test from 'ava';
import {
	constraintFor, createTarget, normalizeName, parseConstraints,
} from '../../../../src/python/index.js';
import type {GitModule, LocalModule} from '../../../../src/wheels/inputs/inputs.js';
import {neededModules, overrideConstraints} from '../../../../src/wheels/lock/override-constraints.js';

const git = (name: string, requires: readonly string[] | undefined, overrides: readonly string[] = []): GitModule => ({
	name: normalizeName(name), url: 'https://host/x', commit: 'a'.repeat(40), subfolder: '', ...(requires && {requires}), overrides, at: {file: 'modules.ini', line: 7},
});
const gitModules = [git('fm', ['cgts_client>=1']), git('cgts-client', [], ['prettytable == 0.7.2']), git('unread', undefined), git('other', [], ['six==1'])];
const modules = [{name: normalizeName('folder'), requires: ['Unread']} as unknown as LocalModule];
const constraints = parseConstraints('prettytable===3.17.0\nsix===1.17.0\n', 'upper-constraints.txt');
const target = createTarget({python: '3.13', glibc: '2.41', arch: 'amd64'});
const names = (...requirements: readonly string[]): readonly string[] => neededModules({gitModules, modules, target}, [{requirements}]).map(({name}) => name);

test('the modules that are needed, by name', t => {
	t.deepEqual(names('keystone'), []);
	t.deepEqual(names('fm; python_version > "3"'), ['fm', 'cgts-client']);
	t.deepEqual(names('folder'), ['unread']);
	t.deepEqual(names('fm; python_version < "3"'), []);
});

test('a needed module\'s requirements take the place of the constraints', t => {
	const overridden = overrideConstraints(constraints, gitModules.slice(0, 2));
	t.deepEqual(overridden.entries.map(({name, specifier, line}) => [name, specifier, line]), [['six', '===1.17.0', 2], ['prettytable', '==0.7.2', 7]]);
	t.is(constraintFor(overridden, normalizeName('prettytable'), target)!.version, '0.7.2');
	t.is(overrideConstraints(constraints, gitModules.slice(0, 1)), constraints);
});
