import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import test, {type ExecutionContext} from 'ava';
import {execa} from 'execa';

const project = fileURLToPath(new URL('../..', import.meta.url));

/** Has the program that runs the plan, built once. */
let programs: string;

test.before(async () => {
	programs = await mkdtemp(path.join(tmpdir(), 'stx-build-resume-runner-'));
	await execa(path.join(project, 'bin/build'), [programs, 'test/_helpers/plan-runner.ts']);
});

test.after.always(async () => {
	await rm(programs, {recursive: true, force: true});
});

async function temporaryFolder(t: ExecutionContext): Promise<string> {
	const folder = await mkdtemp(path.join(tmpdir(), 'stx-build-resume-test-'));
	t.teardown(async () => rm(folder, {recursive: true, force: true}));
	return folder;
}

/** Runs the plan in a process of its own and sends it a signal once so many steps are kept. @returns what it wrote */
async function runPlan(folder: string, kill?: {readonly afterSteps: number; readonly signal: NodeJS.Signals}): Promise<readonly string[]> {
	const lines: string[] = [];
	const child = execa(process.execPath, [path.join(programs, 'plan-runner.js'), folder], {reject: false});
	for await (const line of child) {
		lines.push(line);
		if (kill && line.startsWith('kept') && lines.filter(other => other.startsWith('kept')).length === kill.afterSteps) {
			child.kill(kill.signal);
		}
	}

	await child;
	return lines;
}

const idsOf = (lines: readonly string[], word: string) => lines.filter(line => line.startsWith(`${word} `)).map(line => line.slice(word.length + 1));

for (const afterSteps of [1, 5, 10]) {
	test.serial(`a run killed with SIGKILL after ${afterSteps} steps loses none of them`, async t => {
		const folder = await temporaryFolder(t);
		const first = await runPlan(folder, {afterSteps, signal: 'SIGKILL'});
		t.deepEqual(idsOf(first, 'end'), [], 'it was killed before its end');
		const second = await runPlan(folder);
		const kept = new Set(idsOf(first, 'kept'));
		t.true(kept.size >= afterSteps);
		t.true(idsOf(second, 'start').every(id => !kept.has(id)));
		const [statuses] = idsOf(second, 'end');
		t.true(statuses!.split(' ').every(status => status === 'built' || status === 'unchanged'));
		t.is(statuses!.split(' ').length, 12);
		const third = await runPlan(folder);
		t.deepEqual(third, [`end ${Array.from({length: 12}, () => 'unchanged').join(' ')}`]);
	});
}

test.serial('a run interrupted with SIGINT stops what runs, awaits it, and the next one goes on', async t => {
	const folder = await temporaryFolder(t);
	const first = await runPlan(folder, {afterSteps: 4, signal: 'SIGINT'});
	t.regex(idsOf(first, 'end')[0]!, /built.*interrupted/v);
	t.is(idsOf(first, 'kept').length + idsOf(first, 'cleaned').length, idsOf(first, 'start').length);
	const second = await runPlan(folder);
	t.is(idsOf(first, 'kept').length + idsOf(second, 'start').length, 12);
});

test.serial('two runs of one plan at once both end well', async t => {
	const folder = await temporaryFolder(t);
	for (const lines of await Promise.all([runPlan(folder), runPlan(folder)])) {
		t.true(idsOf(lines, 'end')[0]!.split(' ').every(status => status === 'built' || status === 'unchanged'));
	}
});
