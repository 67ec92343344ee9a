/** The steps image.tag, image.list, image.record and image.push: what is done with an image that was found good. */
import {readFile} from 'node:fs/promises';
import {BuildError} from '../../errors.js';
import type {Handler} from '../../plan/index.js';
import {
	digestOfFile, exists, readText, writeWhole,
} from '../../system/index.js';
import type {ImageEffects} from '../effects.js';
import {formatImageList} from './format-image-list.js';
import type {
	ImageBuildResult, ImageListInputs, ImagePushInputs, ImagePushResult, ImageRecordInputs, ImageRecordResult, ImageTagInputs, ImageTagResult, ImageVerifyResult,
} from '../image-steps.js';

export function tagHandler(effects: ImageEffects): Handler {
	return {
		async holds(result) {
			const {image, references} = result as ImageTagResult;
			const engine = await effects.engine();
			const held = await Promise.all(references.map(async reference => await engine.find(reference) === image));
			return held.every(Boolean);
		},
		async run(step, context) {
			const {verify, references} = step.inputs as ImageTagInputs;
			const {image} = context.result(verify) as ImageVerifyResult;
			const engine = await effects.engine();
			for (const reference of references) {
				await engine.tag(image, reference);
			}

			const result: ImageTagResult = {image, references};
			return result;
		},
	};
}

export function listHandler(): Handler {
	return {
		holds: async () => false,
		async run(step) {
			const {files} = step.inputs as ImageListInputs;
			for (const file of files) {
				await writeWhole(file, '');
			}

			return {files};
		},
	};
}

/** Pushed again whenever it is asked for: what a registry has can be changed by others. */
export function pushHandler(effects: ImageEffects): Handler {
	// Several images are pushed at once, into the same lists.
	let writing: Promise<void> = Promise.resolve();
	const note = async (list: string, label: string, reference: string): Promise<void> => {
		writing = writing.catch(() => undefined).then(async () => writeWhole(list, formatImageList(await readFile(list, 'utf8').catch(() => ''), label, reference)));
		await writing;
	};

	return {
		holds: async () => false,
		async run(step, context) {
			const {label, push, tag, record} = step.inputs as ImagePushInputs;
			const {image} = context.result(tag) as ImageTagResult;
			const {file} = context.result(record) as ImageRecordResult;
			const engine = await effects.engine();
			const pushed: Array<{reference: string; digest: string}> = [];
			for (const {reference, list, legacy} of push) {
				context.progress({text: reference});
				try {
					pushed.push({reference, digest: await engine.push(reference, {signal: context.signal})});
				} catch (error) {
					if (!legacy || !(error instanceof BuildError) || context.signal.aborted) {
						throw error;
					}

					context.warn(`${label}: \`${reference}\` could not be pushed: ${error.message}`);
					continue;
				}

				await note(list, label, reference);
				await notePushed(file, pushed);
			}

			const result: ImagePushResult = {image, pushed};
			return result;
		},
	};
}

/** Tells the record what the registry has, each time it has more: what comes next may fail. */
async function notePushed(file: string, pushed: ImagePushResult['pushed']): Promise<void> {
	const record = JSON.parse(await readText(file)) as object;
	await writeWhole(file, formatRecord({...record, pushed}));
}

const formatRecord = (record: object): string => `${JSON.stringify(record, undefined, '\t')}\n`;

export function recordHandler(effects: ImageEffects): Handler {
	return {
		async holds(result, step) {
			const {image, reference, digest} = result as ImageRecordResult;
			// Of this workspace: another one may have made the same record.
			const {file} = step.inputs as ImageRecordInputs;
			const engine = await effects.engine();
			return await engine.find(reference) === image && await exists(file) && await digestOfFile(file) === digest;
		},
		async run(step, context) {
			const inputs = step.inputs as ImageRecordInputs;
			const build = context.result(inputs.build) as ImageBuildResult;
			const verify = context.result(inputs.verify) as ImageVerifyResult;
			const {references} = context.result(inputs.tag) as ImageTagResult;
			const engine = await effects.engine();
			await writeWhole(inputs.file, formatRecord({
				version: 1,
				label: inputs.label,
				image: build.image,
				key: inputs.key,
				tags: references,
				pushed: [],
				base: build.base,
				directive: inputs.directive,
				dialect: inputs.dialect,
				wheels: build.wheels,
				verify: {checks: verify.checks},
				built: build.built,
				seconds: {build: build.seconds, verify: verify.seconds},
				engine: {name: engine.name, ...engine.facts},
				stxBuild: effects.version,
			}));
			const result: ImageRecordResult = {
				image: build.image, reference: references[0]!, file: inputs.file, digest: await digestOfFile(inputs.file),
			};
			return result;
		},
	};
}
