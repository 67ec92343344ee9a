import type {Engine} from '../engine/index.js';
import type {Store} from '../plan/index.js';
import type {Registry} from '../registry/index.js';
import type {Clock, Git, Runner} from '../system/index.js';

/** What the work on images has of the world. */
export type ImageEffects = {
	readonly store: Store;
	readonly run: Runner;
	readonly git: Git;
	/** The engine; chosen on the first call. */
	engine(): Promise<Engine>;
	/** The client of registries; made on the first call. */
	registry(): Promise<Registry>;
	readonly clock: Clock;
	/** stx-build's own version, for records. */
	readonly version: string;
	/** File with the certificates that builds trust, absolute. */
	readonly caBundle: string | undefined;
	readonly httpProxy: string | undefined;
	readonly httpsProxy: string | undefined;
	readonly noProxy: string | undefined;
};
