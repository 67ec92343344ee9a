import test from 'ava';
import {
	checkPlan, keyOf, type Digest, type Step,
} from '../../../src/plan/index.js';
import {createTarget, normalizeName, parseConstraints} from '../../../src/python/index.js';
import type {BuildSettings, WheelInputs} from '../../../src/wheels/inputs/inputs.js';
import type {Lock, LockedPackage, LockedSource} from '../../../src/wheels/lock/lock.js';
import {planWheels, type PlanWheelsRequest} from '../../../src/wheels/plan-wheels.js';
import type {TarballInputs} from '../../../src/wheels/step-inputs.js';

const digest = (seed: string): Digest => `sha256:${seed.repeat(64).slice(0, 64)}`;
const fileOf = (filename: string, seed = 'a') => ({filename, url: `https://files.example/${filename}`, sha256: seed.repeat(64).slice(0, 64)});
const wheel = (filename: string, seed?: string): LockedSource => ({kind: 'wheel', file: fileOf(filename, seed)});
const item = (name: string, version: string, source: LockedSource, ...dependencies: readonly string[]): LockedPackage => ({
	name: normalizeName(name), version, source, dependencies: dependencies.map(text => normalizeName(text)),
});

const inputs: WheelInputs = {
	target: createTarget({python: '3.13', glibc: '2.41', arch: 'amd64'}),
	wheelList: [],
	leftOut: [],
	allowUnusable: false,
	documents: [],
	contradictions: [],
	constraints: parseConstraints('keystone===30.0.0\n', 'upper-constraints.txt'),
	globalRequirements: 'keystone\n',
	modules: [{
		name: normalizeName('api-proxy'), version: '1.0', folder: '/src/api-proxy', requires: [], buildRequires: ['setuptools'], digest: digest('d'), at: {file: 'modules.ini', line: 1},
	}],
	gitModules: [],
	localWheels: [],
	missingDebs: [],
	onlyLocal: new Set(),
	toolchain: [{
		name: normalizeName('uv'), version: '0.13.8', sha256: ['1'.repeat(64)], at: {file: 'toolchain.txt', line: 1},
	}],
	buildSettings: new Map([[normalizeName('uwsgi'), {
		name: normalizeName('uwsgi'), buildRequires: [], requires: [], unconstrained: [], env: {CPUCOUNT: '2'}, reason: 'so', at: {file: 'wheels/build-settings.ini', line: 1},
	}]]),
	builderPackages: ['gcc', 'python3-dev'],
	builderFolder: '/pkg/wheels/builder',
	builderRecipe: digest('b'),
};

const setuptools = wheel('setuptools-80-py3-none-any.whl', '8');
const lock: Lock = {
	inputs: keyOf('lock'),
	parts: {},
	sources: [],
	index: 'https://pypi.org/simple',
	python: '3.13',
	arch: 'x86_64',
	documents: [],
	leftOut: [],
	unclosed: [],
	roots: {
		modules: ['api-proxy'], 'stx-keystone': ['keystone==30.0.0', 'uwsgi'], 'stx-other': ['other'], 'wheel-list': ['uwsgi==2.0.31'],
	},
	packages: [
		item('api-proxy', '1.0', {kind: 'directory', path: '/src/api-proxy'}, 'oslo-config'),
		item('keystone', '30.0.0', wheel('keystone-30.0.0-py3-none-any.whl', '3'), 'oslo-config'),
		item('oslo-config', '10.3.0', wheel('oslo_config-10.3.0-py3-none-any.whl', '4')),
		item('other', '1', {kind: 'sdist', file: fileOf('other-1.tar.gz', '5')}),
		item('uwsgi', '2.0.31', {kind: 'sdist', file: fileOf('uwsgi-2.0.31.tar.gz', '6'), basedir: 'uwsgi-2.0.31'}),
	],
	buildPackages: [
		item('helper', '1', {kind: 'sdist', file: fileOf('helper-1.tar.gz', '7')}),
		item('setuptools', '80', setuptools),
	],
	builds: [
		{
			name: normalizeName('api-proxy'), version: '1.0', requires: ['helper', 'setuptools'], environment: [{name: normalizeName('helper'), version: '1'}, {name: normalizeName('setuptools'), version: '80'}],
		},
		{
			name: normalizeName('helper'), version: '1', requires: ['setuptools'], environment: [{name: normalizeName('setuptools'), version: '80'}],
		},
		{
			name: normalizeName('other'), version: '1', requires: ['setuptools'], environment: [{name: normalizeName('setuptools'), version: '80'}],
		},
		{
			name: normalizeName('uwsgi'), version: '2.0.31', requires: ['setuptools'], environment: [{name: normalizeName('setuptools'), version: '80'}],
		},
	],
};

