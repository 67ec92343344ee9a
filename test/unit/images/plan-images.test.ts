import path from 'node:path';
import test from 'ava';
import {BuildError} from '../../../src/errors.js';
import {describeImages} from '../../../src/images/describe-images.js';
import type {ImageBuildInputs, ImageListInputs} from '../../../src/images/image-steps.js';
import {planImages, type ImagesRequest} from '../../../src/images/plan-images.js';
import {checkPlan, type Key, type Step} from '../../../src/plan/index.js';
import {
	dialect, digestOf, directiveOf, requestOf, tagSettings, wheelOf,
} from '../../_helpers/image-inputs.js';

const stepOf = (steps: readonly Step[], id: string): Step => steps.find(step => step.id === id)!;
const keyOfImage = (more: Partial<ImagesRequest>): Key => planImages(requestOf(more)).find(({kind}) => kind === 'image.build')!.key;

test('an image is built, verified, tagged and recorded, in this order', t => {
	const steps = planImages(requestOf());
	t.deepEqual(steps.map(({id, kind, needs, uses, target}) => ({
		id, kind, needs, uses, target,
	})), [
		{
			id: 'image:stx-keystone', kind: 'image.build', needs: ['base'], uses: 'cpu', target: undefined,
		},
		{
			id: 'verify:stx-keystone', kind: 'image.verify', needs: ['image:stx-keystone'], uses: 'cpu', target: undefined,
		},
		{
			id: 'tag:stx-keystone', kind: 'image.tag', needs: ['verify:stx-keystone'], uses: 'none', target: undefined,
		},
		{
			id: 'record:stx-keystone', kind: 'image.record', needs: ['tag:stx-keystone'], uses: 'none', target: true,
		},
	]);
	t.deepEqual(stepOf(steps, 'tag:stx-keystone').inputs, {label: 'stx-keystone', verify: 'verify:stx-keystone', references: ['starlingx/stx-keystone:master-debian-trixie-amd64-stable-build']});
});

test('a pushed image has all its tags, and a push that is wanted for itself', t => {
	const steps = planImages(requestOf({push: true, latest: true, resetLists: true}));
	t.notThrows(() => {
		checkPlan({
			version: 1, steps: [{
				id: 'base', kind: 'base', title: 'base', group: 'base', needs: [], key: digestOf('0') as unknown as Key, inputs: {}, uses: 'none',
			}, ...steps],
		});
	});
	t.is((stepOf(steps, 'tag:stx-keystone').inputs as {references: string[]}).references.length, 3);
	t.deepEqual(stepOf(steps, 'push:stx-keystone').inputs, {
		label: 'stx-keystone',
		tag: 'tag:stx-keystone',
		record: 'record:stx-keystone',
		file: '/workspace/std/build-images/stx-keystone-debian-trixie-amd64-stable.json',
		push: [
			{
				reference: 'starlingx/stx-keystone:master-debian-trixie-amd64-stable-2026.11.21.0', list: '/workspace/std/build-images/images-debian-trixie-amd64-stable-versioned.lst', legacy: false, moves: false,
			},
			{
				reference: 'starlingx/stx-keystone:master-debian-trixie-amd64-stable-latest', list: '/workspace/std/build-images/images-debian-trixie-amd64-stable-latest.lst', legacy: false, moves: true,
			},
		],
		following: [],
		overwrite: false,
		clean: false,
		forget: null,
	});
	t.true(stepOf(steps, 'push:stx-keystone').target);
	t.true(stepOf(steps, 'push:stx-keystone').needs.includes('image-lists'));
	t.true(stepOf(steps, 'push:stx-keystone').needs.includes('record:stx-keystone'), 'what cannot be pushed is recorded all the same');
});

test('the lists start anew with a whole build, and keep what it pushes', t => {
	const lists = (more: Partial<ImagesRequest>) => (planImages(requestOf({push: true, resetLists: true, ...more})).find(({kind}) => kind === 'image.list')?.inputs as ImageListInputs | undefined)?.lists
		.map(({file, references}) => [path.basename(file, '.lst').replace('images-', ''), references.map(reference => reference.split(':')[1])]);
	t.deepEqual(lists({}), [['debian-trixie-amd64-stable-versioned', ['master-debian-trixie-amd64-stable-2026.11.21.0']], ['debian-trixie-amd64-stable-latest', []]]);
	t.deepEqual(lists({latest: true, settings: {...tagSettings, codename: 'bullseye', osLabel: 'debian-bullseye-amd64'}}), [
		['debian-bullseye-amd64-stable-versioned', ['master-debian-bullseye-amd64-stable-2026.11.21.0']],
		['debian-bullseye-amd64-stable-latest', ['master-debian-bullseye-amd64-stable-latest']],
		['debian-stable-versioned', ['master-debian-stable-2026.11.21.0']],
		['debian-stable-latest', ['master-debian-stable-latest']],
	]);
	t.is(lists({resetLists: false}), undefined);
	t.is(lists({push: false}), undefined);
});

test('the key of an image is the same under another label, tag, place or prefix', t => {
	const key = keyOfImage({});
	t.is(keyOfImage({directives: [directiveOf(undefined, 'other')]}), key);
	t.is(keyOfImage({
		version: 'other', latest: true, push: true, resetLists: true,
	}), key);
	t.is(keyOfImage({
		settings: {
			...tagSettings, workspace: '/elsewhere', registry: 'r.example.com', prefix: 'x', osLabel: 'y',
		},
	}), key);
	t.is(keyOfImage({dialect: {...dialect, files: dialect.files.map(file => ({...file, source: `/elsewhere/${file.name}`})), verifier: {file: '/v', digest: digestOf('9')}}}), key);
	t.is(keyOfImage({directives: [{...directiveOf(), verify: {setup: ['true'], skipScripts: []}}]}), key);
	t.is(keyOfImage({wheelsOf: () => requestOf().wheelsOf('').toReversed()}), key);
});

