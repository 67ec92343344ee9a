/** Whether what was made is still there. */
import type {Handler} from '../plan/index.js';
import type {ImageEffects} from './effects.js';

/** Whether the engine has an image of that id. */
export async function isInEngine(image: string, {engine}: Pick<ImageEffects, 'engine'>): Promise<boolean> {
	return await (await engine()).find(image) === image;
}

/** For handlers whose result names the image it is about: it holds as long as the engine has that image. */
export const holdsImage = (effects: Pick<ImageEffects, 'engine'>): Handler['holds'] => async result => isInEngine((result as {readonly image: string}).image, effects);
