/** `wheels check` with the pip of a real base image, on a real engine, of a tarball that has all sorts of faults. */
import {mkdir, writeFile} from 'node:fs/promises';
import path from 'node:path';
import type {TestFn} from 'ava';
import type {EngineName} from '../../src/engine/index.js';
import {writeTar} from '../../src/system/index.js';
import {wheelOf, type WheelParts} from './archives.js';
import {needs} from './needs.js';
import {countsOf, eventsOf, makeUserPlace} from './user-place.js';

const toolchain: readonly WheelParts[] = [['pip', '26.3'], ['setuptools', '80.0'], ['wheel', '0.48']].map(([name, version]) => ({name: name!, version: version!}));

const faulty: readonly WheelParts[] = [
	{name: 'demo', version: '1.0', requires: ['helper>=2', 'pywin32; sys_platform == "win32"']},
	{name: 'helper', version: '2.1'},
	{name: 'lacks', version: '1.0', requires: ['middle']},
	{name: 'middle', version: '1.0', requires: ['gone>=3']},
	{name: 'aged', version: '1.0', requires: ['ancient']},
	{name: 'ancient', version: '1.0', requiresPython: '<3.9'},
	{name: 'bound', version: '1.0', requires: ['held']},
	{name: 'held', version: '2.0'},
];

export function testWheelsCheck(test: TestFn, engine: EngineName): void {
	test.serial('each image is checked, what lacks is named, and what is proved is not proved again', async t => {
		t.timeout(1_200_000);
		if (!needs(t, {engine, program: ['mmdebstrap', 'python3'], root: true})) {
			return;
		}

		const place = await makeUserPlace(engine);
		t.teardown(async () => place.remove());
		await mkdir(path.join(place.folder, 'build-config/images'), {recursive: true});
		const labels = ['demo', 'lacks', 'aged', 'bound'];
		for (const name of labels) {
			await writeFile(path.join(place.folder, `build-config/images/${name}.ini`), `[image]\nBUILDER = loci\nLABEL = stx-${name}\nPROJECT = infra\nPROJECT_REPO = nil\nPIP_PACKAGES = ${name}\n`);
		}

		const pack = async (wheels: readonly WheelParts[]) => {
			// No store has proved these yet.
			const made = await Promise.all([...toolchain, ...wheels].map(async wheel => wheelOf({...wheel, files: {...wheel.files, [`${wheel.name}/mark`]: place.user}})));
			await writeTar([...made.map(({filename, content}) => ({name: filename, content})), {name: 'upper-constraints.txt', content: 'held===1.0\nhelper===2.1\n'}], path.join(place.folder, 'wheels.tar'));
		};

		const check = async (...argv: readonly string[]) => place.run(['wheels', 'check', '--wheels', 'wheels.tar', '--service', labels.join(','), '--json', ...argv]);
		await pack(faulty);
		const result = await check();
		t.is(result.code, 1, result.err);
		const endOf = (events: ReturnType<typeof eventsOf>, name: string) => events.find(({type, id}) => type === 'end' && id === `check:stx-${name}`) as {readonly status: string; readonly result?: unknown; readonly error?: {readonly code: string; readonly message: string}} | undefined;
		const events = eventsOf(result);
		t.like(endOf(events, 'demo'), {status: 'built', result: {label: 'stx-demo', wheels: 5, pip: '25.1.1'}});
		t.regex(endOf(events, 'lacks')!.error!.message, /no wheel of `gone` \(lacks -> middle -> gone\)\npip: ERROR: Could not find a version that satisfies the requirement gone>=3/v);
		t.regex(endOf(events, 'aged')!.error!.message, /asked for by aged -> ancient\npip: ERROR: Package 'ancient' requires a different Python/v);
		t.regex(endOf(events, 'bound')!.error!.message, /asked for by bound -> held\n.*constraint\) held===1\.0/sv);
		t.deepEqual(labels.map(name => endOf(events, name)!.error?.code), [undefined, 'STX0450', 'STX0450', 'STX0450']);

		const again = await check('--skip', 'lacks,aged,bound');
		t.is(again.code, 0, again.err);
		t.like(countsOf(again), {built: 0, unchanged: 1});
		t.is(endOf(eventsOf(again), 'demo'), undefined);

		await pack(faulty.map(wheel => wheel.name === 'helper' ? {...wheel, files: {'helper/more.py': ''}} : wheel));
		const changed = await check('--skip', 'lacks,aged,bound');
		t.is(changed.code, 0, changed.err);
		t.like(endOf(eventsOf(changed), 'demo'), {status: 'built'});
	});
}
