/** `stx-build wheels lock` from its command line to the lock file, with the real uv and an index of the test's. */
import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import {
	createHttp, createRunner, createRetryPolicy, systemClock,
} from '../../src/system/index.js';
import {wheelOf} from '../_helpers/archives.js';
import {fakeEffects} from '../_helpers/fake-effects.js';
import {needs} from '../_helpers/needs.js';
import {runCli} from '../_helpers/run-cli.js';
import {makeWheelWorld} from '../_helpers/wheel-world.js';

test('a build refuses a file of which nobody states a digest; `wheels lock` takes it, and the build goes on', async t => {
	const wheel = async (name: string, version: string) => wheelOf({name, version});
	const listed = await wheel('listed', '1');
	const world = await makeWheelWorld(t, {
		pip: [await wheel('pip', '26.0')], setuptools: [await wheel('setuptools', '80.0'), await wheel('setuptools', '82.0')], wheel: [await wheel('wheel', '0.46')], a: [await wheel('a', '1'), await wheel('a', '2')], listed: [listed],
	}, {'debian-trixie/requirements/upper-constraints.txt': 'listed===2\na===1\n'});
	if (!world || !needs(t, 'python3')) {
		return;
	}

	const {folder, server, store, cache} = world;
	const url = server.fileUrl(listed.filename);
	await world.write('debian-trixie/stable-wheels.cfg', `${listed.filename}|pypi|${url}\nisort-4-py3-none-any.whl|whl|${url}\n`);
	await writeFile(path.join(folder, 'a_docker_image'), 'BUILDER=loci\nLABEL=stx-a\nPROJECT=infra\nPROJECT_REPO=nil\nPIP_PACKAGES=a\n');
	const retry = createRetryPolicy({limit: 0, random: () => 0});
	const effects = fakeEffects({
		run: createRunner(process.env), store, clock: systemClock, retry, http: createHttp({userAgent: 'test', clock: systemClock, retry}), machine: process.arch,
	});
	const run = async (...argv: readonly string[]) => runCli([
		...argv, '--directive', 'a_docker_image', '--config', folder, '--cache-dir', cache, '--workspace', 'ws', '--index', server.index, '--dialect', 'builtin',
	], {folder, effects: async () => effects});

	const wrong = await run('wheels', '--dry-run');
	t.is(wrong.code, 2);
	t.regex(wrong.err, /error STX0401 `whl` is not a type of a wheel list\n {2}at \S+stable-wheels\.cfg:2\n/);
	await world.write('debian-trixie/stable-wheels.cfg', `${listed.filename}|pypi|${url}\n`);
	const refused = await run('wheels', '--dry-run');
	t.is(refused.code, 2);
	t.regex(refused.err, /error STX0424 .*\n.*\nhint: run `stx-build wheels lock` once/);

	await world.write('debian-trixie/stable-wheels.cfg', `${listed.filename}|pypi|${url}\nisort-4-py3-none-any.whl|whl|${url}\n`);
	const ofTheList = await run('wheels', 'lock', '--allow-unusable', '--skip', '*', '--json');
	t.is(ofTheList.code, 0, ofTheList.err);
	t.like(JSON.parse(ofTheList.out), {packages: 1}, 'the wheel list alone, for no image');
	const locked = await run('wheels', 'lock', '--allow-unusable', '--json');
	t.is(locked.code, 0, locked.err);
	const file = path.join(folder, 'ws/std/build-wheels-debian-trixie-stable/pylock.debian-trixie-stable.toml');
	t.deepEqual(JSON.parse(locked.out), {
		file,
		packages: 5,
		builds: 0,
		documents: [],
		leftOut: [{
			wheel: 'isort-4-py3-none-any.whl', at: {file: path.join(folder, 'wheels/debian-trixie/stable-wheels.cfg'), line: 2}, code: 'STX0401', message: '`whl` is not a type of a wheel list',
		}],
	});
	t.true((await readFile(file, 'utf8')).includes(listed.sha256));
	t.true(effects.events.some(event => event.type === 'note' && /`listed` is listed in version 1, and the constraints hold `listed===2` \(\S+stable-wheels\.cfg:1, \S+upper-constraints\.txt:1\): the list decides/v.test(event.message)));

	const people = await run('wheels', 'lock', '--allow-unusable', '--upgrade');
	t.is(people.out, `${file}: 5 distributions, 0 of them to be built\nleft out: ${folder}/wheels/debian-trixie/stable-wheels.cfg:2  STX0401 \`whl\` is not a type of a wheel list\n`);

	const fresh = await runCli(['wheels', 'list', '--config', folder, '--cache-dir', cache, '--workspace', 'ws', '--index', server.index, '--dialect', 'builtin'], {folder, effects: async () => effects});
	t.is(fresh.code, 0, fresh.err);
	t.regex(fresh.err, /^5 wheels, 0 of them built here; [\d.]+ kB to fetch\n$/, 'nothing has changed');

	const planned = await run('wheels', '--dry-run', '--frozen', '--allow-unusable', '--json');
	t.is(planned.code, 0, planned.err);
	const plan = JSON.parse(planned.out) as {leftOut: ReadonlyArray<{wheel: string}>; wheels: ReadonlyArray<{name: string}>; steps: ReadonlyArray<{id: string; inputs: {leftOut?: unknown}}>};
	t.deepEqual(plan.wheels.map(({name}) => name), ['a', 'listed', 'pip', 'setuptools', 'wheel']);
	t.deepEqual(plan.leftOut.map(item => item.wheel), ['isort-4-py3-none-any.whl']);
	t.deepEqual(plan.steps.find(({id}) => id === 'wheels')!.inputs.leftOut, plan.leftOut);
	t.regex((await run('wheels', '--dry-run', '--frozen', '--allow-unusable')).out, /left out of the wheels:\n {2}\S+stable-wheels\.cfg:2 {2}STX0401/);

	await world.write('debian-trixie/requirements/upper-constraints.txt', 'listed===2\na===2\n');
	const stale = await runCli(['wheels', 'list', '--config', folder, '--cache-dir', cache, '--workspace', 'ws', '--index', server.index, '--dialect', 'builtin'], {folder, effects: async () => effects});
	t.regex(stale.err, /\nnote: the lock is stale, since these are not as they were: the constraints; `stx-build wheels lock` makes it anew\n$/);
	const frozen = await run('wheels', '--dry-run', '--frozen', '--allow-unusable');
	t.is(frozen.code, 2);
	t.regex(frozen.err, /STX0407 the lock does not fit its inputs, since these are not as they were: the constraints\n/);
	effects.events.length = 0;
	t.is((await run('wheels', 'lock', '--allow-unusable')).code, 0);
	t.deepEqual(effects.events.flatMap(event => event.type === 'note' && event.message.includes('anew') ? [event.message] : []), ['the lock is resolved anew, since these are not as they were: the constraints']);
});
