/** `why` and `wheels why`: what they tell of a lock that is there, with no network and no LOCI. */
import {mkdir, rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import test, {type ExecutionContext} from 'ava';
import {memoryOf} from '../../src/loadbuild/explain.js';
import {prepareLoadbuild, type Effects} from '../../src/loadbuild/index.js';
import {rememberSteps} from '../../src/plan/index.js';
import {createRunner, withTemporaryFolder} from '../../src/system/index.js';
import type {Lock} from '../../src/wheels/index.js';
import {formatLock} from '../../src/wheels/lock/format-lock.js';
import {lockInputs} from '../../src/wheels/lock/lock-inputs.js';
import {readSettings} from '../../src/workspace/index.js';
import {fakeEffects} from '../_helpers/fake-effects.js';
import {
	fileOf, lockedOf, lockOf, wheelIn,
} from '../_helpers/locks.js';
import {needs} from '../_helpers/needs.js';
import {packageFolder, runCli, type CliResult} from '../_helpers/run-cli.js';

const lockName = 'workspace/std/build-wheels-debian-trixie-stable/pylock.debian-trixie-stable.toml';
const lociUrl = 'https://opendev.org/openstack/loci';

/** The toolchain of builtin, and what the image asks for. */
const rootsOfDemo = ['demo', 'pip', 'setuptools<81', 'wheel'];

const demo = ({seed = 'a', version = '1.0'} = {}): Partial<Lock> => ({
	roots: {'stx-demo': rootsOfDemo, 'stx-other': ['demo']},
	packages: [
		lockedOf('demo', version, {kind: 'wheel', file: fileOf(`demo-${version}-py3-none-any.whl`, seed)}, 'helper'),
		wheelIn('helper', '2.0'),
		wheelIn('pip', '25'),
		wheelIn('setuptools', '80'),
		wheelIn('wheel', '0.45'),
	],
});

type Place = {
	write(name: string, text: string): Promise<void>;
	writeLock(parts?: Partial<Lock>): Promise<void>;
	writeImage(more?: string): Promise<void>;
	/** Remembers what a run would that does all of the plan. */
	pretendRun(): Promise<void>;
	/** The lock that a run would make: its digests are those of the inputs that are there. */
	fresh(parts: Partial<Lock>): Promise<Partial<Lock>>;
	removeLock(): Promise<void>;
	run(...argv: readonly string[]): Promise<CliResult>;
};

/** A user's folder with an image, a wheel list without lines, and constraints; every question over the network fails the test. */
async function inPlace(t: ExecutionContext, use: (place: Place) => Promise<void>): Promise<void> {
	if (!needs(t, 'git')) {
		return;
	}

	await withTemporaryFolder('why', async folder => {
		const write: Place['write'] = async (name, text) => {
			await mkdir(path.dirname(path.join(folder, name)), {recursive: true});
			await writeFile(path.join(folder, name), text);
		};

		await write('wheels/debian-trixie/openstack.cfg', 'STABLE_OPENSTACK_REQ_URL=requirements\n');
		await write('wheels/debian-trixie/stable-wheels.cfg', '');
		await write('wheels/debian-trixie/requirements/upper-constraints.txt', '# of a test\ndemo===1.0\n');
		await write('wheels/debian-trixie/requirements/global-requirements.txt', '');
		const effects: Effects = fakeEffects({
			run: createRunner(process.env),
			http: new Proxy(fakeEffects().http, {
				apply() {
					throw new Error('nobody is asked over the network');
				},
			}),
		});
		const folders = {roots: [folder, packageFolder]};
		const prepare = async () => {
			const {settings} = await readSettings({dialect: 'builtin'}, folders, {
				workingFolder: folder, homeFolder: path.join(folder, 'home'), environment: {}, machine: 'x64', processors: 2, memory: 8,
			});
			const prepared = await prepareLoadbuild({
				settings: {...settings, offline: true}, folders, workingFolder: folder, version: '0', dryRun: true,
				parts: {wheels: true, base: false, images: true},
				select: {only: ['stx-demo'], skip: [], directiveFiles: []},
				wheels: {
					frozen: true, asLocked: true, fromSource: [], fromIndex: [],
				},
			}, effects);
			return {settings, prepared};
		};

		const place: Place = {
			write,
			async writeLock(parts = demo()) {
				await write(lockName, formatLock(lockOf(parts)));
			},
			async writeImage(more = '') {
				await write('build-config/images/demo.ini', `[image]\nBUILDER = loci\nLABEL = stx-demo\nPROJECT = infra\nPROJECT_REPO = nil\nPIP_PACKAGES = demo\n${more}`);
			},
			async pretendRun() {
				const {settings, prepared} = await prepare();
				await rememberSteps(prepared.plan.steps.map(step => ({step, status: 'built', seconds: 1})), memoryOf(settings, effects.store));
			},
			async fresh(parts) {
				const {settings, prepared} = await prepare();
				return {...parts, ...lockInputs(prepared.wheels!.inputs, {fromSource: [], fromIndex: [], index: settings.index})};
			},
			removeLock: async () => rm(path.join(folder, lockName)),
			run: async (...argv) => runCli(argv, {folder, effects: async () => effects}),
		};
		await place.writeImage();
		await place.writeLock();
		await use(place);
	});
}

test('wheels why answers from the lock, with the dialect that is not on this machine', async t => {
	await inPlace(t, async ({run}) => {
		const {code, out, err} = await run('wheels', 'why', 'Helper');
		t.is(code, 0, err);
		t.is(out, `helper 2.0
  from a wheel of the index: https://files.example/helper-2.0-py3-none-any.whl
  sha256:${'a'.repeat(64)}
needed by
  stx-demo, stx-other: demo -> helper
fetch helper-2.0-py3-none-any.whl: not done in this workspace yet
`);
		t.regex(err, /^note: the lock is stale, since these are not as they were: the inputs, .*; `stx-build wheels lock` makes it anew\n$/v);
		t.regex((await run('wheels', 'why', 'demo')).out, /^stated by\n {2}constraint: demo===1\.0 {2}\(.*\/upper-constraints\.txt:2\)$/mv);
	});
});

test('what only LOCI knows is said to be open, in one line', async t => {
	await inPlace(t, async ({run, writeLock, fresh}) => {
		const lock = await fresh({...demo(), roots: {...demo().roots, 'wheel-list': [], modules: []}});
		await writeLock(lock);
		const open = `note: whether the images still need what is locked cannot be told without asking ${lociUrl}\n`;
		t.is((await run('wheels', 'why', 'demo')).err, open);
		const {code, err} = await run('wheels', 'list');
		t.is(code, 0);
		t.is(err, `5 wheels, 0 of them built here\n${open}`);
		t.is((await run('wheels', 'list', '--dialect', 'builtin')).err, '5 wheels, 0 of them built here\n');
		await writeLock({...lock, roots: {...lock.roots, 'stx-demo': ['demo']}});
		t.regex((await run('wheels', 'list', '--dialect', 'builtin')).err, /\nnote: the lock is stale, since these are not as they were: what `stx-demo` needs;/v);
	});
});

test('an image and a wheel of one name are both explained, with what changed on the way', async t => {
	await inPlace(t, async ({run, writeLock, pretendRun}) => {
		await pretendRun();
		await writeLock(demo({seed: 'b'}));
		const {code, out, err} = await run('why', 'demo', '--dialect', 'builtin');
		t.is(code, 0, err);
		t.is(out.replaceAll(/sha256:[\da-f]{12}(?![\da-f])/gv, 'sha256:#'), `stx-demo
build stx-demo: to be done again, since this changed
  wheels.demo: 1.0 sha256:# -> 1.0 sha256:#
  fetch demo-1.0-py3-none-any.whl: to be done again, since this changed
    sha256: ${'a'.repeat(64)} -> ${'b'.repeat(64)}

${(await run('wheels', 'why', 'demo')).out}`);
		t.like(JSON.parse((await run('why', 'demo', '--dialect', 'builtin', '--json')).out), {image: {label: 'stx-demo', made: [{step: 'image:stx-demo', state: 'due'}]}, wheel: {name: 'demo', made: {state: 'due'}}});
	});
});

test('what was done, and nothing has changed since', async t => {
	await inPlace(t, async ({run, pretendRun, writeImage}) => {
		const why = async (...more: readonly string[]) => {
			const {out} = await run('why', 'stx-demo', '--dialect', 'builtin', ...more);
			return out;
		};

		t.is(await why(), 'stx-demo\nbuild stx-demo: not done in this workspace yet\n');
		await pretendRun();
		t.is(await why(), 'stx-demo\nbuild stx-demo: done once, and nothing has changed since\n');
		await pretendRun();
		t.is(await why(), 'stx-demo\nbuild stx-demo: done again by the last run, since its result was gone\n');
		t.regex(await why('--prefix', 'master'), /\ntag stx-demo: to be done again, since this changed\n {2}references: \S*dev-\S+ -> \S*master-\S+\n$/v);
		t.regex(await why('--from', 'docker.io/library/debian:trixie'), /build stx-demo: to be done again, since this changed\n {2}base: /v);
		await writeImage('DIST_PACKAGES = curl\n');
		t.regex(await why(), /build stx-demo: to be done again, since this changed\n {2}arguments\.DIST_PACKAGES: .*curl/v);
		await writeImage('\n[verify]\nsetup[] = true\n');
		await pretendRun();
		t.regex(await why(), /\nverify stx-demo: done again by the last run, since this had changed\n {2}spec/v);
	});
});

test('of an image whose LOCI is not on this machine it is told what the last run made it for', async t => {
	await inPlace(t, async ({run, pretendRun, writeImage}) => {
		const never = await run('why', 'stx-demo');
		t.is(never.out, 'stx-demo\nbuild stx-demo: not done in this workspace yet\n');
		t.is(never.err, '', 'and there is nothing to add');
		await pretendRun();
		await writeImage('DIST_PACKAGES = curl\n');
		await pretendRun();
		const {code, out, err} = await run('why', 'stx-demo');
		t.is(code, 0, err);
		t.regex(out, /^stx-demo\nbuild stx-demo: done again by the last run, since this had changed\n {2}arguments\.DIST_PACKAGES: .*curl/v);
		const open = `whether \`stx-demo\` is to be made anew cannot be told without asking ${lociUrl}`;
		t.is(err, `note: ${open}\n`);
		t.like(JSON.parse((await run('why', 'stx-demo', '--json')).out), {image: {made: [{state: 'unknown'}]}, wheel: null, notes: [open]});
	});
});

test('an image that the lock does not have, and a workspace without a lock', async t => {
	await inPlace(t, async ({run, pretendRun, writeLock, removeLock}) => {
		await pretendRun();
		await writeLock({roots: {'stx-other': ['demo']}, packages: demo().packages!});
		const lacking = await run('why', 'stx-demo', '--dialect', 'builtin');
		t.is(lacking.out, 'stx-demo\nbuild stx-demo: done once\n');
		t.is(lacking.err, 'note: whether `stx-demo` is to be made anew cannot be told: the lock does not have what `stx-demo` needs; `stx-build wheels lock` adds it\n');
		await removeLock();
		const without = await run('why', 'stx-demo', '--dialect', 'builtin');
		t.is(without.code, 0);
		t.regex(without.err, /^note: whether `stx-demo` is to be made anew cannot be told: there is no lock yet; /v);
		const wheel = await run('wheels', 'why', 'demo');
		t.is(wheel.code, 2);
		t.regex(wheel.err, /STX0903 there is no lock yet/v);
	});
});

test('inputs that cannot be read take away what they say, and nothing else', async t => {
	await inPlace(t, async ({run, write}) => {
		await write('wheels/debian-trixie/openstack.cfg', 'STABLE_OPENSTACK_REQ_URL=https://constraints.example/\n');
		const {code, out, err} = await run('wheels', 'why', 'helper');
		t.is(code, 0, err);
		t.regex(out, /\nneeded by\n {2}stx-demo, stx-other: demo -> helper\nhelper 2\.0: not done in this workspace yet\n$/v);
		t.regex(err, /^note: what the inputs say of `helper`, and whether it is to be made anew, cannot be told without asking https:\/\/constraints\.example\/\S+( and \S+)?\nnote: whether the lock is stale cannot be told without asking \S+( and \S+)?\n$/v);
	});
});

test('a name that is neither is an error', async t => {
	await inPlace(t, async ({run, removeLock}) => {
		const {code, err} = await run('why', 'nova-compute', '--dialect', 'builtin');
		t.is(code, 2);
		t.regex(err, /STX0415 nothing needs `nova-compute`/v);
		t.regex((await run('why', 'dmo')).err, /\nhint: did you mean `demo`\?\n/v);
		t.regex((await run('why', 'stx-glanc')).err, /not one of the 5 locked distributions, nor of the \d+ images\n[\s\S]*hint: did you mean `stx-glance`/v);
		await removeLock();
		t.regex((await run('why', 'keystne')).err, /STX0415 there is no image `keystne`, and no lock[\s\S]*hint: did you mean `keystone`\?/v);
		t.regex((await run('why', 'uwsgi')).err, /STX0903 there is no lock yet/v);
	});
});
