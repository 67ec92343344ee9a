import test from 'ava';
import {keyOf} from '../../../../src/plan/index.js';
import {planPush, type PushInputs, type PushRequest} from '../../../../src/wheels/tarball/plan-push.js';
import {thrownBy} from '../../../_helpers/failure.js';

const request: PushRequest = {
	tarball: {id: 'wheels', key: keyOf('tarball')},
	file: '/workspace/stx-debian-stable-wheels.tar',
	settings: {
		os: 'debian', arch: 'amd64', stream: 'stable', registry: 'registry.example.com:5000', user: 'starlingx',
	},
	version: '2026.11.20.18.05',
	latest: true,
	overwrite: false,
	clean: false,
};
const referencesOf = (changes: Partial<PushRequest>): readonly string[] => (planPush({...request, ...changes}).inputs as PushInputs).names.map(({reference}) => reference);

test('W72: names are StarlingX\'s, in the registry that is asked for, first the version, then latest', t => {
	const step = planPush(request);
	t.like(step, {
		id: 'wheels.push', kind: 'wheels.push', group: 'wheels', needs: ['wheels'], uses: 'network', target: true,
	});
	t.deepEqual(step.inputs, {
		tarball: 'wheels',
		file: '/workspace/stx-debian-stable-wheels.tar',
		arch: 'amd64',
		names: [
			{reference: 'registry.example.com:5000/starlingx/stx-debian-stable-wheels:2026.11.20.18.05', moves: false},
			{reference: 'registry.example.com:5000/starlingx/stx-debian-stable-wheels:latest', moves: true},
		],
		overwrite: false,
		clean: false,
	});
	t.deepEqual(referencesOf({settings: {...request.settings, registry: undefined, stream: 'dev'}, version: '1', latest: false}), ['starlingx/stx-debian-dev-wheels:1']);
});

test('the key changes with the tarball and the names, and not with the place', t => {
	const {key} = planPush(request);
	t.is(planPush({...request, file: '/elsewhere.tar', clean: true}).key, key);
	t.not(planPush({...request, tarball: {id: 'wheels', key: keyOf('another')}}).key, key);
	t.not(planPush({...request, version: '2'}).key, key);
	t.not(planPush({...request, latest: false}).key, key);
});

test('names that no registry takes', t => {
	t.like(thrownBy(() => planPush({...request, version: 'a b'})), {code: 'STX0609', message: '`a b` cannot be a tag'});
	t.is(thrownBy(() => planPush({...request, settings: {...request.settings, user: 'Star'}})).problems.length, 2);
	t.like(thrownBy(() => planPush({...request, version: 'x'.repeat(129)})), {code: 'STX0609'});
});
