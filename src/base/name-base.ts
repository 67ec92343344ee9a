/** The steps base.tag and base.push: the names of a base image, here and in a registry, and the record of it. */
import type {Engine} from '../engine/index.js';
import type {Handler} from '../plan/index.js';
import {
	createPublisher, formatRecord, notePushed, readRecord, type Published, type Registry,
} from '../registry/index.js';
import {writeWhole} from '../system/index.js';
import {
	baseStep, type BasePushInputs, type BaseResult, type BaseTagInputs, type BaseTagResult,
} from './plan-base.js';

export type NamingEffects = {engine(): Promise<Engine>; registry(): Promise<Registry>};

const isNamed = async (engine: Engine, reference: string, image: string): Promise<boolean> => {
	const found = await engine.find(reference);
	return found === image;
};

export function tagHandler(effects: Pick<NamingEffects, 'engine'>): Handler {
	return {
		async holds(result, step) {
			const {image, references} = result as BaseTagResult;
			const {record} = step.inputs as BaseTagInputs;
			const engine = await effects.engine();
			const held = await Promise.all(references.map(async reference => isNamed(engine, reference, image)));
			// All base images of a release have one record: that of the last one.
			const recorded = await readRecord(record);
			return held.every(Boolean) && recorded?.image === image && String(recorded.tags) === String(references);
		},
		async run(step, context) {
			const {references, record} = step.inputs as BaseTagInputs;
			const base = context.result(baseStep) as BaseResult;
			const engine = await effects.engine();
			for (const reference of references) {
				await engine.tag(base.image, reference);
			}

			await writeWhole(record, formatRecord({
				version: 1, image: base.image, tags: references, pushed: [], apt: base.apt, target: base.target, sources: base.sources, trusted: base.trusted ?? [], from: base.from ?? null,
			}));
			const result: BaseTagResult = {image: base.image, references, file: record};
			return result;
		},
	};
}

/** A legacy name that cannot be pushed is a failure too: nobody would see a warning. */
export function pushHandler(effects: NamingEffects): Handler {
	return {
		holds: async () => false,
		async run(step, context) {
			const {names, record, overwrite, clean} = step.inputs as BasePushInputs;
			const {image} = context.result(`${baseStep}:tag`) as BaseTagResult;
			const engine = await effects.engine();
			const publish = await createPublisher({
				label: 'the base image', image, names, overwrite, engine, registry: await effects.registry(), context,
			});
			const pushed: Published[] = [];
			for (const name of names) {
				pushed.push(await publish(name));
				await notePushed(record, pushed);
			}

			for (const {reference} of clean ? names : []) {
				await engine.remove(reference);
			}

			return {image, pushed};
		},
	};
}
