import {BuildError, formatPlace, throwProblems} from '../errors.js';
import type {PypiClient} from '../pypi/index.js';
import {
	leftOutOf, lockWheels, readLock, type LeftOut, type Lock, type LockedRef, type WheelInputs, type WheelRoots,
} from '../wheels/index.js';
import {lockFile, type Settings} from '../workspace/index.js';
import {createGitClient} from './git-client.js';
import type {Effects, LoadbuildRequest} from './request.js';

const choiceOf = (names: readonly string[] = []) => (names.includes('all') ? 'all' as const : names);

/** So many contradictions are told one by one. */
const mostNotes = 5;

/**
The lock of the workspace, up to date with the inputs and what the images need. Where the wheel list and the constraints
contradict each other is told.

@throws BuildError as `lockWheels` does
*/
export async function bringLock(inputs: WheelInputs, roots: readonly WheelRoots[], {request: {settings, wheels, dryRun}, effects, pypi, sources}: {
	readonly request: LoadbuildRequest; readonly effects: Effects; readonly pypi: PypiClient; readonly sources: readonly LockedRef[];
}): Promise<Lock> {
	const {store, run, machine, signal, reporter} = effects;
	for (const message of tellContradictions(inputs.contradictions)) {
		reporter.event({type: 'note', message});
	}

	for (const {name, at} of inputs.missingDebs) {
		reporter.event({type: 'warning', message: `\`${name}\` is named at ${formatPlace(at)}, and not in the output of the local build: its wheels are not in the tarball`});
	}

	return lockWheels(inputs, roots, {
		file: lockFile(settings),
		write: !dryRun,
		frozen: wheels?.frozen ?? false,
		fromSource: choiceOf(wheels?.fromSource),
		fromIndex: choiceOf(wheels?.fromIndex),
		upgrade: wheels?.upgrade ?? false,
		trust: wheels?.trust ?? false,
		sources,
	}, {
		pypi, store, run, git: createGitClient(settings, effects), index: settings.index, cache: settings.cache, machine, signal, note(message) {
			reporter.event({type: 'note', message});
		},
	});
}

/**
The lock of the workspace as it is, whatever the inputs say.

@param roots of the images that it must have.
@throws BuildError STX0903 when there is none, STX0408 when it is none, STX0407 for each image that it does not have.
*/
export async function takeLock(settings: Settings, roots: readonly WheelRoots[]): Promise<Lock> {
	const file = lockFile(settings);
	const lock = await readLock(file);
	throwProblems(roots.filter(({label}) => !Object.hasOwn(lock.roots, label)).map(({label}) => new BuildError('STX0407', `the lock does not have what \`${label}\` needs`, {at: {file}, hint: '`stx-build wheels lock` adds it'})));
	return lock;
}

/** The lines of the wheel list that the wheels do without, because that was asked for; none where no wheels are made. */
export function listLeftOut(made: {readonly inputs: WheelInputs; readonly lock: Lock} | undefined): readonly LeftOut[] {
	return made ? [...made.inputs.leftOut, ...leftOutOf(made.lock, made.inputs.wheelList)] : [];
}

function tellContradictions(contradictions: readonly BuildError[]): readonly string[] {
	const told = contradictions.slice(0, mostNotes).map(({message, at}) => `${message} (${at.map(place => formatPlace(place)).join(', ')}): the list decides`);
	const more = contradictions.length - told.length;
	return more > 0 ? [...told, `${more} more wheels are listed in other versions than the constraints hold: \`stx-build wheels lint\` tells them`] : told;
}
