/** The handlers of all steps, made from the effects. */
import path from 'node:path';
import {baseHandlers} from '../base/index.js';
import {imageHandlers, sourceHandlers, updateHandlers} from '../images/index.js';
import type {Handlers} from '../plan/index.js';
import type {PypiClient} from '../pypi/index.js';
import {fetchUv, wheelHandlers, type WheelInputs} from '../wheels/index.js';
import {imagesFolder, wheelsFolder} from '../workspace/index.js';
import {createGitClient} from './git-client.js';
import type {Effects, LoadbuildRequest} from './request.js';

export type HandlerParts = {
	readonly request: Pick<LoadbuildRequest, 'settings' | 'version'>;
	readonly effects: Effects;
	readonly pypi: PypiClient;
	/** undefined when the plan makes no wheels. */
	readonly wheelInputs: WheelInputs | undefined;
};

export function makeHandlers({request: {settings, version}, effects, pypi, wheelInputs}: HandlerParts): Handlers {
	const {run, store, signal, machine, clock} = effects;
	const engine = async () => effects.engine();
	const {caBundle, httpProxy, httpsProxy, noProxy, cache} = settings;
	const network = {
		caBundle, httpProxy, httpsProxy, noProxy,
	};
	const registry = async () => effects.registry();
	const handlers = {
		...baseHandlers({
			run, store, engine, registry, logs: path.join(imagesFolder(settings), 'logs'), ...network,
		}),
		...(wheelInputs && wheelHandlers({
			pypi,
			store,
			git: createGitClient(settings, effects),
			clock,
			engine,
			registry,
			uv: async () => fetchUv(wheelInputs.toolchain, {
				pypi, cache, machine, signal,
			}),
			target: wheelInputs.target,
			constraints: wheelInputs.constraints,
			cache,
			logs: path.join(wheelsFolder(settings), 'logs'),
			...network,
		})),
		...sourceHandlers({git: createGitClient(settings, effects)}),
		...imageHandlers({
			store, run, git: createGitClient(settings, effects), engine, registry, clock, version, ...network,
		}),
		...updateHandlers({
			store, engine, registry, clock, version, ...network,
		}),
	};
	return bindToEngine(handlers, engine);
}

/** Steps whose results are images: another engine does not have them, and the next run may use either. */
const engineKinds = /^(?:base\.(?:import|pull|image|take|tag|push)|wheels\.(?:builder|push)|image\.(?!source$).*)$/;

const bindToEngine = (handlers: Handlers, engine: Effects['engine']): Handlers => Object.fromEntries(Object.entries(handlers).map(([kind, handler]) =>
	[kind, engineKinds.test(kind) ? {...handler, boundTo: async () => (await engine()).imageStore} : handler]));
