/** A plan as a dry run shows it: for people, and as data. */
import {secretIds} from '../engine/index.js';
import {
	BuildError, collect, formatPlace, problemsOf,
} from '../errors.js';
import {
	buildsImage, describeImages, planImageLists, type DescribedImage,
} from '../images/index.js';
import type {Json, Key, Step} from '../plan/index.js';
import {countOf, formatColumns} from '../report/index.js';
import {renderCommand} from '../system/index.js';
import type {LeftOut} from '../wheels/index.js';
import {checkReferences} from './bring-base.js';
import {listLeftOut} from './bring-lock.js';
import {planAlone} from './describe-alone.js';
import {prepareLoadbuild, tagOptions, type Prepared} from './prepare-loadbuild.js';
import type {Effects, LoadbuildRequest} from './request.js';

/** The document of `--dry-run --json`. */
export type PlanDocument = {
	readonly images: readonly DescribedImage[];
	/** The distributions of the wheels tarball, in the order of their names. */
	readonly wheels: ReadonlyArray<{readonly name: string; readonly version: string; readonly step: string}>;
	/** Lines of the wheel list that they do without. */
	readonly leftOut: readonly LeftOut[];
	readonly steps: ReadonlyArray<{readonly id: string; readonly kind: string; readonly title: string; readonly needs: readonly string[]; readonly key: Key; readonly inputs: Json}>;
	/** What is wrong with the inputs: with any of it there is no plan, and there are no wheels and steps. */
	readonly problems: readonly BuildError[];
};

/** What stands for the base image as long as it is not made. */
const unmadeBase = '<base image>';

/**
Describes what a request would do, as far as that can be said: where something is wrong there is no plan, and the images
are described all the same.

@throws BuildError STX0707 for a reference that can be none, STX0003; what is no BuildError.
*/
export async function describeRequest(request: LoadbuildRequest, effects: Effects): Promise<PlanDocument> {
	// Nothing can be planned on an image that has no name.
	checkReferences(request);
	if (request.parts.images) {
		// Trying the engine takes as long as reading the inputs does, and goes on meanwhile. Its failure is told below.
		effects.engine().catch(() => undefined);
	}

	try {
		return await describePlan(request, await prepareLoadbuild(request, effects), effects);
	} catch (error) {
		if (!(error instanceof BuildError) || effects.signal.aborted) {
			throw error;
		}

		const steps = request.parts.images ? await planAlone(request, effects) : [];
		const {images, problems: more} = await describeSteps(steps, request, effects);
		return {
			images, wheels: [], leftOut: [], steps: [], problems: [...problemsOf(error), ...more],
		};
	}
}

async function describePlan(request: LoadbuildRequest, {plan: {steps}, wheels}: Prepared, effects: Effects): Promise<PlanDocument> {
	const tarball = steps.find(({kind}) => kind === 'wheels.tarball')?.inputs as {readonly wheels: PlanDocument['wheels']} | undefined;
	return {
		...await describeSteps(steps, request, effects),
		wheels: tarball?.wheels ?? [],
		leftOut: listLeftOut(wheels),
		steps: steps.map(({id, kind, title, needs, key, inputs}) => ({
			id, kind, title, needs, key, inputs,
		})),
	};
}

/** The images with the command lines of the engine that would build them; without, where no engine works. */
async function describeSteps(steps: readonly Step[], request: LoadbuildRequest, effects: Effects): Promise<Pick<PlanDocument, 'images' | 'problems'>> {
	if (!steps.some(step => buildsImage(step))) {
		return {images: [], problems: []};
	}

	const problems: BuildError[] = [];
	const engine = await effects.engine().catch((error: unknown) => {
		collect(problems, () => {
			throw error;
		});
		return undefined;
	});
	const {settings, base} = request;
	return {
		problems,
		images: describeImages(steps, {
			engine, from: base?.image ?? unmadeBase, secrets: secretIds(settings), lists: planImageLists(settings, tagOptions(request, effects.clock)),
		}),
	};
}

/** The plan for people: each image with its build arguments and command line, then the steps in their order. */
export function formatPlan({images, wheels, leftOut, steps}: Omit<PlanDocument, 'problems'>): string {
	const parts = images.map(({label, directive, verify, tags, buildArgs, argv}) => {
		const rows = [...Object.entries(tags).map(([kind, reference]) => [`${kind} tag`, reference] as const), ...(verify === null || verify === directive ? [] : [['verify', `from ${verify}`] as const]), ...Object.entries(buildArgs)];
		const width = Math.max(...rows.map(([name]) => name.length));
		return [
			`${label}  (${directive})`,
			...rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value.replaceAll('\n', `\n  ${' '.repeat(width)}  `)}`),
			...(argv ? [`  $ ${renderCommand({argv: argv as [string, ...string[]]})}`] : []),
		].join('\n');
	});
	const counted = wheels.length === 0 ? [] : [`${countOf(wheels.length, 'wheel')}:\n${indent(formatColumns(wheels.map(({name, version}) => `${name} ${version}`), 98))}`];
	const without = leftOut.length === 0 ? [] : [['left out of the wheels:', ...leftOut.map(({at, code, message}) => `  ${formatPlace(at)}  ${code} ${message}`)].join('\n')];
	const listed = steps.length === 0 ? [] : [[`${countOf(steps.length, 'step')}; those whose results hold are not done again:`, ...steps.map(({id, title}) => `  ${id.padEnd(Math.min(40, Math.max(...steps.map(step => step.id.length))))}  ${title}`)].join('\n')];
	return [...parts, ...counted, ...without, ...listed].join('\n\n');
}

const indent = (lines: string): string => lines.replaceAll(/^/gmv, '  ');
