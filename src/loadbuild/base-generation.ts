/**
Which making of the base image counts. Debian's packages change by the day, and are not to rebuild everything by
themselves: the base image stays until it is asked for anew. Its generation is then another, and is in its key, so that
all that is made from it is made anew too.
*/
import {baseStep} from '../base/index.js';
import {keyOf, type Outcome, type Store} from '../plan/index.js';
import type {Settings} from '../workspace/index.js';

type Target = Pick<Settings, 'os' | 'codename' | 'arch'>;

const keyOfGeneration = ({os, codename, arch}: Target) => keyOf({
	kind: 'base.generation', os, codename, arch,
});

/**
@param anew when a new one is asked for: the time now.
@returns the generation; empty when no other was ever asked for.
*/
export async function readGeneration(target: Target, store: Store, anew: Date | undefined): Promise<string> {
	if (anew) {
		return anew.toISOString();
	}

	const kept = await store.result(keyOfGeneration(target));
	return typeof kept === 'string' ? kept : '';
}

/** A generation counts from when its base image was made; one that failed leaves the one before. */
export async function keepGeneration(target: Target, generation: string, outcomes: readonly Outcome[], store: Store): Promise<void> {
	if (generation !== '' && outcomes.some(({step, status}) => step.id === baseStep && status === 'built')) {
		await store.keep(keyOfGeneration(target), generation);
	}
}
