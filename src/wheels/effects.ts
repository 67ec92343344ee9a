import type {Engine} from '../engine/index.js';
import type {Store} from '../plan/index.js';
import type {PypiClient} from '../pypi/index.js';
import type {Target} from '../python/index.js';
import type {Registry} from '../registry/index.js';
import type {Clock, Git} from '../system/index.js';
import type {WheelInputs} from './inputs/inputs.js';
import type {UvProgram} from './lock/uv.js';

/** What the steps of the wheels have of the world. */
export type WheelEffects = {
	readonly pypi: PypiClient;
	readonly store: Store;
	readonly git: Git;
	/** The engine, selected when it is first needed. */
	engine(): Promise<Engine>;
	/** The client of registries, made when it is first needed. */
	registry(): Promise<Registry>;
	/** uv for the builder, fetched when it is first needed. */
	uv(): Promise<UvProgram>;
	readonly clock: Clock;
	readonly target: Target;
	readonly constraints: WheelInputs['constraints'];
	/** Folder for what is kept between runs, and for temporary files. */
	readonly cache: string;
	/** Folder for the logs of builds. */
	readonly logs: string;
	/** File with the certificates that apt is to trust. */
	readonly caBundle: string | undefined;
	readonly httpProxy: string | undefined;
	readonly httpsProxy: string | undefined;
	readonly noProxy: string | undefined;
};
