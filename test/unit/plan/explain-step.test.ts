import test from 'ava';
import {
	explainStep, keyed, recallStep, rememberSteps, type Memory, type Outcome, type Plan, type Step,
} from '../../../src/plan/index.js';
import {createMemoryStore} from '../../_helpers/memory-store.js';
import {stepOf} from '../../_helpers/plan-of.js';

/** A wheel that is built with a tool, and an image with the wheel. */
function planWith({tool = '1', source = 'a', image = 'x'} = {}): Plan {
	const fetch = stepOf({id: `fetch:tool-${tool}`, subject: 'wheel:tool', ...keyed({file: `tool-${tool}`})});
	const build = stepOf({id: 'build:wheel-1', ...keyed({source, environment: {tool: [tool, fetch.key]}})});
	const made = stepOf({id: 'image:it', ...keyed({image, wheels: {wheel: ['1', build.key]}})});
	return {version: 1, steps: [fetch, build, made]};
}

const memory = (): Memory => ({store: createMemoryStore(), place: '/workspace'});
const stepIn = ({steps}: Plan, id: string): Step => steps.find(step => step.id === id)!;
const run = async ({steps}: Plan, where: Memory, status: Outcome['status'] = 'built') => rememberSteps(steps.map(step => ({step, status, seconds: 0})), where);
const explain = async (plan: Plan, id: string, where: Memory) => explainStep(stepIn(plan, id), plan, where);

test('what no run has come to is new', async t => {
	t.like(await explain(planWith(), 'image:it', memory()), {state: 'new', changes: null, causes: []});
});

test('what is as the last run left it has nothing to say', async t => {
	const where = memory();
	await run(planWith(), where);
	t.like(await explain(planWith(), 'image:it', where), {state: 'done', changes: null});
	await run(planWith(), where, 'unchanged');
	t.like(await explain(planWith(), 'image:it', where), {state: 'done', changes: null});
});

test('what is to be done again says which part of which step changed, through all that lies between', async t => {
	const where = memory();
	await run(planWith(), where);
	const plan = planWith({tool: '2'});
	const image = await explain(plan, 'image:it', where);
	t.is(image.state, 'due');
	t.deepEqual(image.changes!.map(({part}) => part), ['wheels.wheel']);
	const [build] = image.causes;
	t.is(build!.step.id, 'build:wheel-1');
	t.deepEqual(build!.changes!.map(({part}) => part), ['environment.tool']);
	const [tool] = build!.causes;
	t.deepEqual(tool!.changes, [{part: 'file', before: '"tool-1"', now: '"tool-2"'}]);
});

test('what a run did is told after it, until something else makes it do it again', async t => {
	const where = memory();
	await run(planWith(), where);
	await run(planWith({source: 'b'}), where);
	const told = await explain(planWith({source: 'b'}), 'image:it', where);
	t.is(told.state, 'done');
	t.deepEqual(told.causes[0]!.changes, [{part: 'source', before: '"a"', now: '"b"'}]);
	await run(planWith({source: 'b'}), where, 'unchanged');
	t.deepEqual((await explain(planWith({source: 'b'}), 'image:it', where)).causes[0]!.changes, told.causes[0]!.changes);
	await run(planWith({source: 'b', image: 'y'}), where);
	t.deepEqual((await explain(planWith({source: 'b', image: 'y'}), 'image:it', where)).changes, [{part: 'image', before: '"x"', now: '"y"'}]);
});

test('what is done again though nothing changed had lost its result', async t => {
	const where = memory();
	await run(planWith(), where);
	await run(planWith(), where);
	t.like(await explain(planWith(), 'image:it', where), {state: 'done', changes: []});
});

test('parts that come and go are named too', async t => {
	const where = memory();
	const before = stepOf({id: 'a', ...keyed({env: {CC: 'gcc'}})});
	const now = stepOf({id: 'a', ...keyed({env: {CXX: 'g++'}})});
	await run({version: 1, steps: [before]}, where);
	t.deepEqual((await explainStep(now, {version: 1, steps: [now]}, where)).changes, [{part: 'env.CC', before: '"gcc"'}, {part: 'env.CXX', now: '"g++"'}]);
});

test('a failed step leaves what is remembered, and places do not know of each other', async t => {
	const where = memory();
	await run(planWith(), where);
	await run(planWith({source: 'b'}), where, 'failed');
	t.is((await recallStep(stepIn(planWith(), 'build:wheel-1'), where))!.key, stepIn(planWith(), 'build:wheel-1').key);
	t.is(await recallStep(stepIn(planWith(), 'build:wheel-1'), {...where, place: '/elsewhere'}), undefined);
});
