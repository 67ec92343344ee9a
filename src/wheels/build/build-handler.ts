/** `wheels.build`: one wheel from its source, into the store. */
import {rm} from 'node:fs/promises';
import path from 'node:path';
import type {Handler, Step} from '../../plan/index.js';
import {withTemporaryFolder} from '../../system/index.js';
import type {WheelEffects} from '../effects.js';
import type {BuildInputs, FileResult} from '../step-inputs.js';
import {usualManner, type BuildWheel} from './build-wheel.js';
import type {BuilderResult} from './builder-handler.js';
import {storeWheel} from './wheel-file.js';

export function createBuildHandler({store, cache, logs}: WheelEffects, buildWheel: BuildWheel): Handler {
	const logFile = (step: Step): string => {
		const {name, version} = step.inputs as BuildInputs;
		return path.join(logs, `${name}-${version}.log`);
	};

	return {
		logFile,
		async holds(result) {
			return store.has((result as FileResult).digest);
		},
		async run(step, context) {
			const log = logFile(step);
			await rm(log, {force: true});
			return withTemporaryFolder('build', async folder => {
				const inputs = step.inputs as BuildInputs;
				const {image} = context.result(inputs.builder) as BuilderResult;
				const {file, filename} = await buildWheel({
					inputs, image, folder, logFile: log, manner: usualManner,
				}, context);
				return storeWheel(file, filename, store, {file: log});
			}, path.join(cache, 'tmp'));
		},
	};
}
