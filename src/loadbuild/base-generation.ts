/**
Which making of the base image counts. Debian's packages change by the day, and are not to rebuild everything by
themselves: the base image stays until it is asked for anew. Its generation is then another, and is in its key, so that
all that is made from it is made anew too.
*/
import {baseStep} from '../base/index.js';
import {normalizeReference} from '../engine/index.js';
import {
	keyOf, type Handler, type Handlers, type Key, type Plan, type Store,
} from '../plan/index.js';
import type {Settings} from '../workspace/index.js';

/** Base images that are made anew together. */
type Target = Pick<Settings, 'os' | 'codename' | 'arch'> & {
	/** Reference of the image of a registry that they are made from; undefined for those from packages. */
	readonly from: string | undefined;
};

export type Generation = {
	/** What is in the key: the time at which it was asked for; empty for the first. */
	readonly name: string;
	readonly of: Target;
	/** kept: the one that counts. new: asked for now. begun: asked for by a run that has not come to its end. */
	readonly state: 'kept' | 'new' | 'begun';
};

/** Less than a day: what last night's run has left is not what tonight's goes on with. */
const goesOnMilliseconds = 20 * 60 * 60 * 1000;

const keyOfGeneration = ({os, codename, arch, from}: Target, kind: 'base.generation' | 'base.generation-begun'): Key => keyOf({
	kind, os, codename, arch, from: from === undefined ? undefined : normalizeReference(from),
});

/** @param anew when a new one is asked for: the time now. One that was begun not long ago, and not ended, is gone on with. */
export async function readGeneration(target: Target, store: Store, anew: Date | undefined): Promise<Generation> {
	if (anew) {
		const begun = await store.result(keyOfGeneration(target, 'base.generation-begun'));
		return typeof begun === 'string' && anew.getTime() - Date.parse(begun) < goesOnMilliseconds
			? {name: begun, of: target, state: 'begun'}
			: {name: anew.toISOString(), of: target, state: 'new'};
	}

	const kept = await store.result(keyOfGeneration(target, 'base.generation'));
	return {name: typeof kept === 'string' ? kept : '', of: target, state: 'kept'};
}

/**
Has a generation begin with the first step of its base image that is run, where it was asked for, and count as soon as that
image is made: a run that is killed later goes on from there, one that fails before leaves the one that counted.

@returns the handlers that see to it; and `end`, to be called when the run has come to its end and was not interrupted.
*/
export function followGeneration({name, of, state}: Generation, {plan, handlers, store}: {
	readonly plan: Plan; readonly handlers: Handlers; readonly store: Store;
}): {readonly handlers: Handlers; end(): Promise<void>} {
	const base = plan.steps.find(({id}) => id === baseStep);
	if (state === 'kept' || base === undefined) {
		return {handlers, end: async () => undefined};
	}

	const [begun, kept] = [keyOfGeneration(of, 'base.generation-begun'), keyOfGeneration(of, 'base.generation')];
	const kinds = new Set(plan.steps.filter(({id}) => id === baseStep || base.needs.includes(id)).map(({kind}) => kind));
	const follow = (handler: Handler): Handler => ({
		...handler,
		async run(step, context) {
			await store.keep(begun, name);
			const result = await handler.run(step, context);
			if (step.id === baseStep) {
				await store.keep(kept, name);
			}

			return result;
		},
	});
	return {
		handlers: Object.fromEntries(Object.entries(handlers).map(([kind, handler]) => [kind, kinds.has(kind) ? follow(handler) : handler])),
		async end() {
			await store.keep(begun, null);
		},
	};
}
