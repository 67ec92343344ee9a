/** `wheels.tarball`: StarlingX's wheels tarball, with a record beside it. */
import {rm, stat} from 'node:fs/promises';
import path from 'node:path';
import type {Digest, Handler, StepContext} from '../../plan/index.js';
import {normalizeName, rewriteConstraints, type NormalizedName} from '../../python/index.js';
import {
	exists, fileError, knownDigest, makeFolder, rememberDigest, writeTar, writeWhole, type ArchiveEntry,
} from '../../system/index.js';
import {formatRecord} from '../../registry/index.js';
import type {WheelEffects} from '../effects.js';
import {servicesLeftOut} from '../inputs/services-left-out.js';
import type {FileResult, TarballInputs} from '../step-inputs.js';
import {closeOver, type Member} from './closure.js';
import {announceTarball, recordFile} from './record.js';

export type TarballResult = {
	/** Where it was written. */
	readonly file: string;
	readonly digest: Digest;
	readonly size: number;
	readonly wheels: number;
};

export function createTarballHandler(effects: WheelEffects): Handler {
	return {
		async holds(result, step) {
			const {digest, size} = result as TarballResult;
			const {file} = step.inputs as TarballInputs;
			const found = await stat(file).catch(() => undefined);
			return found?.size === size && await exists(recordFile(file)) && await knownDigest(file, effects.store) === digest;
		},
		async run(step, context) {
			return packTarball(step.inputs as TarballInputs, context, effects);
		},
	};
}

async function packTarball(inputs: TarballInputs, context: StepContext, {store, target, constraints}: WheelEffects): Promise<TarballResult> {
	const {file, roots, globalRequirements, lockInputs} = inputs;
	const members = inputs.wheels.map(wheel => ({...wheel, result: context.result(wheel.step) as FileResult & {readonly metadata: NonNullable<FileResult['metadata']>}}));
	const byName = new Map<NormalizedName, Member>(members.map(({result}) => [normalizeName(result.metadata.name), result.metadata]));
	const closures = closeOver(Object.entries(roots).map(([label, requirements]) => ({label, requirements})), byName, target);
	const pins = new Map(members.map(({result: {metadata: {name, version}}}) => [normalizeName(name), {name, version}]));
	const upperConstraints = rewriteConstraints(constraints, pins, {leaveOut: servicesLeftOut, target});
	await makeFolderOf(file);
	context.progress({text: `${members.length} wheels`});
	const entries: readonly ArchiveEntry[] = [
		...members.map(({result}) => ({name: result.filename, open: () => store.open(result.digest), size: result.size})),
		{name: 'upper-constraints.txt', content: upperConstraints},
		{name: 'global-requirements.txt', content: globalRequirements},
	];
	const {digest, size} = await writeTar(entries, file, {
		signal: context.signal,
		async announce(made) {
			await announceTarball(file, {digest: made.digest, labels: [...closures.keys()]}, store);
		},
	});
	await rememberDigest(file, digest, store);
	await writeRecord(file, {
		tarball: path.basename(file),
		digest,
		size,
		lockInputs,
		labels: Object.fromEntries(closures),
		// The wheel list's lines that it does without, and its wheels that are there without what they need.
		leftOut: inputs.leftOut.map(({wheel, at, code, message}) => ({
			wheel, ...at, code, message,
		})),
		unclosed: inputs.unclosed,
		wheels: members.map(({result}) => ({
			name: result.metadata.name, version: result.metadata.version, filename: result.filename, digest: result.digest, size: result.size,
		})),
	});
	return {
		file, digest, size, wheels: members.length,
	};
}

/** Without its record a tarball would be taken for somebody else's, so it goes where the record cannot be written. */
async function writeRecord(file: string, record: object): Promise<void> {
	try {
		await writeWhole(recordFile(file), formatRecord(record));
	} catch (error) {
		await rm(file, {force: true});
		throw error;
	}
}

async function makeFolderOf(file: string): Promise<void> {
	try {
		await makeFolder(path.dirname(file));
	} catch (error) {
		throw fileError(error, path.dirname(file));
	}
}
