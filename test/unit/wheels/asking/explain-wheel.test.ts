import test from 'ava';
import {createTarget, normalizeName, parseConstraints} from '../../../../src/python/index.js';
import {explainWheel, type WheelInputs} from '../../../../src/wheels/index.js';
import {parseBuildSettings} from '../../../../src/wheels/inputs/parse-build-settings.js';
import {thrownBy} from '../../../_helpers/failure.js';
import {
	buildIn, fileOf, lockedOf, lockOf, wheelIn,
} from '../../../_helpers/locks.js';

const lock = lockOf({
	roots: {'stx-a': ['top==1', 'side'], 'stx-b': ['c'], 'wheel-list': ['listed==1']},
	packages: [wheelIn('c', '2'), wheelIn('listed', '1'), wheelIn('middle', '1', 'c'), wheelIn('side', '1', 'long'), wheelIn('long', '1', 'middle'), wheelIn('setuptools', '80'), wheelIn('top', '1', 'middle')],
	buildPackages: [lockedOf('setuptools', '75', {kind: 'wheel', file: fileOf('setuptools-75-py3-none-any.whl')})],
	builds: [buildIn('listed', '1', 'setuptools==75'), buildIn('other', '1', 'setuptools==80')],
});
const inputs = {
	target: createTarget({python: '3.13', glibc: '2.41', arch: 'amd64'}),
	wheelList: [{
		wheel: 'listed-1-py3-none-any.whl', name: normalizeName('listed'), version: '1', type: 'tar', url: 'https://example.com/listed-1.tar.gz', basedir: '', fixSetup: false, at: {file: 'stable-wheels.cfg', line: 12},
	}],
	constraints: parseConstraints('c===2;python_version>=\'3\'\nc===1;python_version<\'3\'\nunused===1\n', 'upper-constraints.txt'),
	modules: [], gitModules: [], localWheels: [], toolchain: [], buildSettings: new Map(),
} as unknown as WheelInputs;

test('the shortest chain from each label, and the constraint that holds', t => {
	const {versions, chains, statements} = explainWheel('C', lock, inputs);
	t.deepEqual(chains, [{label: 'stx-a', chain: ['top==1', 'middle', 'c']}, {label: 'stx-b', chain: ['c']}]);
	t.deepEqual(statements as unknown, [{from: 'constraint', text: 'c===2;python_version>=\'3\'', at: {file: 'upper-constraints.txt', line: 1}}]);
	t.like(versions, {length: 1, 0: {version: '2', inTarball: true, builds: []}});
	t.is(versions[0]!.source.digest, `sha256:${'a'.repeat(64)}`);
});

test('a line of the wheel list is named', t => {
	t.deepEqual(explainWheel('listed', lock, inputs).statements, [{from: 'wheel list', text: 'listed-1-py3-none-any.whl|tar', at: {file: 'stable-wheels.cfg', line: 12}}]);
});

test('its build settings are named, with the file that they are in', t => {
	const at = {file: 'wheels/debian-bullseye/build-settings.ini', line: 7};
	const settings = parseBuildSettings(`${'\n'.repeat(6)}[middle]\nreason = so\n`, at.file);
	t.deepEqual(explainWheel('middle', lock, {...inputs, buildSettings: settings as unknown as WheelInputs['buildSettings']}).statements, [{from: 'build settings', text: 'so', at}]);
});

test('each version that builds need is told with the builds', t => {
	const {versions} = explainWheel('setuptools', lock, inputs);
	t.deepEqual(versions.map(({version, inTarball, builds}) => [version, inTarball, builds.map(({name}) => name as string)]), [['80', true, ['other']], ['75', false, ['listed']]]);
});

test('what nothing needs is an error, which says who names it', t => {
	const error = thrownBy(() => explainWheel('unused', lock, inputs));
	t.is(error.code, 'STX0415');
	t.regex(error.message, /nothing needs `unused`.*though a constraint names it/);
	t.deepEqual(error.at, [{file: 'upper-constraints.txt', line: 3}]);
	t.is(thrownBy(() => explainWheel('-', lock, inputs)).code, 'STX0201');
});
