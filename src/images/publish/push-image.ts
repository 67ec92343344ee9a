/** The step image.push: an image under its names in a registry. */
import {BuildError, throwProblems} from '../../errors.js';
import type {Handler} from '../../plan/index.js';
import {
	createPublisher, notePushed, readRecord, type Published,
} from '../../registry/index.js';
import type {ImageEffects} from '../effects.js';
import {isInEngine} from '../holds-image.js';
import type {ImagePushInputs, ImagePushResult, ImageTagResult} from '../image-steps.js';
import {isInList, noteInList} from './image-lists.js';

/** Gives an image its names, StarlingX's older ones after the others; what fails of one kind does not keep the other. */
export function pushHandler(effects: Pick<ImageEffects, 'engine' | 'registry'>): Handler {
	return {
		async holds(result, step) {
			const {image, pushed} = result as ImagePushResult;
			const {push, file, clean} = step.inputs as ImagePushInputs;
			const record = await readRecord(file);
			const noted = new Set((record?.pushed ?? []).map(({reference, digest}) => `${reference} ${digest}`));
			if (record?.image !== image || push.some(({reference}) => !pushed.some(other => other.reference === reference && noted.has(`${reference} ${other.digest}`)))) {
				return false;
			}

			const listed = await Promise.all(push.map(async ({reference, list}) => isInList(list, reference)));
			return listed.every(Boolean) && (clean || await isInEngine(image, effects)) && hasAll(pushed, effects);
		},
		async run(step, context) {
			const inputs = step.inputs as ImagePushInputs;
			const {image, references} = context.result(inputs.tag) as ImageTagResult;
			const engine = await effects.engine();
			const publish = await createPublisher({
				label: inputs.label,
				image,
				names: inputs.push,
				overwrite: inputs.overwrite,
				engine,
				registry: await effects.registry(),
				context,
			});
			const pushed: Published[] = [];
			const problems: BuildError[] = [];
			for (const isLegacy of [false, true]) {
				const targets = inputs.push.filter(({legacy}) => legacy === isLegacy);
				try {
					for (const target of targets) {
						pushed.push(await publish(target));
						await noteInList(target.list, {label: inputs.label, reference: target.reference, following: inputs.following}, context.signal);
						await notePushed(inputs.file, pushed);
					}
				} catch (error) {
					if (!(error instanceof BuildError) || context.signal.aborted) {
						throw error;
					}

					problems.push(error);
				}
			}

			throwProblems(problems);
			const others = inputs.forget === null ? [] : (context.result(inputs.forget) as {readonly names: readonly string[]}).names;
			for (const reference of inputs.clean ? [...references, ...others] : []) {
				await engine.remove(reference);
			}

			const result: ImagePushResult = {image, pushed};
			return result;
		},
	};
}

/** Whether a registry has all that was pushed. One that does not answer is asked again by the push, which tells why. */
async function hasAll(pushed: ImagePushResult['pushed'], {registry}: Pick<ImageEffects, 'registry'>): Promise<boolean> {
	try {
		const client = await registry();
		const digests = await Promise.all(pushed.map(async ({reference}) => client.digest(reference)));
		return pushed.every(({digest}, index) => digests[index] === digest);
	} catch (error) {
		if (error instanceof BuildError) {
			return false;
		}

		throw error;
	}
}
