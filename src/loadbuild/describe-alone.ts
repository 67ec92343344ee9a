/** Images without what they are made from: what can be said of them where there is no lock. */
import {baseStep} from '../base/index.js';
import {BuildError} from '../errors.js';
import {
	gatherDirectives, planImages, readBuilderSources, searchCheckout, unknownDialect, type Directive, type ImagesRequest,
} from '../images/index.js';
import {keyOf, type Step} from '../plan/index.js';
import {bringDialect, createPinner} from './bring-sources.js';
import {tagOptions} from './prepare-loadbuild.js';
import {chooseRequested, namedFiles} from './read-inputs.js';
import type {Effects, LoadbuildRequest} from './request.js';

/**
Plans each image by itself, without wheels and commits. Their keys mean nothing. What is wrong with an image, and why
there is no lock, has been told: it is left out here.

@returns no steps for an image that cannot be planned.
*/
export async function planAlone(request: LoadbuildRequest, effects: Effects): Promise<readonly Step[]> {
	const {settings, folders, images} = request;
	const found = await searchCheckout(settings);
	const {directives} = await gatherDirectives(folders, namedFiles(request), found?.files);
	const chosen = await orElse([], async () => chooseRequested(directives, request, found).directives);
	// What could not be had from a host a moment ago is not asked for again.
	const offline = {...request, settings: {...settings, offline: true}};
	const dialect = await orElse(unknownDialect(settings.dialect), async () => bringDialect(offline, effects, createPinner(offline, effects)));
	const unknown = keyOf(null);
	const common: Omit<ImagesRequest, 'directives' | 'others'> = {
		settings, dialect, base: {id: baseStep, key: unknown}, wheelsOf: () => [], wheelSteps: [], push: images?.push ?? false, resetLists: false, ...tagOptions(request, effects.clock),
	};
	const planned = await Promise.all(chosen.map(async directive => orElse([], async () => planImages({...common, directives: [directive], others: await sourcesOf(directive)}))));
	return planned.flat();

	async function sourcesOf(directive: Directive): Promise<ImagesRequest['others']> {
		if (directive.builder === 'loci') {
			return undefined;
		}

		return {
			builders: await readBuilderSources(folders, [directive], effects.store),
			tarball: {name: 'wheels', step: 'wheels', key: unknown},
			treeOf: ({ref}) => ({step: {id: 'source', key: unknown}, commit: ref}),
			allowHostScripts: images?.allowHostScripts ?? false,
		};
	}
}

/** What the work gives; the other value where it cannot be done. */
async function orElse<T>(other: T, work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		if (error instanceof BuildError) {
			return other;
		}

		throw error;
	}
}
