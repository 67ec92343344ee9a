import type {Handlers} from '../plan/index.js';
import {buildHandler} from './build/build-image.js';
import type {ImageEffects} from './effects.js';
import {
	listHandler, pushHandler, recordHandler, tagHandler,
} from './publish/publish-image.js';
import {verifyHandler} from './verify/verify-image.js';

/** The handlers of the steps that `planImages` plans. */
export const imageHandlers = (effects: ImageEffects): Handlers => ({
	'image.build': buildHandler(effects),
	'image.verify': verifyHandler(effects),
	'image.tag': tagHandler(effects),
	'image.list': listHandler(),
	'image.push': pushHandler(effects),
	'image.record': recordHandler(effects),
});
