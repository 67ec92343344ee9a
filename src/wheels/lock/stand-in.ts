/**
Stand-ins: wheels that hold metadata and nothing else. uv learns from them what a project needs that has no wheel yet,
and so never has a reason to build one: that would run the project's code on this machine.
*/
import path from 'node:path';
import {writeZip} from '../../system/index.js';
import type {NormalizedName} from '../../python/index.js';

export type StandIn = {
	readonly name: NormalizedName;
	readonly version: string;
	/** PEP 508. */
	readonly requires: readonly string[];
	readonly requiresPython?: string;
	readonly extras: readonly string[];
};

/** File name of a stand-in (PEP 427). */
export const standInFilename = ({name, version}: Pick<StandIn, 'name' | 'version'>): string => `${name.replaceAll('-', '_')}-${version.replaceAll('-', '_')}-py3-none-any.whl`;

/** The METADATA of a stand-in. */
export const formatMetadata = ({name, version, requires, requiresPython, extras}: StandIn): string => [
	'Metadata-Version: 2.1',
	`Name: ${name}`,
	`Version: ${version}`,
	...(requiresPython === undefined ? [] : [`Requires-Python: ${requiresPython}`]),
	...extras.map(extra => `Provides-Extra: ${extra}`),
	...requires.map(requirement => `Requires-Dist: ${requirement.replaceAll(/\s+/gv, ' ')}`),
	'',
].join('\n');

/** The members of a stand-in: its `.dist-info`. Pure. */
export function standInMembers(standIn: StandIn): ReadonlyMap<string, string> {
	const folder = `${standIn.name.replaceAll('-', '_')}-${standIn.version.replaceAll('-', '_')}.dist-info`;
	return new Map([
		[`${folder}/METADATA`, formatMetadata(standIn)],
		[`${folder}/WHEEL`, 'Wheel-Version: 1.0\nGenerator: stx-build\nRoot-Is-Purelib: true\nTag: py3-none-any\n'],
		[`${folder}/RECORD`, ''],
	]);
}

/** Extras that requirements of a project name in their markers. */
export function extrasOf(requires: readonly string[]): readonly string[] {
	return [...new Set(requires.flatMap(requirement => [...requirement.matchAll(/\bextra\s*==\s*["'](?<extra>[^"']+)["']/gv)].map(match => match.groups!.extra!)))].toSorted();
}

/** @returns the file. */
export async function writeStandIn(folder: string, standIn: StandIn): Promise<string> {
	const file = path.join(folder, standInFilename(standIn));
	await writeZip([...standInMembers(standIn)].map(([name, content]) => ({name, content})), file);
	return file;
}
