/** The steps of an update: what their inputs and results hold. */
import type {Labels} from '../../engine/index.js';
import type {Digest} from '../../plan/index.js';
import type {WheelRef} from '../../wheels/index.js';
import type {PlannedFile, UsedBase} from '../image-steps.js';

export type UpdateFromInputs = {
	/** As it is asked for. */
	readonly reference: string;
	/** Of the manifest in the registry; null for an image that is only in the engine. */
	readonly digest: Digest | null;
	/** Id of an image that is only in the engine. */
	readonly image: string | null;
};

/** `reference` is a name that stands for the image for ever; `names` are all that it has by the update. */
export type UpdateFromResult = Omit<UsedBase, 'digest'> & {readonly from: string; readonly digest: string | null; readonly names: readonly string[]};

/** A file on this machine, or one that a step has brought into the store. */
export type StagedFile = {readonly name: string; readonly digest: Digest; readonly file: string | null};

export type UpdateInputs = {
	readonly label: string;
	/** Id of the step that brings the image. */
	readonly from: string;
	readonly wheels: readonly StagedFile[];
	/** Wheels of modules. */
	readonly modules: readonly WheelRef[];
	/** What installs them; null where there are none. */
	readonly pip: WheelRef | null;
	readonly packages: readonly StagedFile[];
	readonly extras: readonly StagedFile[];
	readonly customize: StagedFile | null;
	/** The script that runs in the image. */
	readonly script: PlannedFile;
	readonly context: string;
	readonly log: string;
};

export type InstalledWheel = {readonly name: string; readonly version: string; readonly filename: string; readonly digest: Digest};

export type UpdateResult = {
	/** Id in the engine. */
	readonly image: string;
	readonly from: UpdateFromResult;
	readonly wheels: readonly InstalledWheel[];
	/** What the build wrote into the image of where it comes from. */
	readonly labels: Labels;
	readonly built: string;
	readonly seconds: number;
};

export type UpdateVerifyInputs = {
	readonly label: string;
	readonly build: string;
	/** The script that looks from inside. */
	readonly script: PlannedFile;
	readonly log: string;
};

export type UpdateRecordInputs = {
	readonly label: string;
	readonly reference: string;
	readonly tag: string;
	readonly key: string;
	readonly packages: ReadonlyArray<{readonly name: string; readonly digest: Digest}>;
	readonly extras: ReadonlyArray<{readonly name: string; readonly digest: Digest}>;
	readonly customize: Digest | null;
	readonly file: string;
	/** StarlingX's list of updated images; null where the push writes it. */
	readonly list: string | null;
	readonly clean: boolean;
};

export type UpdateRecordResult = {readonly image: string; readonly reference: string; readonly file: string; readonly digest: Digest};
