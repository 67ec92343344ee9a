/** The steps image.tag and image.record: what an image that was found good is called, and what is known of it. */
import type {Handler} from '../../plan/index.js';
import {formatRecord, readRecord} from '../../registry/index.js';
import {writeWhole} from '../../system/index.js';
import type {ImageEffects} from '../effects.js';
import type {
	ImageRecordInputs, ImageRecordResult, ImageTagInputs, ImageTagResult, ImageVerifyResult,
} from '../image-steps.js';
import {digestOfRecord} from './image-record.js';

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
			const verified = context.result(verify) as ImageVerifyResult;
			const {image} = verified;
			const engine = await effects.engine();
			for (const reference of references) {
				await engine.tag(image, reference);
			}

			const result: ImageTagResult = {image, references, verified};
			return result;
		},
	};
}

export function recordHandler(effects: ImageEffects): Handler {
	return {
		async holds(result, step) {
			const {image, reference, digest} = result as ImageRecordResult;
			// Of this workspace: another one may have made the same record.
			const {file, clean} = step.inputs as ImageRecordInputs;
			const record = await readRecord(file);
			if (!record || digestOfRecord(record) !== digest) {
				return false;
			}

			// What is removed when it has been pushed is not looked for.
			return clean || await (await effects.engine()).find(reference) === image;
		},
		async run(step, context) {
			const inputs = step.inputs as ImageRecordInputs;
			const {references, verified} = context.result(inputs.tag) as ImageTagResult;
			const {build} = verified;
			const engine = await effects.engine();
			const record = {
				version: 1,
				label: inputs.label,
				image: build.image,
				key: inputs.key,
				tags: references,
				pushed: [],
				base: build.base,
				directive: inputs.directive,
				builder: inputs.builder,
				dialect: inputs.dialect,
				wheels: build.wheels,
				labels: build.labels,
				...(verified.inventory && {inventory: verified.inventory}),
				...(build.source && {source: build.source}),
				...(build.from && {from: build.from}),
				...(build.tarball !== undefined && {tarball: build.tarball}),
				verify: {from: inputs.specFile, checks: verified.checks},
				built: build.built,
				seconds: {build: build.seconds, verify: verified.seconds},
				engine: {name: engine.name, ...engine.facts},
				stxBuild: effects.version,
			};
			await writeWhole(inputs.file, formatRecord(record));
			const result: ImageRecordResult = {
				image: build.image, reference: references[0]!, file: inputs.file, digest: digestOfRecord(record),
			};
			return result;
		},
	};
}
