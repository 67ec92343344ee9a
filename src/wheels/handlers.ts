import type {Handlers} from '../plan/index.js';
import {createBuildHandler} from './build-handler.js';
import {createBuilderHandler} from './builder-handler.js';
import type {WheelEffects} from './effects.js';
import {createFetchHandler} from './fetch-handler.js';
import {createTarballHandler} from './tarball-handler.js';

/** How the steps of `planWheels` are done. */
export function wheelHandlers(effects: WheelEffects): Handlers {
	return {
		'wheels.fetch': createFetchHandler(effects),
		'wheels.builder': createBuilderHandler(effects),
		'wheels.build': createBuildHandler(effects),
		'wheels.tarball': createTarballHandler(effects),
	};
}