const base = {step: 'base', key: keyOf('base')};
const baseStep: Step = {
	id: 'base', kind: 'base.image', title: 'base', group: 'base', needs: [], key: base.key, inputs: {}, uses: 'cpu',
};
const request: PlanWheelsRequest = {
	inputs, lock, labels: ['stx-keystone'], base, tarball: '/ws/stx-debian-stable-wheels.tar',
};
const plan = (change: Partial<PlanWheelsRequest> = {}) => planWheels({...request, ...change});

test('the steps of a lock', t => {
	const {steps} = plan();
	t.notThrows(() => {
		checkPlan({version: 1, steps: [baseStep, ...steps]});
	});
	t.deepEqual(steps.map(({id, kind, needs, uses, target}) => ({
		id, kind, needs, uses, ...(target && {target}),
	})), [
		{
			id: 'fetch:setuptools-80-py3-none-any.whl', kind: 'wheels.fetch', needs: [], uses: 'network',
		},
		{
			id: 'fetch:helper-1.tar.gz', kind: 'wheels.fetch', needs: [], uses: 'network',
		},
		{
			id: 'wheels.builder', kind: 'wheels.builder', needs: ['base'], uses: 'network',
		},
		{
			id: 'build:helper-1', kind: 'wheels.build', needs: ['wheels.builder', 'fetch:helper-1.tar.gz', 'fetch:setuptools-80-py3-none-any.whl'], uses: 'cpu',
		},
		{
			id: 'build:api-proxy-1.0', kind: 'wheels.build', needs: ['wheels.builder', 'build:helper-1', 'fetch:setuptools-80-py3-none-any.whl'], uses: 'cpu',
		},
		{
			id: 'fetch:keystone-30.0.0-py3-none-any.whl', kind: 'wheels.fetch', needs: [], uses: 'network',
		},
		{
			id: 'fetch:oslo_config-10.3.0-py3-none-any.whl', kind: 'wheels.fetch', needs: [], uses: 'network',
		},
		{
			id: 'fetch:uwsgi-2.0.31.tar.gz', kind: 'wheels.fetch', needs: [], uses: 'network',
		},
		{
			id: 'build:uwsgi-2.0.31', kind: 'wheels.build', needs: ['wheels.builder', 'fetch:uwsgi-2.0.31.tar.gz', 'fetch:setuptools-80-py3-none-any.whl'], uses: 'cpu',
		},
		{
			id: 'wheels',
			kind: 'wheels.tarball',
			needs: ['build:api-proxy-1.0', 'fetch:keystone-30.0.0-py3-none-any.whl', 'fetch:oslo_config-10.3.0-py3-none-any.whl', 'build:uwsgi-2.0.31'],
			uses: 'none',
			target: true,
		},
	]);
});

test('lines that are left out and wheels without what they need are told to the tarball, and change its key', t => {
	const leftOut = [{
		wheel: 'isort-4-py3-none-any.whl', at: {file: '/lists/stable-wheels.cfg', line: 47}, code: 'STX0401' as const, message: 'wrong',
	}];
	const list = [{
		wheel: 'lz4-4-py3-none-any.whl', name: normalizeName('lz4'), version: '4', type: 'git' as const, url: 'https://example.com/lz4', basedir: '', branch: 'v4', fixSetup: false, at: {file: '/lists/stable-wheels.cfg', line: 56},
	}];
	const less = {
		inputs: {...inputs, leftOut, wheelList: list},
		lock: {...lock, unclosed: [normalizeName('uwsgi')], leftOut: [{name: normalizeName('lz4'), code: 'STX0911' as const, message: 'no way'}]},
	};
	const [before, after] = [plan(), plan(less)].map(({steps}) => steps.find(({id}) => id === 'wheels')!) as [Step, Step];
	t.not(before.key, after.key);
	t.is(plan({...less, inputs: {...less.inputs, leftOut: leftOut.map(item => ({...item, at: {...item.at, file: '/elsewhere'}}))}}).steps.at(-1)!.key, after.key);
	const {leftOut: told, unclosed, roots} = after.inputs as unknown as TarballInputs;
	t.deepEqual(told.map(({wheel: name, at}) => [name, at.line]), [['isort-4-py3-none-any.whl', 47], ['lz4-4-py3-none-any.whl', 56]]);
	t.deepEqual(unclosed as readonly string[], ['uwsgi']);
	// Its wheel is a member, and what it needs need not be.
	t.deepEqual(roots['wheel-list'], []);
	t.true(after.needs.includes('build:uwsgi-2.0.31'));
});

