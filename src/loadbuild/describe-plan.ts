/** A plan as a dry run shows it: for people, and as data. */
import {describeImages, type DescribedImage} from '../images/index.js';
import type {Json, Key} from '../plan/index.js';
import {renderCommand} from '../system/index.js';
import type {LeftOut} from '../wheels/index.js';
import type {Settings} from '../workspace/index.js';
import {listLeftOut} from './bring-lock.js';
import type {Prepared} from './prepare-loadbuild.js';
import type {Effects} from './request.js';

/** The document of `--dry-run --json`. */
export type PlanDocument = {
	readonly images: readonly DescribedImage[];
	/** The distributions of the wheels tarball, in the order of their names. */
	readonly wheels: ReadonlyArray<{readonly name: string; readonly version: string; readonly step: string}>;
	/** Lines of the wheel list that they do without. */
	readonly leftOut: readonly LeftOut[];
	readonly steps: ReadonlyArray<{readonly id: string; readonly kind: string; readonly title: string; readonly needs: readonly string[]; readonly key: Key; readonly inputs: Json}>;
};

/** What stands for the base image as long as it is not made. */
const unmadeBase = '<base image>';

/**
Describes a plan, with the command lines of the engine that would do it.

@throws BuildError when no engine works, and there is an image whose command line would be its.
*/
export async function describePlan({plan: {steps}, settings, wheels}: Prepared, effects: Effects): Promise<PlanDocument> {
	const tarball = steps.find(({kind}) => kind === 'wheels.tarball')?.inputs as {readonly wheels: PlanDocument['wheels']} | undefined;
	return {
		images: steps.some(({kind}) => kind === 'image.build') ? describeImages(steps, {engine: await effects.engine(), from: unmadeBase, secrets: secretsOf(settings)}) : [],
		wheels: tarball?.wheels ?? [],
		leftOut: listLeftOut(wheels),
		steps: steps.map(({id, kind, title, needs, key, inputs}) => ({
			id, kind, title, needs, key, inputs,
		})),
	};
}

/** Ids of the secrets that an image build gets. */
const secretsOf = ({caBundle, httpProxy, httpsProxy}: Settings): readonly string[] => [...(caBundle === undefined ? [] : ['ca']), ...((httpProxy ?? httpsProxy) === undefined ? [] : ['proxy'])];

/** The plan for people: each image with its build arguments and command line, then the steps in their order. */
export function formatPlan({images, wheels, leftOut, steps}: PlanDocument): string {
	const parts = images.map(({label, directive, tags, buildArgs, argv}) => {
		const rows = [...Object.entries(tags).map(([kind, reference]) => [`${kind} tag`, reference] as const), ...Object.entries(buildArgs)];
		const width = Math.max(...rows.map(([name]) => name.length));
		return [
			`${label}  (${directive})`,
			...rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value.replaceAll('\n', `\n  ${' '.repeat(width)}  `)}`),
			`  $ ${renderCommand({argv: argv as [string, ...string[]]})}`,
		].join('\n');
	});
	const counted = wheels.length === 0 ? [] : [`${wheels.length} wheels: ${wheels.map(({name, version}) => `${name} ${version}`).join(', ')}`];
	const without = leftOut.length === 0 ? [] : [['left out of the wheels:', ...leftOut.map(({at, code, message}) => `  ${at.file}:${at.line}  ${code} ${message}`)].join('\n')];
	const listed = [`${steps.length} steps; those whose results hold are not done again:`, ...steps.map(({id, title}) => `  ${id.padEnd(Math.min(40, Math.max(...steps.map(step => step.id.length))))}  ${title}`)].join('\n');
	return [...parts, ...counted, ...without, listed].join('\n\n');
}
