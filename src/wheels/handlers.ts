import type {Handlers} from '../plan/index.js';
import {createBuildHandler} from './build/build-handler.js';
import {createBuilderHandler} from './build/builder-handler.js';
import type {WheelEffects} from './effects.js';
import {createFetchHandler} from './build/fetch-handler.js';
import {createTarballHandler} from './tarball/tarball-handler.js';

/** How the steps of `planWheels` are done. */
export function wheelHandlers(effects: WheelEffects): Handlers {
	return {
		'wheels.fetch': createFetchHandler(effects),
		'wheels.builder': createBuilderHandler(effects),
		'wheels.build': createBuildHandler(effects),
		'wheels.tarball': createTarballHandler(effects),
	};
}
