import type {Handlers} from '../plan/index.js';
import {buildHandler} from './build/build-image.js';
import {dockerHandler} from './builders/docker-handler.js';
import {scriptHandler} from './builders/script-handler.js';
import {tryHandler} from './builders/try-image.js';
import type {ImageEffects} from './effects.js';
import {listHandler} from './publish/image-lists.js';
import {recordHandler, tagHandler} from './publish/publish-image.js';
import {pushHandler} from './publish/push-image.js';
import {verifyHandler} from './verify/verify-image.js';

/** The handlers of the steps that `planImages` plans. */
export const imageHandlers = (effects: ImageEffects): Handlers => ({
	'image.build': buildHandler(effects),
	'image.docker': dockerHandler(effects),
	'image.script': scriptHandler(effects),
	'image.try': tryHandler(effects),
	'image.verify': verifyHandler(effects),
	'image.tag': tagHandler(effects),
	'image.list': listHandler(),
	'image.push': pushHandler(effects),
	'image.record': recordHandler(effects),
});