test('the key of an image is another with another value, dialect, base or wheel', t => {
	const keys = [
		keyOfImage({}),
		keyOfImage({directives: [directiveOf('PROJECT=keystone\nPROJECT_REPO=pypi\nPROJECT_REF=30.0.1')]}),
		keyOfImage({directives: [directiveOf('PROJECT=keystone\nPROJECT_REPO=pypi\nPROJECT_REF=30.0.0\nPOSTBUILD_REMOVE_PYTHON_PACKAGES=""')]}),
		keyOfImage({dialect: {...dialect, files: [{name: 'Dockerfile', digest: digestOf('d'), executable: false}]}}),
		keyOfImage({base: {id: 'base', key: digestOf('9') as unknown as Key}}),
		keyOfImage({wheelsOf: () => [wheelOf('pip', '26.3', '9'), wheelOf('keystone', '30.0.0', '2')]}),
		keyOfImage({wheelsOf: () => [...requestOf().wheelsOf(''), wheelOf('uwsgi', '2', '3')]}),
		keyOfImage({wheelsOf: () => [{name: 'pip' as never, version: '26.3', step: 'fetch:pip'}], wheelSteps: [{id: 'fetch:pip', key: digestOf('4') as unknown as Key}]}),
		keyOfImage({wheelsOf: () => [{name: 'pip' as never, version: '26.3', step: 'fetch:pip'}], wheelSteps: [{id: 'fetch:pip', key: digestOf('5') as unknown as Key}]}),
	];
	t.is(new Set(keys).size, keys.length);
});

test('a change of [verify] or of the verifier verifies again, and does not build again', t => {
	const keyOf = (more: Partial<ImagesRequest>): Key => stepOf(planImages(requestOf(more)), 'verify:stx-keystone').key;
	const keys = [
		keyOf({}),
		keyOf({dialect: {...dialect, verifier: {file: '/v', digest: digestOf('9')}}}),
		keyOf({directives: [{...directiveOf(), verify: {setup: ['true'], skipScripts: []}}]}),
	];
	t.is(new Set(keys).size, 3);
	t.is(keyOf({directives: [{...directiveOf(), verifyFile: '/elsewhere/keystone.ini'}]}), keys[0]!, 'where it is written does not count');
});

test('the record and a dry run say from which file [verify] is', t => {
	const steps = planImages(requestOf({directives: [{...directiveOf(), verifyFile: '/package/keystone.ini'}]}));
	t.like(stepOf(steps, 'verify:stx-keystone').inputs, {specFile: '/package/keystone.ini'});
	t.like(stepOf(steps, 'record:stx-keystone').inputs, {specFile: '/package/keystone.ini'});
	const [described] = describeImages(steps, {engine: undefined, from: 'stx/base:1', lists: {versioned: '/w/v.lst'}});
	t.is(described!.verify, '/package/keystone.ini');
});

test('wheels that steps give are waited for', t => {
	const steps = planImages(requestOf({wheelsOf: () => [{name: 'uwsgi' as never, version: '2', step: 'build:uwsgi'}], wheelSteps: [{id: 'build:uwsgi', key: digestOf('4') as unknown as Key}]}));
	t.deepEqual(stepOf(steps, 'image:stx-keystone').needs, ['base', 'build:uwsgi']);
});

test('all that cannot be built is told at once', t => {
	const error = t.throws(() => planImages(requestOf({
		directives: [
			directiveOf('PROJECT=nova', 'b'), directiveOf('PROJECT=nova\nPROJECT_REPO=pypi\nPYTHON3=no\nSPICE_REF=1', 'c'), directiveOf(),
		],
	})), {instanceOf: BuildError, code: 'STX0002'});
	t.is(error.problems.length, 3);
	t.is(error.exitCode, 2);
});

test('a dry run shows each image with its command line', t => {
	const steps = planImages(requestOf({latest: true}));
	const {context} = stepOf(steps, 'image:stx-keystone').inputs as ImageBuildInputs;
	t.is(context, '/workspace/std/build-images/context');
	t.deepEqual(describeImages(steps, {
		engine: {buildCommand: ({file, buildArgs, secrets}) => ['engine', file, Object.keys(buildArgs).join(','), JSON.stringify(secrets)]}, from: 'stx/base:1', secrets: ['ca'], lists: {versioned: '/w/v.lst'},
	}), [{
		label: 'stx-keystone',
		builder: 'loci',
		directive: 'stx-keystone.stable_docker_image',
		dialect: 'builtin',
		verify: null,
		tags: {
			build: 'starlingx/stx-keystone:master-debian-trixie-amd64-stable-build', versioned: 'starlingx/stx-keystone:master-debian-trixie-amd64-stable-2026.11.21.0', latest: 'starlingx/stx-keystone:master-debian-trixie-amd64-stable-latest',
		},
		buildArgs: {
			FROM: 'stx/base:1', PROJECT: 'keystone', PROJECT_REF: '30.0.0', PROJECT_REPO: 'pypi',
		},
		argv: ['engine', `${context}/Dockerfile`, 'FROM,PROJECT,PROJECT_REF,PROJECT_REPO', '[{"id":"ca","source":""}]'],
		records: {
			record: '/workspace/std/build-images/stx-keystone-debian-trixie-amd64-stable.json', log: '/workspace/std/build-images/docker-stx-keystone-debian-trixie-amd64-stable.log', lists: {versioned: '/w/v.lst'},
		},
	}]);
});
