/** `wheels.tarball`: StarlingX's wheels tarball, with a record beside it. */
import {stat} from 'node:fs/promises';
import path from 'node:path';
import type {Handler, StepContext} from '../../plan/index.js';
import {normalizeName, rewriteConstraints, type NormalizedName} from '../../python/index.js';
import {
	digestOfFile, exists, makeFolder, writeTar, writeWhole, type ArchiveEntry,
} from '../../system/index.js';
import type {WheelEffects} from '../effects.js';
import {servicesLeftOut, type FileResult, type TarballInputs} from '../plan-wheels.js';
import {closeOver, type Member} from './closure.js';

export type TarballResult = {
	/** Where it was written. */
	readonly file: string;
	readonly digest: string;
	readonly size: number;
	readonly wheels: number;
};

/** The record beside the tarball. */
export const recordFile = (tarball: string): string => `${tarball.replace(/\.tar$/v, '')}.json`;

export function createTarballHandler(effects: WheelEffects): Handler {
	return {
		async holds(result, step) {
			const {digest, size} = result as TarballResult;
			const {file} = step.inputs as TarballInputs;
			const found = await stat(file).catch(() => undefined);
			return found?.size === size && await exists(recordFile(file)) && await digestOfFile(file) === digest;
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
	await makeFolder(path.dirname(file));
	context.progress({text: `${members.length} wheels`});
	const entries: readonly ArchiveEntry[] = [
		...members.map(({result}) => ({name: result.filename, open: () => store.open(result.digest), size: result.size})),
		{name: 'upper-constraints.txt', content: upperConstraints},
		{name: 'global-requirements.txt', content: globalRequirements},
	];
	await writeTar(entries, file, {signal: context.signal});
	const {size} = await stat(file);
	const digest = await digestOfFile(file);
	await writeWhole(recordFile(file), `${JSON.stringify({
		tarball: path.basename(file),
		digest,
		size,
		lockInputs,
		labels: Object.fromEntries(closures),
		wheels: members.map(({result}) => ({
			name: result.metadata.name, version: result.metadata.version, filename: result.filename, digest: result.digest, size: result.size,
		})),
	}, undefined, 2)}\n`);
	return {
		file, digest, size, wheels: members.length,
	};
}
