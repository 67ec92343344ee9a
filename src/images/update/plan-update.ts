/** From an update to steps. Pure. */
import path from 'node:path';
import {
	keyed, type Digest, type Key, type Step,
} from '../../plan/index.js';
import type {WheelRef} from '../../wheels/index.js';
import type {ImagePushInputs, ImageTagInputs, PlannedFile} from '../image-steps.js';
import type {PushOptions} from '../plan-images.js';
import type {UpdatedName} from './plan-update-tag.js';
import type {UpdateFile, UpdateFiles} from './update.js';
import type {
	StagedFile, UpdateFromInputs, UpdateInputs, UpdateRecordInputs, UpdateVerifyInputs,
} from './update-steps.js';

export type PlanUpdateRequest = {
	readonly from: UpdateFromInputs;
	readonly name: UpdatedName;
	readonly files: UpdateFiles;
	/** Wheels that are built of modules, and pip, which installs them. */
	readonly modules: readonly WheelRef[];
	readonly pip: WheelRef | undefined;
	/** The steps that give wheels. */
	readonly wheelSteps: ReadonlyArray<Pick<Step, 'id' | 'key'>>;
	readonly scripts: {readonly install: PlannedFile; readonly check: PlannedFile};
	/** Folder of the results. */
	readonly folder: string;
	readonly push: boolean;
	readonly pushing?: PushOptions;
};

/** Counted up when the same inputs give another image because stx-build itself changed. */
const recipeVersion = 2;

/** Changes when images are verified in another way, or more is said of it: what was found before does not count then. */
const verifyVersion = 3;

const fromStep = 'update:from';

/** The inputs of a step that fetches a file from an address. */
export type UpdateFetchInputs = {readonly name: string; readonly url: string; readonly digest: Digest};

/**
Plans an update: the image is brought, files are fetched, all is installed in one build, verified, tagged, recorded, and
pushed if asked for. The key of the updated image holds what the image is, and the digests of all that goes into it.
*/
export function planUpdate(request: PlanUpdateRequest): readonly Step[] {
	const {from, name: {label, tag, reference}, files, modules, pip, wheelSteps, scripts, folder, push, pushing} = request;
	const bring = step<UpdateFromInputs>({
		id: fromStep, kind: 'image.update-from', title: `take ${from.reference}`, needs: [], ...keyed({updateFrom: recipeVersion, image: from.digest ?? from.image}), inputs: from, uses: 'network', weight: 20,
	});
	const all = [...files.wheels, ...files.packages, ...files.extras, ...(files.customize ? [files.customize] : [])];
	const fetches = all.flatMap(file => 'url' in file ? [planFetch(file)] : []);
	const name = `${label}-${tag}`;
	const keyOfWheel = (wheel: WheelRef): Key | Digest | null => 'step' in wheel ? wheelSteps.find(({id}) => id === wheel.step)?.key ?? null : wheel.digest;
	const used = [...modules, ...(pip ? [pip] : [])];
	const digests = (list: readonly UpdateFile[]) => Object.fromEntries(list.map(file => [file.name, file.digest]));
	const inputs: UpdateInputs = {
		label,
		from: bring.id,
		wheels: files.wheels.map(file => stagedFile(file)),
		modules,
		pip: pip ?? null,
		packages: files.packages.map(file => stagedFile(file)),
		extras: files.extras.map(file => stagedFile(file)),
		customize: files.customize ? stagedFile(files.customize) : null,
		script: scripts.install,
		context: path.join(folder, 'context'),
		log: path.join(folder, `${name}.log`),
	};
	const build = step<UpdateInputs>({
		id: `image:${label}`,
		kind: 'image.update',
		title: `update ${label}`,
		needs: [bring.id, ...fetches.map(({id}) => id), ...used.flatMap(wheel => 'step' in wheel ? [wheel.step] : [])],
		...keyed({
			update: recipeVersion, from: bring.key, wheels: digests(files.wheels), modules: Object.fromEntries(used.map(wheel => [wheel.name, [wheel.version, keyOfWheel(wheel)]])),
			packages: digests(files.packages), extras: digests(files.extras), customize: files.customize?.digest, script: scripts.install.digest,
		}),
		inputs,
		uses: 'cpu',
		weight: 30,
	});
	const verify = step<UpdateVerifyInputs>({
		id: `verify:${label}`, kind: 'image.update-verify', title: `verify ${label}`, needs: [build.id], ...keyed({verify: verifyVersion, image: build.key, script: scripts.check.digest}),
		inputs: {
			label, build: build.id, script: scripts.check, log: path.join(folder, `${name}-verify.log`),
		}, uses: 'cpu', weight: 10,
	});
	const tagging = step<ImageTagInputs>({
		id: `tag:${label}`, kind: 'image.tag', title: `tag ${reference}`, needs: [verify.id], ...keyed({
			kind: 'image.tag', recipe: recipeVersion, verify: verify.key, reference,
		}), inputs: {label, verify: verify.id, references: [reference]}, uses: 'none', weight: 1,
	});
	const list = path.join(folder, 'image-updates.lst');
	const noted = (given: readonly UpdateFile[]) => given.map(file => ({name: file.name, digest: file.digest}));
	const record = step<UpdateRecordInputs>({
		id: `record:${label}`,
		kind: 'image.update-record',
		title: `record ${reference}`,
		needs: [tagging.id],
		...keyed({kind: 'image.update-record', recipe: recipeVersion, tag: tagging.key}),
		inputs: {
			label, reference, tag: tagging.id, key: build.key,
			packages: noted(files.packages), extras: noted(files.extras), customize: files.customize?.digest ?? null,
			file: path.join(folder, `${name}.json`), list: push ? null : list, clean: push && (pushing?.clean ?? false),
		},
		uses: 'none',
		weight: 1,
	});
	const steps = [bring, ...fetches, build, verify, tagging, {...record, target: true}];
	if (!push) {
		return steps;
	}

	const pushInputs: ImagePushInputs = {
		label, tag: tagging.id, record: record.id, file: record.inputs.file, push: [{
			reference, list, legacy: false, moves: false,
		}], following: [], overwrite: pushing?.overwrite ?? false, clean: pushing?.clean ?? false,
		// An image that only the engine has is kept: nobody could have it back.
		forget: pushing?.clean && from.digest !== null ? bring.id : null,
	};
	return [...steps, {
		...step<ImagePushInputs>({
			id: `push:${label}`, kind: 'image.push', title: `push ${reference}`, needs: [tagging.id, record.id, ...(pushInputs.forget === null ? [] : [pushInputs.forget])], ...keyed({kind: 'image.push', recipe: recipeVersion, tag: tagging.key}), inputs: pushInputs, uses: 'network', weight: 30,
		}), target: true,
	}];
}

const step = <Inputs extends Step['inputs']>(parts: Omit<Step<string, Inputs>, 'group'>): Step<string, Inputs> => ({group: 'images', ...parts});

const stagedFile = (file: UpdateFile): StagedFile => ({name: file.name, digest: file.digest, file: 'file' in file ? file.file : null});

function planFetch({name, url, digest}: UpdateFile & {readonly url: string}): Step<string, UpdateFetchInputs> {
	return step({
		id: `fetch:${name}`, kind: 'image.update-fetch', title: `fetch ${name}`, needs: [], ...keyed({kind: 'image.update-fetch', recipe: recipeVersion, digest}), inputs: {name, url, digest}, uses: 'network', weight: 5,
	});
}
