/** `wheels.fetch`: brings one locked file into the store. */
import {stat} from 'node:fs/promises';
import type {Digest, Handler} from '../../plan/index.js';
import type {WheelEffects} from '../effects.js';
import type {FetchInputs} from '../plan-sources.js';
import type {FileResult} from '../step-inputs.js';
import {keptMetadata, readWheelMetadata} from './wheel-file.js';

export function createFetchHandler({pypi, store}: Pick<WheelEffects, 'pypi' | 'store'>): Handler {
	return {
		async holds(result) {
			return store.has((result as FileResult).digest);
		},
		async run(step, context) {
			const {file: {filename, url, sha256, size}} = step.inputs as FetchInputs;
			const digest: Digest = await pypi.tarball({
				filename, url, sha256, ...(size !== undefined && {size}),
			}, {
				signal: context.signal,
				progress(done, total) {
					context.progress({done, ...(total !== undefined && {total}), unit: 'bytes'});
				},
			});
			return store.use(digest, async file => {
				const found: FileResult = {
					filename,
					digest,
					size: (await stat(file)).size,
					...(filename.endsWith('.whl') && {metadata: keptMetadata(await readWheelMetadata(file, filename, {url}))}),
				};
				return found;
			});
		},
	};
}
