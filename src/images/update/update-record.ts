/** The step image.update-record: what an updated image was made of, and StarlingX's list of them. */
import type {Handler} from '../../plan/index.js';
import {formatRecord, readRecord} from '../../registry/index.js';
import {writeWhole} from '../../system/index.js';
import type {ImageTagResult} from '../image-steps.js';
import {isInList, noteInList} from '../publish/image-lists.js';
import {digestOfRecord} from '../publish/image-record.js';
import type {ImageEffects} from '../effects.js';
import type {UpdateRecordInputs, UpdateRecordResult, UpdateResult} from './update-steps.js';

export function updateRecordHandler(effects: Pick<ImageEffects, 'engine' | 'version'>): Handler {
	return {
		async holds(result, step) {
			const {image, reference, digest} = result as UpdateRecordResult;
			const {file, list, clean} = step.inputs as UpdateRecordInputs;
			const record = await readRecord(file);
			if (!record || digestOfRecord(record) !== digest || (list !== null && !await isInList(list, reference))) {
				return false;
			}

			const engine = await effects.engine();
			return clean || await engine.find(reference) === image;
		},
		async run(step, context) {
			const inputs = step.inputs as UpdateRecordInputs;
			const {references, verified: {build, checks}} = context.result(inputs.tag) as ImageTagResult<UpdateResult>;
			const engine = await effects.engine();
			const {label, reference} = inputs;
			const {image, reference: used, from, digest} = build.from;
			const record = {
				version: 1,
				label,
				image: build.image,
				key: inputs.key,
				tags: references,
				pushed: [],
				from: {
					image, reference: used, from, digest,
				},
				wheels: build.wheels,
				labels: build.labels,
				packages: inputs.packages,
				extras: inputs.extras,
				customize: inputs.customize,
				verify: {checks},
				built: build.built,
				seconds: build.seconds,
				engine: {name: engine.name, ...engine.facts},
				stxBuild: effects.version,
			};
			await writeWhole(inputs.file, formatRecord(record));
			if (inputs.list !== null) {
				await noteInList(inputs.list, {label, reference, following: []}, context.signal);
			}

			const result: UpdateRecordResult = {
				image: build.image, reference, file: inputs.file, digest: digestOfRecord(record),
			};
			return result;
		},
	};
}
