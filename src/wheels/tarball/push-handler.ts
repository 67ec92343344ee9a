/** `wheels.push`: the wheels tarball as an image in a registry. */
import {createReadStream} from 'node:fs';
import path from 'node:path';
import type {Handler} from '../../plan/index.js';
import {createPublisher, notePushed, type Published} from '../../registry/index.js';
import {withTemporaryFolder} from '../../system/index.js';
import type {WheelEffects} from '../effects.js';
import type {PushInputs, PushResult} from './plan-push.js';
import {recordFile} from './record.js';
import type {TarballResult} from './tarball-handler.js';

/** Looked at again whenever it is asked for: what a registry has can be changed by others. */
export function createPushHandler({engine: select, registry}: Pick<WheelEffects, 'engine' | 'registry'>): Handler {
	return {
		holds: async () => false,
		async run(step, context) {
			const {tarball, file, arch, names, overwrite, clean} = step.inputs as PushInputs;
			const {digest, size} = context.result(tarball) as TarballResult;
			const engine = await select();
			context.progress({text: 'into the engine'});
			// A name of this run alone, from the beginning: others that push the same wheels give and take the other names as they like.
			const {image, pushed} = await withTemporaryFolder('push', async folder => {
				const held = `localhost/stx-build/push:${path.basename(folder)}`;
				const image = await engine.importRoot({
					arch, digest, size, open: () => createReadStream(file), reference: held,
				}, {signal: context.signal});
				const pushed: Published[] = [];
				const begun: string[] = [];
				try {
					const publish = await createPublisher({
						label: 'the wheels', image, names, overwrite, engine, registry: await registry(), context,
					});
					for (const name of names) {
						begun.push(name.reference);
						pushed.push(await publish(name));
						await notePushed(recordFile(file), pushed);
						if (!clean) {
							await engine.tag(image, name.reference);
						}
					}
				} finally {
					for (const reference of [...(clean ? begun : []), held]) {
						await engine.remove(reference);
					}
				}

				return {image, pushed};
			});
			const result: PushResult = {image, pushed};
			return result;
		},
	};
}
