import test from 'ava';
import {keyOf, type Digest} from '../../../../src/plan/index.js';
import {normalizeName} from '../../../../src/python/index.js';
import {planChecks, type PlanChecksRequest, type WheelRef} from '../../../../src/wheels/index.js';

const digest = (seed: string): Digest => `sha256:${seed.repeat(64)}`;
const fetched = (name: string): WheelRef => ({name: normalizeName(name), version: '1', step: `fetch:${name}`});
const wheels: Readonly<Record<string, readonly WheelRef[]>> = {
	'stx-a': [fetched('a'), fetched('both')], 'stx-b': [fetched('b'), fetched('both')],
};
const request: PlanChecksRequest = {
	roots: [{label: 'stx-a', requirements: ['a'], at: {file: 'a.ini'}}, {label: 'stx-b', requirements: ['b', 'both'], at: {file: 'b.ini'}}],
	base: {id: 'base', key: keyOf('base')},
	wheelsOf: label => wheels[label]!,
	wheelSteps: ['a', 'b', 'both'].map(name => ({id: `fetch:${name}`, key: keyOf(name)})),
};
const keys = (change: Partial<PlanChecksRequest> = {}) => planChecks({...request, ...change}).map(({key}) => key);

test('a check for each image, which waits for its own wheels and the base image', t => {
	const steps = planChecks(request);
	t.deepEqual(steps.map(({id, kind, needs, target}) => ({
		id, kind, needs, target,
	})), [
		{
			id: 'check:stx-a', kind: 'wheels.check', needs: ['base', 'fetch:a', 'fetch:both'], target: true,
		},
		{
			id: 'check:stx-b', kind: 'wheels.check', needs: ['base', 'fetch:b', 'fetch:both'], target: true,
		},
	]);
});

test('the key follows the wheels of the image, what it asks for, and the base image', t => {
	const [a, b] = keys();
	const other = keys({wheelSteps: request.wheelSteps.map(step => step.id === 'fetch:b' ? {...step, key: keyOf('b2')} : step)});
	t.is(other[0], a);
	t.not(other[1], b);
	t.true(keys({base: {id: 'base', key: keyOf('base2')}}).every(key => key !== a && key !== b));
	t.not(keys({roots: [{...request.roots[0]!, requirements: ['a>0']}]})[0], a);
	t.is(keys({roots: [{...request.roots[1]!, requirements: ['both', 'b']}]})[0], b);
	t.not(keys({constraints: digest('c')})[0], a);
	t.is(keys({roots: [{...request.roots[0]!, at: {file: 'elsewhere.ini'}}]})[0], a);
});

test('the wheels of a tarball count by their digests', t => {
	const ref = (seed: string): WheelRef => ({
		name: normalizeName('a'), version: '1', filename: 'a-1-py3-none-any.whl', digest: digest(seed), size: 1,
	});
	const roots = [request.roots[0]!];
	t.not(keys({roots, wheelsOf: () => [ref('1')], wheelSteps: []})[0], keys({roots, wheelsOf: () => [ref('2')], wheelSteps: []})[0]);
});
