import test from 'ava';
import {parseOpenstackCfg, requirementsFolder} from '../../../../src/wheels/inputs/parse-openstack-cfg.js';
import {thrownBy} from '../../../_helpers/failure.js';

const starlingx = `# This file specifies constraint/requirement URLs

# Current/stable
STABLE_OPENSTACK_REQ_URL="openstack-requirements/gazpacho"
MASTER_OPENSTACK_REQ_URL="https://raw.githubusercontent.com/openstack/requirements/master"
STABLE_OPENSTACK_REQ_URL_PY2='openstack-requirements/ussuri'  # old
MASTER_OPENSTACK_REQ_URL_PY2=openstack-requirements/train
`;

test('StarlingX\'s file', t => {
	const cfg = parseOpenstackCfg(starlingx, 'openstack.cfg');
	t.deepEqual([...cfg].map(([key, {value, line}]) => [key, value, line]), [
		['STABLE_OPENSTACK_REQ_URL', 'openstack-requirements/gazpacho', 4],
		['MASTER_OPENSTACK_REQ_URL', 'https://raw.githubusercontent.com/openstack/requirements/master', 5],
		['STABLE_OPENSTACK_REQ_URL_PY2', 'openstack-requirements/ussuri', 6],
		['MASTER_OPENSTACK_REQ_URL_PY2', 'openstack-requirements/train', 7],
	]);
	t.is(requirementsFolder(cfg, 'stable', 'openstack.cfg'), 'openstack-requirements/gazpacho');
	t.throws(() => requirementsFolder(cfg, 'dev', 'openstack.cfg'), {code: 'STX0405', message: /is not a folder beside openstack\.cfg/});
});

test('it is read and not run', t => {
	const text = [
		'STABLE_OPENSTACK_REQ_URL="$(touch /tmp/ran)"',
		'STABLE_OPENSTACK_REQ_URL=`id`',
		'STABLE_OPENSTACK_REQ_URL=a; rm -rf /',
		'export STABLE_OPENSTACK_REQ_URL=a',
		'STABLE_OPENSTACK_REQ_URL=$HOME',
		'OTHER=a',
		'MASTER_OPENSTACK_REQ_URL=a',
		'MASTER_OPENSTACK_REQ_URL=b',
	].join('\n');
	const error = thrownBy(() => parseOpenstackCfg(text, 'openstack.cfg'));
	t.deepEqual(error.problems.map(({code, at}) => [code, (at[0] as {line: number}).line]), [
		['STX0405', 1], ['STX0405', 2], ['STX0405', 3], ['STX0405', 4], ['STX0405', 5], ['STX0405', 6], ['STX0405', 7],
	]);
});

test('a folder that is missing, or not beside it', t => {
	t.throws(() => requirementsFolder(parseOpenstackCfg('', 'openstack.cfg'), 'stable', 'openstack.cfg'), {code: 'STX0405', message: '`STABLE_OPENSTACK_REQ_URL` is not set, so stream `stable` has no upper constraints'});
	t.throws(() => requirementsFolder(parseOpenstackCfg('STABLE_OPENSTACK_REQ_URL=../elsewhere', 'openstack.cfg'), 'stable', 'openstack.cfg'), {code: 'STX0405'});
	t.is(requirementsFolder(parseOpenstackCfg('STABLE_OPENSTACK_REQ_URL=file:///here', 'openstack.cfg'), 'stable', 'openstack.cfg'), 'here');
});
