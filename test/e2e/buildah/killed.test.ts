/**
A whole `wheels` run that is killed outright, at one moment after the other. The next run goes on, nothing of the killed
one is left to work or to hold anything, and the tarball is that of a run that nobody disturbed.
*/
import {
	mkdir, readdir, readFile, rm, writeFile,
} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {roomyFolder} from '../../../src/engine/index.js';
import {keyOf, type Key} from '../../../src/plan/index.js';
import {createStore, digestOfFile} from '../../../src/system/index.js';
import {wheelOf} from '../../_helpers/archives.js';
import {run as runHost, until} from '../../_helpers/engines.js';
import {backendSdist} from '../../_helpers/hostile-sdist.js';
import {needs} from '../../_helpers/needs.js';
import {startRecordingIndex} from '../../_helpers/recording-index.js';
import type {ProgramOptions, ProgramResult} from '../../_helpers/run-program.js';
import {runningCommands} from '../../_helpers/running-commands.js';
import {
	eventsOf, keptCache, makeUserPlace, type UserPlace,
} from '../../_helpers/user-place.js';

const engine = 'buildah';

/** What a build does, which can be seen from outside. */
const nap = 'sleep 2.98765';

/** What a run has left that could do harm: processes, containers, mounts. Its temporary folders go with a later run. */
async function findHarm({pid}: ProgramResult, folder: string): Promise<readonly string[]> {
	const {stdout} = await runHost({argv: ['buildah', 'containers', '--quiet', '--notruncate']});
	const containers = await Promise.all(stdout.split('\n').filter(id => id !== '').map(async id => runHost({argv: ['buildah', 'inspect', '--type', 'container', '--format', '{{.Container}} {{.DefaultMountsFilePath}}', id]})));
	return [
		...(await runningCommands()).filter(line => line.includes(nap) || line.includes(`-${pid}-`)),
		...containers.map(each => each.stdout.trim()).filter(line => line.includes(`-${pid}-`)),
		...(await readFile('/proc/mounts', 'utf8')).split('\n').filter(line => line.includes(` ${folder}/`) || line.includes(`-${pid}-`)),
	];
}

async function removeFoldersOf({pid}: ProgramResult): Promise<void> {
	for (const parent of [tmpdir(), roomyFolder]) {
		const names = (await readdir(parent)).filter(name => name.includes(`-${pid}-`));
		await Promise.all(names.map(async name => rm(path.join(parent, name), {recursive: true, force: true})));
	}
}

test('a run that is killed again and again ends with the same tarball', async t => {
	t.timeout(1_200_000);
	if (!needs(t, {engine, program: ['mmdebstrap', 'python3'], root: true})) {
		return;
	}

	let onFile = (_filename: string): void => undefined;
	const place = await makeUserPlace(engine);
	t.teardown(async () => place.remove());
	// Of this run: no store has them yet.
	const slow = (name: string) => backendSdist(`subprocess.run(["${nap.split(' ').join('", "')}"])\nreturn "# ${place.user}"`, name);
	const [first, second, finished] = [slow('firstthing'), slow('secondthing'), await wheelOf({name: 'finishedthing', version: '1.0', files: {'finishedthing/mark': place.user}})];
	const {index} = await startRecordingIndex(t, {
		own: {firstthing: first, secondthing: second, finishedthing: finished}, onFile(filename) {
			onFile(filename);
		},
	});
	const write = async (name: string, text: string): Promise<void> => {
		const file = path.join(place.folder, name);
		await mkdir(path.dirname(file), {recursive: true});
		await writeFile(file, text);
	};

	await write('wheels/debian-trixie/stable-wheels.cfg', '# None beyond what the image asks for.\n');
	await write('image.stable_docker_image', 'BUILDER=loci\nLABEL=stx-killed\nPROJECT=infra\nPROJECT_REPO=nil\nPIP_PACKAGES="firstthing secondthing finishedthing"\n');
	const cache = path.join(place.folder, 'cache');
	const run = async (workspace: string, more: readonly string[] = [], options: Omit<ProgramOptions, 'folder'> = {}): Promise<ProgramResult> =>
		place.run(['wheels', '--directive', path.join(place.folder, 'image.stable_docker_image'), '--index', index, '--workspace', path.join(place.folder, workspace), ...more], options);

	const undisturbed = await run('undisturbed', ['--json']);
	t.is(undisturbed.code, 0, undisturbed.err);
	await takeOver(undisturbed, cache);

	const environment = {STX_BUILD_CACHE: cache};
	const killed = async (when: string, options: Pick<ProgramOptions, 'killAt'>): Promise<void> => {
		const result = await run('disturbed', [], {...options, environment});
		t.is(result.code, null, `${when}: it was not killed\n${result.err}`);
		await until(async () => (await findHarm(result, place.folder)).length === 0).catch(() => undefined);
		t.deepEqual((await findHarm(result, place.folder)).filter(line => !line.startsWith('stx-build-')), [], when);
		t.false((await readdir(path.join(place.folder, 'disturbed'), {recursive: true}).catch(() => [])).some(name => name.endsWith('.tar')), when);
		killedRuns.push(result);
	};

	const killedRuns: ProgramResult[] = [];
	const onRequest = (wanted: string): AbortSignal => {
		const kill = new AbortController();
		onFile = filename => {
			if (filename === wanted) {
				kill.abort();
			}
		};

		return kill.signal;
	};

	await killed('while it makes the lock', {killAt: onRequest(`${finished.filename}.metadata`)});
	await killed('while it fetches', {killAt: onRequest(finished.filename)});
	onFile = () => undefined;
	const building = new AbortController();
	const watched = until(async () => (await runningCommands()).includes(nap), 120).then(() => {
		building.abort();
	});
	await killed('while it builds', {killAt: building.signal});
	await watched;
	await killed('when a wheel has been built', {killAt: /built +\S.*firstthing|built +\S.*secondthing/v});
	await killed('while it packs the tarball', {killAt: /start +.*tarball/v});

	const last = await run('disturbed', [], {environment});
	t.is(last.code, 0, last.err);
	t.is(await tarballOf(place, 'disturbed'), await tarballOf(place, 'undisturbed'));
	for (const result of killedRuns) {
		t.deepEqual(await findHarm(result, place.folder), []);
		await removeFoldersOf(result);
	}
});

const tarballOf = async ({folder}: UserPlace, workspace: string): Promise<string> => digestOfFile(path.join(folder, workspace, 'std/build-wheels-debian-trixie-stable/stx-debian-stable-wheels.tar'));

/** Gives a new store the results that are images: they are in the engine, and making them takes minutes. */
async function takeOver(made: ProgramResult, cache: string): Promise<void> {
	const {steps} = eventsOf(made).find(({type}) => type === 'plan') as unknown as {readonly steps: ReadonlyArray<{readonly id: string; readonly key: Key}>};
	const [from, to] = [createStore(keptCache), createStore(cache)];
	for (const {key} of steps.filter(step => step.id.startsWith('base') || step.id === 'wheels.builder')) {
		const bound = keyOf({key, boundTo: 'containers'});
		for (const each of [key, bound]) {
			const result = await from.result(each);
			if (result !== undefined) {
				await to.keep(each, result);
			}
		}
	}
}
