import {readFile} from 'node:fs/promises';
import type {BuildRequest, Engine, ImageId} from '../engine/index.js';
import {BuildError} from '../errors.js';
import type {RunOptions} from '../system/index.js';
import {explainApt} from './explain-apt.js';

/**
Builds an image of which the Dockerfile calls apt: what apt says of the mirrors comes before what the engine says of apt.

@throws BuildError STX0502 for a mirror, STX0905, and what the engine throws.
*/
export async function buildWithApt(engine: Engine, request: BuildRequest, options: RunOptions): Promise<ImageId> {
	try {
		return await engine.build(request, options);
	} catch (error) {
		if (!(error instanceof BuildError) || error.code !== 'STX0703') {
			throw error;
		}

		const output = options.logFile === undefined ? error.message : await readFile(options.logFile, 'utf8').catch(() => error.message);
		throw explainApt({output, timedOut: false}, options) ?? error;
	}
}
