import test from 'ava';
import {parseWheelsInc, wheelsIncNames} from '../../../../src/wheels/inputs/parse-wheels-inc.js';
import {problemsOf, thrownBy} from '../../../_helpers/failure.js';

test('names of packages with wheels', t => {
	t.deepEqual(parseWheelsInc('# ours\nfm-api-wheel\nfm-common-wheel  nfv-wheels # both\n\n./x#y\n'.replace('./x#y\n', ''), 'debian_stable_wheels.inc').map(({name, at}) => [name, at.line]), [['fm-api-wheel', 2], ['fm-common-wheel', 3], ['nfv-wheels', 3]]);
	const error = thrownBy(() => parseWheelsInc('a-wheel\n*\n../x\n', 'x.inc'));
	t.deepEqual(problemsOf(error).map(({code, at}) => [code, (at[0] as {readonly line: number}).line]), [['STX0406', 2], ['STX0406', 3]]);
});

test('the files of an OS and stream', t => {
	t.deepEqual(wheelsIncNames({os: 'debian', codename: 'trixie', stream: 'stable'}), ['debian_stable_wheels.inc', 'debian_trixie_stable_wheels.inc']);
});
