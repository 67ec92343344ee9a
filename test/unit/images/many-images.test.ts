/** Several images in one plan: when each is built, pushed, and left alone. */
import test, {type ExecutionContext} from 'ava';
import {planImages, type ImagesRequest} from '../../../src/images/plan-images.js';
import {
	executePlan, type Handlers, type Key, type Step,
} from '../../../src/plan/index.js';
import {
	digestOf, directiveOf, requestOf, wheelOf,
} from '../../_helpers/image-inputs.js';
import {createMemoryStore} from '../../_helpers/memory-store.js';
import {createRecordingReporter} from '../../_helpers/plan-of.js';
import {createVirtualClock} from '../../_helpers/virtual-clock.js';

const labels = ['stx-a', 'stx-b', 'stx-c', 'stx-d'];
const base: Step = {
	id: 'base', kind: 'base', title: 'base', group: 'base', needs: [], key: digestOf('0') as unknown as Key, inputs: {}, uses: 'none',
};

/** Images with a wheel that all have, and one of their own. */
const requestOfMany = (more: Partial<ImagesRequest> = {}): ImagesRequest => requestOf({
	directives: labels.map(label => directiveOf(`PROJECT=infra\nPROJECT_REPO=nil\nPIP_PACKAGES=${label}`, label)), wheelsOf: label => [wheelOf('pip', '26.3', '1'), wheelOf(label, '1.0', '2')], push: true, ...more,
});

/** Does the steps of a plan in a time that passes by itself: a build takes a minute, a push ten seconds. @returns what was done, with its beginning and end in seconds */
async function execute(t: ExecutionContext, request: ImagesRequest, store = createMemoryStore()) {
	const clock = createVirtualClock();
	const done: Array<{readonly id: string; readonly from: number; readonly to: number}> = [];
	const steps = [base, ...planImages(request)];
	const seconds: Readonly<Record<string, number>> = {'image.build': 60, 'image.push': 10};
	const handlers: Handlers = Object.fromEntries(steps.map(({kind}) => [kind, {
		holds: async () => true,
		async run({id}: Step) {
			const from = clock.now() / 1000;
			await clock.sleep((seconds[kind] ?? 0) * 1000);
			done.push({id, from, to: clock.now() / 1000});
			return id;
		},
	}]));
	const outcomes = await clock.until(executePlan({version: 1, steps}, {
		handlers, store, reporter: createRecordingReporter(), signal: new AbortController().signal, capacity: {network: 8, cpu: 2}, now: clock.now,
	}));
	t.true(outcomes.every(({status}) => status === 'built' || status === 'unchanged'));
	const of = (part: string) => done.filter(({id}) => id.startsWith(`${part}:`));
	return {builds: of('image'), pushes: of('push'), seconds: clock.now() / 1000};
}

test('W60: no image waits for another: as many are built at once as there are processors, and what is good is pushed at once', async t => {
	const {builds, pushes, seconds} = await execute(t, requestOfMany());
	t.deepEqual(builds.map(({from, to}) => [from, to]), [[0, 60], [0, 60], [60, 120], [60, 120]]);
	t.deepEqual(pushes.map(({from, to}) => [from, to]), [[60, 70], [60, 70], [120, 130], [120, 130]], 'while the others are built');
	t.is(seconds, 130, 'one after the other it would be 280');
});

test('W67: images are built and pushed in the order of their needs, and of nothing else', async t => {
	const steps = new Map(planImages(requestOfMany()).map(step => [step.id, step]));
	const needsOf = (id: string): readonly string[] => [id, ...(steps.get(id)?.needs ?? []).flatMap(need => needsOf(need))];
	for (const label of labels) {
		const needs = new Set(needsOf(`push:${label}`));
		t.true(['base', `image:${label}`, `verify:${label}`, `tag:${label}`, `record:${label}`].every(id => needs.has(id)));
		t.deepEqual(labels.filter(other => other !== label && [...needs].some(id => id.endsWith(`:${other}`))), [], 'a push waits for no other image');
	}

	const {builds, pushes} = await execute(t, requestOfMany());
	for (const {id, from} of pushes) {
		t.true(builds.find(build => build.id === id.replace('push:', 'image:'))!.to <= from);
	}
});

test('W61: what has not changed is neither built nor pushed again, and a changed wheel makes the images anew that have it', async t => {
	const store = createMemoryStore();
	t.is((await execute(t, requestOfMany(), store)).builds.length, labels.length);
	const again = await execute(t, requestOfMany(), store);
	t.deepEqual([again.builds, again.pushes, again.seconds], [[], [], 0]);
	const bumped = await execute(t, requestOfMany({wheelsOf: label => [wheelOf('pip', '26.3', '1'), wheelOf(label, label === 'stx-c' ? '1.1' : '1.0', label === 'stx-c' ? '3' : '2')]}), store);
	t.deepEqual(bumped.builds.map(({id}) => id), ['image:stx-c']);
	t.deepEqual(bumped.pushes.map(({id}) => id), ['push:stx-c']);
	const all = await execute(t, requestOfMany({wheelsOf: label => [wheelOf('pip', '26.4', '4'), wheelOf(label, '1.0', '2')]}), store);
	t.is(all.builds.length, labels.length);
});
