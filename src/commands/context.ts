import type {BaseContext} from 'clipanion';
import type {Engine} from '../engine/index.js';
import type {Reporter, Store} from '../plan/index.js';
import type {Clock, HttpClient, Runner} from '../system/index.js';
import type {Settings, Surroundings} from '../workspace/index.js';

/** Effects that the settings shape: made when they are first asked for. */
export type Opened = {
	readonly http: HttpClient;
	readonly store: Store;
	/** Selects the engine on the first call and gives the same one afterwards. @throws BuildError when none answers */
	engine(): Promise<Engine>;
};

/** What a command has of the world. Only src/cli.ts makes one with real effects. */
export type Context = BaseContext & {
	readonly surroundings: Surroundings;
	/** The folder that holds stx-build's own build-config/ and wheels/. */
	readonly packageFolder: string;
	readonly version: string;
	readonly run: Runner;
	readonly clock: Clock;
	/** Aborted on Ctrl+C. */
	readonly signal: AbortSignal;
	open(settings: Settings): Opened;
	reporter(format: 'people' | 'json'): Reporter;
};
