/** `wheels.push`: the wheels tarball as an image in a registry. */
import {createReadStream} from 'node:fs';
import path from 'node:path';
import type {Engine} from '../../engine/index.js';
import {BuildError} from '../../errors.js';
import type {Handler, StepContext} from '../../plan/index.js';
import {withTemporaryFolder} from '../../system/index.js';
import type {WheelEffects} from '../effects.js';
import type {PushInputs, PushResult} from './plan-push.js';
import {notePushed, type Pushed} from './record.js';
import type {TarballResult} from './tarball-handler.js';

/**
Pushed again whenever it is asked for: what a registry has can be changed by others. Each name is asked back from the
registry before the next one is given: so `latest` never names what nobody can have by its version.
*/
export function createPushHandler({engine: select}: Pick<WheelEffects, 'engine'>): Handler {
	return {
		holds: async () => false,
		async run(step, context) {
			const {tarball, file, arch, references, clean} = step.inputs as PushInputs;
			const {digest, size} = context.result(tarball) as TarballResult;
			const engine = await select();
			context.progress({text: 'into the engine'});
			// A name of this run alone, from the beginning: others that push the same wheels give and take the other names as they like.
			const {image, pushed} = await withTemporaryFolder('push', async folder => {
				const held = `localhost/stx-build/push:${path.basename(folder)}`;
				const image = await engine.importRoot({
					arch, digest, size, open: () => createReadStream(file), reference: held,
				}, {signal: context.signal});
				const pushed: Pushed[] = [];
				try {
					for (const reference of references) {
						pushed.push({reference, digest: await pushVerified(engine, {reference, image}, context)});
						await notePushed(file, pushed);
						if (!clean) {
							await engine.tag(image, reference);
						}
					}
				} finally {
					for (const reference of [...(clean ? references : []), held]) {
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

/** @returns the digest in the registry. @throws BuildError STX0706 when the registry gives something else than it was sent. */
async function pushVerified(engine: Engine, {reference, image}: {readonly reference: string; readonly image: string}, {signal, progress}: StepContext): Promise<string> {
	progress({text: reference});
	const digest = await engine.push(image, reference, {signal});
	const found = await engine.pull(reference, {signal});
	if (found.digest !== digest || found.id !== image) {
		throw new BuildError('STX0706', `\`${reference}\` was pushed as \`${digest}\` (image \`${image}\`), but the registry gives \`${found.digest}\` (image \`${found.id}\`)`, {
			hint: 'push again; when this comes back, somebody else pushes the same name, or something between this machine and the registry changes images',
		});
	}

	return digest;
}
