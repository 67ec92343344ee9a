/** `wheels.take`: a finished wheel of this machine, which is in the store since the inputs were read. */
import {stat} from 'node:fs/promises';
import type {Handler} from '../../plan/index.js';
import type {WheelEffects} from '../effects.js';
import type {TakeInputs} from '../plan-sources.js';
import type {FileResult} from '../step-inputs.js';
import {keptMetadata, readWheelMetadata} from './wheel-file.js';

export function createTakeHandler({store}: Pick<WheelEffects, 'store'>): Handler {
	return {
		async holds(result) {
			return store.has((result as FileResult).digest);
		},
		async run(step) {
			const {filename, path: from, digest} = step.inputs as TakeInputs;
			return store.use(digest, async file => {
				const {size} = await stat(file);
				return {
					filename, digest, size, metadata: keptMetadata(await readWheelMetadata(file, filename, {file: from})),
				} satisfies FileResult;
			});
		},
	};
}
