import test from 'ava';
import {planBase, type BaseRequest} from '../../../src/base/index.js';
import type {BuildError} from '../../../src/errors.js';
import {checkPlan} from '../../../src/plan/index.js';

const request: BaseRequest = {
	os: 'debian',
	codename: 'trixie',
	arch: 'amd64',
	debianMirror: 'http://deb.debian.org/debian',
	debianSecurityMirror: 'http://deb.debian.org/debian-security',
	recipe: {
		packages: ['git', 'sudo'], starlingxPackages: ['python3-pip'], osVersion: '13.0', dockerfile: '/p/build-config/base/Dockerfile', script: '/p/build-config/base/install-packages', digests: [`sha256:${'1'.repeat(64)}`],
	},
};

const shape = (changes: Partial<BaseRequest>) => planBase({...request, ...changes}).map(({id, kind, needs}) => [id, kind, ...needs]);
const lastKey = (changes: Partial<BaseRequest>) => planBase({...request, ...changes}).at(-1)!.key;

test('from packages', t => {
	t.deepEqual(shape({}), [['base:root', 'base.bootstrap'], ['base', 'base.import', 'base:root']]);
});

test('from a registry', t => {
	t.deepEqual(shape({from: 'debian:trixie'}), [['base:pull', 'base.pull'], ['base', 'base.image', 'base:pull']]);
	t.like(planBase({...request, from: 'debian:trixie'})[0], {inputs: {reference: 'docker.io/library/debian:trixie', isAnew: false}});
});

test('one that is there', t => {
	t.deepEqual(shape({image: 'localhost/base:1'}), [['base', 'base.take']]);
});

test('all are plans that can be executed, and plain data', t => {
	for (const changes of [{}, {from: 'debian:trixie'}, {image: 'localhost/base:1'}]) {
		const steps = planBase({...request, ...changes});
		t.notThrows(() => {
			checkPlan({version: 1, steps});
		});
		t.deepEqual(JSON.parse(`${JSON.stringify(steps)}\n`), steps);
	}
});

for (const [title, changes] of [
	['mirror', {debianMirror: 'http://mirror.example.com/debian'}],
	['security mirror', {debianSecurityMirror: 'https://mirror.example.com/security'}],
	['places of the recipe', {recipe: {...request.recipe, dockerfile: '/q/Dockerfile', context: '/q'}}],
	['recipe for bases from a registry', {recipe: {...request.recipe, digests: [`sha256:${'2'.repeat(64)}`]}}],
] as ReadonlyArray<readonly [string, Partial<BaseRequest>]>) {
	test(`another ${title} is no other base`, t => {
		t.is(lastKey(changes), lastKey({}));
	});
}

for (const [title, changes] of [
	['codename', {codename: 'forky'}],
	['architecture', {arch: 'arm64'}],
	['package', {recipe: {...request.recipe, packages: ['git', 'patch', 'sudo']}}],
	['generation', {generation: '2026-11-20T00:00:00.000Z'}],
	['origin', {from: 'debian:trixie'}],
] as ReadonlyArray<readonly [string, Partial<BaseRequest>]>) {
	test(`another ${title} is another base`, t => {
		t.not(lastKey(changes), lastKey({}));
	});
}

const snapshots = (time: string): Partial<BaseRequest> => ({debianMirror: `http://snapshot.example.com/debian/${time}`, debianSecurityMirror: `http://snapshot.example.com/debian-security/${time}`});
const repositories: BaseRequest['repositories'] = {
	stx: [], layers: [], origin: undefined, key: undefined,
};

test('the time of a snapshot counts, its host does not', t => {
	const [earlier, later] = [snapshots('20240101T000000Z'), snapshots('20260101T000000Z')];
	t.not(lastKey(earlier), lastKey(later));
	t.not(lastKey(earlier), lastKey({}));
	t.not(lastKey(earlier), lastKey({debianMirror: earlier.debianMirror!}), 'the security updates of another time');
	t.is(lastKey({debianMirror: 'https://mirror.example.com/20240101T000000Z/', debianSecurityMirror: 'https://mirror.example.com/security/20240101T000000Z'}), lastKey(earlier));
});

test('the key has the suites that there are', t => {
	const suitesOf = (changes: Partial<BaseRequest>) => JSON.parse(planBase({...request, ...changes})[0]!.parts!.suites!) as unknown;
	t.deepEqual(suitesOf({}), ['trixie main', 'trixie-updates main', 'trixie-security main']);
	t.deepEqual(suitesOf(snapshots('20240101T000000Z')), ['trixie main 20240101T000000Z', 'trixie-security main 20240101T000000Z']);
});

test('what images of a base from a registry switch on counts only where it is theirs to switch on', t => {
	const from = {from: 'debian:trixie'};
	t.is(lastKey({...from, ...snapshots('20240101T000000Z')}), lastKey(from));
	const theirs = {...from, repositories};
	t.not(lastKey({...theirs, ...snapshots('20240101T000000Z')}), lastKey({...theirs, ...snapshots('20260101T000000Z')}));
	t.not(lastKey({...theirs, ...snapshots('20240101T000000Z')}), lastKey(theirs));
	t.is(lastKey({...theirs, debianMirror: 'http://mirror.example.com/debian'}), lastKey(theirs));
});

test('a base from a registry depends on the reference and the recipe', t => {
	const from = {from: 'debian:trixie'};
	t.is(lastKey({from: 'docker.io/library/debian:trixie'}), lastKey(from));
	t.not(lastKey({from: 'debian:forky'}), lastKey(from));
	t.not(lastKey({...from, recipe: {...request.recipe, digests: [`sha256:${'2'.repeat(64)}`]}}), lastKey(from));
	t.not(lastKey({...from, generation: 'x'}), lastKey(from));
	t.like(planBase({...request, ...from, generation: 'x'})[0], {inputs: {isAnew: true}});
});

test('what cannot be made from packages', t => {
	const error = t.throws<BuildError>(() => planBase({...request, os: 'centos', debianMirror: 'http://user:secret@mirror.example.com/debian'}), {code: 'STX0002'});
	t.is(error.exitCode, 2);
	t.deepEqual(error.problems.map(({code}) => code), ['STX0504', 'STX0504']);
	t.false(JSON.stringify(error.problems.map(({message, hint}) => [message, hint])).includes('secret'));
	t.notThrows(() => planBase({...request, os: 'centos', from: 'centos:7'}));
	const debianMirror = 'http://user:secret@mirror.example.com/debian';
	t.notThrows(() => planBase({...request, debianMirror, from: 'debian:trixie'}));
	t.throws(() => planBase({
		...request, debianMirror, from: 'debian:trixie', repositories,
	}), {code: 'STX0504'}, 'the image gets it, to be switched on');
});
