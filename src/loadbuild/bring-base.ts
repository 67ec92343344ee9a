/** The image that --base or --from names. */
import {explainWrittenReference, isImageId, type Engine} from '../engine/index.js';
import {BuildError, throwProblems} from '../errors.js';
import type {Effects, LoadbuildRequest} from './request.js';

/** The digest is that of the manifest, where the registry was asked. */
type FoundBase = {readonly id: string; readonly digest?: string};

/** No registry has an image whose name begins so, and none has an image by its id alone. */
const isLocal = (reference: string): boolean => reference.startsWith('localhost/') || isImageId(reference);

/** Looks at references as they were written, before anybody is asked for them. @throws BuildError STX0707 for one that cannot be the name of an image. */
export function checkReferences({base: {image, from} = {}}: Pick<LoadbuildRequest, 'base'>): void {
	throwProblems(Object.entries({'--base': image, '--from': from}).flatMap(([option, written]) => {
		const wrong = written === undefined ? undefined : explainWrittenReference(written);
		return wrong ? [new BuildError('STX0707', `${option} cannot be \`${written}\`: ${wrong.what}`, {hint: wrong.hint})] : [];
	}));
}

async function findImage(engine: Engine, reference: string): Promise<FoundBase | undefined> {
	const id = await engine.find(reference);
	return id === undefined ? undefined : {id};
}

/**
Fetches the image unless it is to be taken as the engine has it, as offline. In a dry run it is never fetched.

@returns it with its id, by which everything is made anew when the name gets another image; undefined where the engine does not
have it, or there is no such request.
@throws BuildError STX0706 when it cannot be fetched, STX0701 when no engine works.
*/
export async function bringBase({base, dryRun, settings}: LoadbuildRequest, effects: Pick<Effects, 'engine' | 'signal' | 'reporter'>): Promise<FoundBase | undefined> {
	if (base?.image === undefined) {
		return undefined;
	}

	const {image: reference, pull = false} = base;
	if (dryRun) {
		const working = await effects.engine().catch(() => undefined);
		return working && findImage(working, reference);
	}

	const engine = await effects.engine();
	if (!pull || settings.offline || isLocal(reference)) {
		return findImage(engine, reference);
	}

	effects.reporter.event({type: 'note', message: `fetching the base image ${reference}`});
	try {
		return await engine.pull(reference, {signal: effects.signal});
	} catch (error) {
		if (!(error instanceof BuildError) || error.code !== 'STX0706') {
			throw error;
		}

		throw new BuildError('STX0706', error.message, {hint: `${error.hint ?? 'check the name'}; to take it as the engine has it, add --no-pull-base`, cause: error});
	}
}
