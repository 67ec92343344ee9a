import test from 'ava';
import {normalizeName} from '../../../../src/python/index.js';
import type {GitModule, LocalWheel, WheelInputs} from '../../../../src/wheels/inputs/inputs.js';
import {addLocalWheels} from '../../../../src/wheels/inputs/read-local-wheels.js';
import {failureOf} from '../../../_helpers/failure.js';

const wheel = (name: string, path: string): LocalWheel => ({
	name: normalizeName(name), version: '1', filename: `${name}-1-py3-none-any.whl`, digest: `sha256:${'a'.repeat(64)}`, size: 1, requires: [], path, at: {file: path},
});
const git = (name: string): GitModule => ({
	name: normalizeName(name), url: 'https://host/x', commit: 'a'.repeat(40), subfolder: '', overrides: [], at: {file: 'modules.ini', line: 1},
});
const inputs = {
	wheelList: [{name: normalizeName('listed'), at: {file: 'list.cfg', line: 3}}],
	modules: [{name: normalizeName('folder'), at: {file: 'modules.ini', line: 9}}],
	gitModules: [git('one'), git('two'), git('three')],
	localWheels: [],
	missingDebs: [],
} as unknown as WheelInputs;

test('a wheel of this machine takes the place of a git module', t => {
	const {gitModules, localWheels, missingDebs} = addLocalWheels(inputs, {built: [wheel('one', '/std/one.deb')], extra: [wheel('two', '/extra/two.whl')], missing: [{name: 'x', at: {file: 'x.inc', line: 1}}]});
	t.deepEqual(gitModules.map(({name}) => name) as string[], ['three']);
	t.deepEqual(localWheels.map(({path}) => path), ['/std/one.deb', '/extra/two.whl']);
	t.is(missingDebs.length, 1);
});

test('one that the user names takes the place of everything', t => {
	const added = addLocalWheels(inputs, {built: [wheel('one', '/std/one.deb')], extra: [wheel('one', '/extra/one.whl'), wheel('listed', '/extra/l.whl'), wheel('folder', '/extra/f.whl')], missing: []});
	t.deepEqual(added.localWheels.map(({path}) => path), ['/extra/one.whl', '/extra/l.whl', '/extra/f.whl']);
	t.deepEqual([added.wheelList, added.modules], [[], []]);
});

test('one out of a .deb that is listed too is refused', async t => {
	const {problems} = await failureOf(() => addLocalWheels(inputs, {built: [wheel('listed', '/std/l.deb'), wheel('folder', '/std/f.deb')], extra: [], missing: []}));
	t.deepEqual(problems.map(({code, at}) => [code, at[0]]), [['STX0403', {file: 'list.cfg', line: 3}], ['STX0403', {file: 'modules.ini', line: 9}]]);
});
