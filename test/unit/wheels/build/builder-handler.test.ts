import test from 'ava';
import {keyOf, type Step} from '../../../../src/plan/index.js';
import {createFakeEngine} from '../../../_helpers/fake-engine.js';
import {contextOf, makeWheelSteps, stepOf} from '../../../_helpers/wheel-effects.js';

/** The step of a builder on a base image. */
const builderOn = (reference: string): Step => ({
	...stepOf('wheels.builder', {
		base: {step: 'base'}, packages: ['gcc'], folder: '/pkg/wheels/builder', python: '3.13',
	}, ['base']), key: keyOf(reference),
});

test('W55: builders on two base images have names of their own, whichever is made first', async t => {
	const engine = createFakeEngine({build: async ({buildArgs}) => `sha256:${keyOf(buildArgs).slice(-64)}`, run: async () => ({stdout: '3.13\n'})});
	const {handlers} = await makeWheelSteps(t, engine);
	const handler = handlers['wheels.builder']!;
	const made = await Promise.all(['localhost/base-debian-trixie:1', 'localhost/base-debian-bullseye:1'].map(async reference => {
		const step = builderOn(reference);
		return {step, result: await handler.run(step, contextOf({base: {reference}})) as {readonly image: string; readonly reference: string}};
	}));
	t.is(new Set(made.map(({result}) => result.image)).size, 2);
	t.is(new Set(made.map(({result}) => result.reference)).size, 2);
	for (const {step, result} of made) {
		t.is(engine.images.get(result.reference), result.image);
		t.true(await handler.holds(result, step));
	}
});

test('W64: a builder stays for the next run, and is made anew when the engine has it no more', async t => {
	let builds = 0;
	const engine = createFakeEngine({
		async build() {
			builds++;
			return `sha256:${'a'.repeat(64)}`;
		}, run: async () => ({stdout: '3.13\n'}),
	});
	const {handlers} = await makeWheelSteps(t, engine);
	const handler = handlers['wheels.builder']!;
	const step = builderOn('localhost/base:1');
	const result = await handler.run(step, contextOf({base: {reference: 'localhost/base:1'}})) as {readonly image: string; readonly reference: string};
	t.true(await handler.holds(result, step));
	t.true(engine.images.has(result.reference), 'it has a name, so that nobody takes it for a leftover');
	await engine.remove(result.image);
	t.false(await handler.holds(result, step));
	t.is(builds, 1);
});
