import test from 'ava';
import {normalizeName} from '../../../src/python/index.js';
import type {LockedGit, LockedLocal, LockedPackage} from '../../../src/wheels/lock/lock.js';
import {
	planFetch, planTake, planTree, stepId, versionVariables,
} from '../../../src/wheels/plan-sources.js';

const git: LockedGit = {
	kind: 'git', url: 'https://host/nfv', commit: 'a'.repeat(40), subfolder: 'proxy',
};
const local: LockedLocal = {
	kind: 'local', filename: 'sysinv-1-py3-none-any.whl', path: '/std/sysinv.deb/sysinv-1-py3-none-any.whl', sha256: 'b'.repeat(64), size: 7,
};
const item = (source: LockedPackage['source']): LockedPackage => ({
	name: normalizeName('api_proxy'), version: '1.0.0', dependencies: [], source,
});

test('the steps that bring what wheels are made from', t => {
	const tree = planTree(item(git), git);
	t.like(tree, {
		id: 'git:api-proxy-1.0.0', kind: 'wheels.git', title: 'fetch api-proxy 1.0.0 from https://host/nfv', uses: 'network',
	});
	t.deepEqual(tree.inputs, {
		name: 'api-proxy', url: 'https://host/nfv', commit: git.commit, subfolder: 'proxy',
	});
	t.like(planTake(local), {id: 'take:sysinv-1-py3-none-any.whl', kind: 'wheels.take', uses: 'none'});
	t.deepEqual(planTake(local).inputs, {filename: local.filename, path: local.path, digest: `sha256:${local.sha256}`});
});

test('a commit is known by its id, a wheel by its digest, wherever they come from', t => {
	const {key} = planTree(item(git), git);
	t.is(planTree(item(git), {...git, url: 'https://mirror/nfv', ref: 'v1'}).key, key);
	t.not(planTree(item(git), {...git, subfolder: ''}).key, key);
	t.not(planTree(item(git), {...git, commit: 'c'.repeat(40)}).key, key);
	t.is(planTake({...local, path: '/elsewhere'}).key, planTake(local).key);
	t.not(planTake({...local, sha256: 'c'.repeat(64)}).key, planTake(local).key);
});

test('the step that gives a wheel', t => {
	const file = {filename: 'a-1-py3-none-any.whl', url: 'https://host/a', sha256: 'd'.repeat(64)};
	t.deepEqual([item({kind: 'wheel', file}), item(local), item(git), item({kind: 'directory', path: '/x'})].map(found => stepId(found)), ['fetch:a-1-py3-none-any.whl', 'take:sysinv-1-py3-none-any.whl', 'build:api-proxy-1.0.0', 'build:api-proxy-1.0.0']);
	t.is(planFetch(file).id, 'fetch:a-1-py3-none-any.whl');
});

test('what tells pbr and setuptools-scm the version', t => {
	t.deepEqual(versionVariables(normalizeName('oslo.config'), '1.2'), {PBR_VERSION: '1.2', SETUPTOOLS_SCM_PRETEND_VERSION: '1.2', SETUPTOOLS_SCM_PRETEND_VERSION_FOR_OSLO_CONFIG: '1.2'});
});