const withInputs = (change: Partial<WheelInputs>): Partial<PlanWheelsRequest> => ({inputs: {...inputs, ...change}});

/** With more settings of the build of uwsgi. */
const withSettings = (change: Partial<BuildSettings>): Partial<PlanWheelsRequest> =>
	withInputs({buildSettings: new Map([...inputs.buildSettings].map(([name, settings]) => [name, {...settings, ...change}]))});

test('what a build gets', t => {
	const build = (id: string) => plan().steps.find(step => step.id === id)?.inputs;
	const usual = {
		builder: 'wheels.builder', environmentBuilder: 'wheels.builder', patches: [], processors: 1, memory: 8192, disk: 10_240, timeoutSeconds: 7200,
	};
	t.deepEqual(build('build:uwsgi-2.0.31') as unknown, {
		name: 'uwsgi', version: '2.0.31', source: {step: 'fetch:uwsgi-2.0.31.tar.gz', basedir: 'uwsgi-2.0.31'}, environment: ['fetch:setuptools-80-py3-none-any.whl'], env: {CPUCOUNT: '2'}, recipe: '/pkg/wheels/builder', ...usual,
	});
	t.deepEqual(build('build:api-proxy-1.0') as unknown, {
		name: 'api-proxy',
		version: '1.0',
		source: {folder: '/src/api-proxy', digest: digest('d')},
		environment: ['build:helper-1', 'fetch:setuptools-80-py3-none-any.whl'],
		env: {PBR_VERSION: '1.0', SETUPTOOLS_SCM_PRETEND_VERSION: '1.0', SETUPTOOLS_SCM_PRETEND_VERSION_FOR_API_PROXY: '1.0'},
		recipe: '/pkg/wheels/builder',
		...usual,
	});
});

test('a build that needs more packages has a builder of its own', t => {
	const {steps} = plan(withSettings({systemPackages: ['libpcre2-dev', 'libssl-dev']}));
	const builder = steps.find(({id}) => id === 'wheels.builder:libpcre2-dev,libssl-dev')!;
	t.like(builder, {kind: 'wheels.builder', needs: ['wheels.builder']});
	t.like(builder.inputs, {base: {step: 'wheels.builder'}, packages: ['libpcre2-dev', 'libssl-dev']});
	const {needs, inputs: build} = steps.find(({id}) => id === 'build:uwsgi-2.0.31')!;
	t.deepEqual(needs.slice(0, 2), [builder.id, 'wheels.builder']);
	t.like(build, {builder: builder.id, environmentBuilder: 'wheels.builder'});
});

test('a plan is plain JSON', t => {
	const {steps} = plan();
	const text = JSON.stringify(steps);
	t.deepEqual(JSON.parse(text), steps);
});

test('where the wheels of an image come from', t => {
	t.deepEqual(plan().wheelsOf('stx-keystone') as unknown, [
		{name: 'keystone', version: '30.0.0', step: 'fetch:keystone-30.0.0-py3-none-any.whl'},
		{name: 'oslo-config', version: '10.3.0', step: 'fetch:oslo_config-10.3.0-py3-none-any.whl'},
		{name: 'uwsgi', version: '2.0.31', step: 'build:uwsgi-2.0.31'},
	]);
	t.throws(() => plan().sourceOf(normalizeName('absent')), {code: 'STX0415'});
});

test('nothing to build needs no builder and no base', t => {
	const {steps} = plan({lock: {...lock, roots: {modules: [], 'stx-keystone': ['keystone'], 'wheel-list': []}}});
	t.deepEqual(steps.map(({kind}) => kind), ['wheels.fetch', 'wheels.fetch', 'wheels.tarball']);
});

test('only some wheels, and a name that is none', t => {
	const {steps} = plan({only: ['UWSGI', 'keystone']});
	t.deepEqual(steps.filter(({target}) => target).map(({id}) => id), ['fetch:keystone-30.0.0-py3-none-any.whl', 'build:uwsgi-2.0.31']);
	t.false(steps.some(({kind}) => kind === 'wheels.tarball'));
	const error = t.throws(() => plan({only: ['keyston']}), {code: 'STX0415', message: '`keyston` is not one of the 4 wheels'});
	t.is((error as {hint?: string}).hint, 'did you mean `keystone`?');
});

/** The ids of the steps whose keys differ. */
function changed(change: Partial<PlanWheelsRequest>): readonly string[] {
	const before = new Map(plan({labels: ['stx-keystone', 'stx-other']}).steps.map(({id, key}) => [id, key]));
	return plan({labels: ['stx-keystone', 'stx-other'], ...change}).steps.filter(({id, key}) => before.get(id) !== key).map(({id}) => id);
}

