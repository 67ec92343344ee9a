import test from 'ava';
import {parseOpenstackCfg, requirementsPlace} from '../../../../src/wheels/inputs/parse-openstack-cfg.js';
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
	t.deepEqual(requirementsPlace(cfg, 'stable', 'openstack.cfg'), {folder: 'openstack-requirements/gazpacho'});
	t.deepEqual(requirementsPlace(cfg, 'dev', 'openstack.cfg'), {url: 'https://raw.githubusercontent.com/openstack/requirements/master'});
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

test('a place that is missing, or cannot be read', t => {
	const place = (text: string) => requirementsPlace(parseOpenstackCfg(text, 'openstack.cfg'), 'stable', 'openstack.cfg');
	t.throws(() => place(''), {code: 'STX0405', message: '`STABLE_OPENSTACK_REQ_URL` is not set, so stream `stable` has no upper constraints'});
	for (const value of ['../elsewhere', 'ftp://example.com/requirements', 'https://eve:secret@example.com/requirements', 'https://']) {
		const error = thrownBy(() => place(`STABLE_OPENSTACK_REQ_URL=${value}`));
		t.is(error.code, 'STX0405');
		t.false(error.message.includes('secret'));
	}

	t.deepEqual(place('STABLE_OPENSTACK_REQ_URL=file:///here'), {folder: 'here'});
	t.deepEqual(place('STABLE_OPENSTACK_REQ_URL=file:here/there'), {folder: 'here/there'});
	t.deepEqual(place('STABLE_OPENSTACK_REQ_URL="http://example.com/requirements/"'), {url: 'http://example.com/requirements'});
});

test('what is for Python 2 does not count, and the error says so', t => {
	const cfg = parseOpenstackCfg('\nSTABLE_OPENSTACK_REQ_URL_PY2=openstack-requirements/ussuri\n', 'openstack.cfg');
	const error = thrownBy(() => requirementsPlace(cfg, 'stable', 'openstack.cfg'));
	t.deepEqual(error.at, [{file: 'openstack.cfg', line: 2}]);
	t.regex(error.hint!, /`STABLE_OPENSTACK_REQ_URL_PY2` does not count: nothing is made for Python 2/);
});
