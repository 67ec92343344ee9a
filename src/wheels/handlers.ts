import type {Handlers} from '../plan/index.js';
import {createBuildHandler} from './build/build-handler.js';
import {createWheelBuilder} from './build/build-wheel.js';
import {createBuilderHandler} from './build/builder-handler.js';
import {createCheckHandler} from './check/check-handler.js';
import type {WheelEffects} from './effects.js';
import {createFetchHandler} from './build/fetch-handler.js';
import {createGitHandler} from './build/git-handler.js';
import {createTakeHandler} from './build/take-handler.js';
import {createRebuildHandler} from './rebuild/rebuild-handler.js';
import {createPushHandler} from './tarball/push-handler.js';
import {createTarballHandler} from './tarball/tarball-handler.js';

/** How the steps of `planWheels` are done. */
export function wheelHandlers(effects: WheelEffects): Handlers {
	const buildWheel = createWheelBuilder(effects);
	return {
		'wheels.fetch': createFetchHandler(effects),
		'wheels.git': createGitHandler(effects),
		'wheels.take': createTakeHandler(effects),
		'wheels.builder': createBuilderHandler(effects),
		'wheels.build': createBuildHandler(effects, buildWheel),
		'wheels.tarball': createTarballHandler(effects),
		'wheels.push': createPushHandler(effects),
		'wheels.rebuild': createRebuildHandler(effects, buildWheel),
		'wheels.check': createCheckHandler(effects),
	};
}
