import test from 'ava';
import {
	explain, explanationJson, formatExplanation, type Prepared,
} from '../../../src/loadbuild/index.js';
import {memoryOf} from '../../../src/loadbuild/explain.js';
import {keyed, rememberSteps, type Step} from '../../../src/plan/index.js';
import {createTarget, parseConstraints} from '../../../src/python/index.js';
import type {WheelInputs} from '../../../src/wheels/index.js';
import type {Settings} from '../../../src/workspace/index.js';
import {failureOf} from '../../_helpers/failure.js';
import {lockOf, wheelIn} from '../../_helpers/locks.js';
import {createMemoryStore} from '../../_helpers/memory-store.js';
import {stepOf} from '../../_helpers/plan-of.js';

const settings = {
	workspace: '/ws', os: 'debian', codename: 'trixie', stream: 'stable', arch: 'amd64',
} as unknown as Settings;
const inputs = {
	target: createTarget({python: '3.13', glibc: '2.41', arch: 'amd64'}), constraints: parseConstraints('keystone===30\n', '/c/upper-constraints.txt'), wheelList: [], modules: [], gitModules: [], localWheels: [], toolchain: [], buildSettings: new Map(),
} as unknown as WheelInputs;
const lock = lockOf({roots: {'stx-keystone': ['keystone'], 'stx-other': ['keystone']}, packages: [wheelIn('keystone', '30')]});

function preparedWith({sha256 = 'a', setup = 'x', prefix = 'dev'} = {}): Prepared {
	const fetch = stepOf({
		id: 'fetch:keystone-30-py3-none-any.whl', kind: 'wheels.fetch', title: 'fetch keystone-30-py3-none-any.whl', subject: 'wheel:keystone', ...keyed({sha256: sha256.repeat(64)}),
	});
	const image = stepOf({
		id: 'image:stx-keystone', kind: 'image.build', title: 'build stx-keystone', ...keyed({wheels: {keystone: ['30', fetch.key]}}),
	});
	const verify = stepOf({
		id: 'verify:stx-keystone', kind: 'image.verify', title: 'verify stx-keystone', ...keyed({image: image.key, setup}),
	});
	const tag = stepOf({
		id: 'tag:stx-keystone', kind: 'image.tag', title: 'tag stx-keystone', ...keyed({verify: verify.key, references: [`${prefix}-1`]}),
	});
	return {
		settings, plan: {version: 1, steps: [fetch, image, verify, tag]}, handlers: {}, generation: '', wheels: {inputs, lock},
	} as unknown as Prepared;
}

const runOf = async ({plan}: Prepared, store: ReturnType<typeof createMemoryStore>) => rememberSteps(plan.steps.map((step: Step) => ({step, status: 'built', seconds: 1})), memoryOf(settings, store));

test('an image and a wheel of one name are both explained, with what changed on the way', async t => {
	const store = createMemoryStore();
	await runOf(preparedWith(), store);
	const explanation = await explain('keystone', preparedWith({sha256: 'b'}), {store});
	const text = formatExplanation(explanation).replaceAll(/sha256:[\da-f]{12}(?![\da-f])/gv, 'sha256:#');
	t.is(text, `stx-keystone
build stx-keystone: to be done again, since this changed
  wheels.keystone: 30 sha256:# -> 30 sha256:#
  fetch keystone-30-py3-none-any.whl: to be done again, since this changed
    sha256: ${'a'.repeat(64)} -> ${'b'.repeat(64)}

keystone 30
  from a wheel of the index: https://files.example/keystone-30-py3-none-any.whl
  sha256:${'a'.repeat(64)}
stated by
  constraint: keystone===30  (/c/upper-constraints.txt:1)
needed by
  stx-keystone, stx-other: keystone
fetch keystone-30-py3-none-any.whl: to be done again, since this changed
  sha256: ${'a'.repeat(64)} -> ${'b'.repeat(64)}`);
	t.like(explanationJson(explanation), {image: {label: 'stx-keystone', made: [{step: 'image:stx-keystone', state: 'due'}]}, wheel: {name: 'keystone', made: {state: 'due'}}});
});

test('what was done, and nothing has changed since', async t => {
	const store = createMemoryStore();
	t.regex(formatExplanation(await explain('stx-keystone', preparedWith(), {store})), /build stx-keystone: not done in this workspace yet/v);
	await runOf(preparedWith(), store);
	t.regex(formatExplanation(await explain('stx-keystone', preparedWith(), {store})), /build stx-keystone: done once, and nothing has changed since/v);
	await runOf(preparedWith(), store);
	t.regex(formatExplanation(await explain('stx-keystone', preparedWith(), {store})), /done again by the last run, since its result was gone/v);
	t.regex(formatExplanation(await explain('stx-keystone', preparedWith({prefix: 'master'}), {store})), /tag stx-keystone: to be done again, since this changed\n {2}references: dev-1 -> master-1/v);
	await runOf(preparedWith({setup: 'y'}), store);
	t.regex(formatExplanation(await explain('stx-keystone', preparedWith({setup: 'y'}), {store})), /verify stx-keystone: done again by the last run, since this had changed\n {2}setup: x -> y/v);
});

test('a name that is neither is an error', async t => {
	const error = await failureOf(async () => explain('nova', preparedWith(), {store: createMemoryStore()}));
	t.is(error.code, 'STX0415');
	t.is((await failureOf(async () => explain('keystne', preparedWith(), {store: createMemoryStore()}))).hint, 'did you mean `keystone`?');
});