const withPackage = (name: string, source: LockedSource): Partial<PlanWheelsRequest> => ({
	lock: {...lock, packages: lock.packages.map(locked => (locked.name === name ? {...locked, source} : locked))},
});

test('each input changes the keys of what is made from it, and no others', t => {
	const builds = ['build:helper-1', 'build:api-proxy-1.0', 'build:other-1', 'build:uwsgi-2.0.31'];
	t.deepEqual(changed({}), []);
	t.deepEqual(changed(withPackage('uwsgi', {kind: 'sdist', file: fileOf('uwsgi-2.0.31.tar.gz', '0'), basedir: 'uwsgi-2.0.31'})), ['fetch:uwsgi-2.0.31.tar.gz', 'build:uwsgi-2.0.31', 'wheels']);
	t.deepEqual(changed(withPackage('keystone', wheel('keystone-30.0.0-py3-none-any.whl', '0'))), ['fetch:keystone-30.0.0-py3-none-any.whl', 'wheels']);
	t.deepEqual(changed(withInputs({modules: [{...inputs.modules[0]!, digest: digest('e')}]})), ['build:api-proxy-1.0', 'wheels']);
	t.deepEqual(changed(withInputs({buildSettings: new Map()})), ['build:uwsgi-2.0.31', 'wheels']);
	t.deepEqual(changed(withSettings({systemPackages: ['libssl-dev']})), ['wheels.builder:libssl-dev', 'build:uwsgi-2.0.31', 'wheels']);
	t.deepEqual(changed(withSettings({patches: [{file: '/a.patch', digest: digest('a')}]})), ['build:uwsgi-2.0.31', 'wheels']);
	t.deepEqual(changed(withSettings({patches: [{file: '/a.patch', digest: digest('a'), versions: '<2'}]})), []);
	t.deepEqual(changed(withInputs({builderPackages: ['gcc']})).toSorted(), ['wheels', 'wheels.builder', ...builds].toSorted());
	t.deepEqual(changed(withInputs({builderRecipe: digest('0')})).toSorted(), ['wheels', 'wheels.builder', ...builds].toSorted());
	t.deepEqual(changed({base: {step: 'base', key: keyOf('other')}}).toSorted(), ['wheels', 'wheels.builder', ...builds].toSorted());
	t.deepEqual(changed(withInputs({toolchain: [{...inputs.toolchain[0]!, sha256: ['2'.repeat(64)]}]})).toSorted(), ['wheels', ...builds].toSorted());
	t.deepEqual(changed({lock: {...lock, buildPackages: [item('helper', '1', {kind: 'sdist', file: fileOf('helper-1.tar.gz', '0')}), lock.buildPackages[1]!]}}), ['fetch:helper-1.tar.gz', 'build:helper-1', 'build:api-proxy-1.0', 'wheels']);
	t.deepEqual(changed(withInputs({globalRequirements: 'x\n'})), ['wheels']);
	t.deepEqual(changed(withInputs({constraints: parseConstraints('keystone===30.0.1\n', 'upper-constraints.txt')})), ['wheels']);
});

test('W64: the builder stays: other wheels, sources and modules do not make it anew', t => {
	const isAnew = (change: Partial<PlanWheelsRequest>): boolean => changed(change).includes('wheels.builder');
	t.true(isAnew(withInputs({builderPackages: ['gcc']})));
	for (const change of [
		withPackage('uwsgi', {kind: 'sdist', file: fileOf('uwsgi-2.0.31.tar.gz', '0'), basedir: 'uwsgi-2.0.31'}), withPackage('keystone', wheel('keystone-30.0.0-py3-none-any.whl', '0')), withInputs({modules: [{...inputs.modules[0]!, digest: digest('e')}]}), withInputs({globalRequirements: 'x\n'}),
	]) {
		t.true(changed(change).length > 0);
		t.false(isAnew(change));
	}
});

test('how fast a build may be, and what it may take, changes no key', t => {
	t.deepEqual(changed(withSettings({
		processors: 'all', memory: 4096, disk: 1, timeoutSeconds: 5,
	})), []);
	t.deepEqual(changed({budget: {processors: 64, memory: 1, timeoutSeconds: 1}}), []);
});

test('places do not change keys', t => {
	t.deepEqual(changed({tarball: '/elsewhere/wheels.tar'}), []);
	t.deepEqual(changed(withInputs({builderFolder: '/elsewhere/builder'})), []);
	t.deepEqual(changed(withInputs({modules: [{...inputs.modules[0]!, folder: '/elsewhere'}]})), []);
	t.deepEqual(changed(withInputs({constraints: parseConstraints('keystone===30.0.0\n', '/elsewhere/upper-constraints.txt')})), []);
});
