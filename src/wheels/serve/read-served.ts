/** Takes a wheels tarball apart where it lies: nothing is unpacked, and wheels are sent straight out of it. */
import type {Buffer} from 'node:buffer';
import {createHash} from 'node:crypto';
import type {FileHandle} from 'node:fs/promises';
import path from 'node:path';
import {BuildError, throwProblems} from '../../errors.js';
import {isWheelMetadata, parseWheelFilename, type NormalizedName} from '../../python/index.js';
import {
	compressionOf, digestOfPart, listTarMembers, readZipPart, type FilePart, type TarMember,
} from '../../system/index.js';
import {checkWheelMetadata} from '../build/wheel-file.js';
import {asTarball, compressedTarball, wrongTarball} from '../tarball/tarball-error.js';
import type {ServedFile, ServedTarball, ServedWheel} from './served.js';

const constraintsName = 'upper-constraints.txt';
const textNames: ReadonlySet<string> = new Set([constraintsName, 'global-requirements.txt']);

/**
Reads what is served of a tarball: every wheel with its digest and its METADATA.

@param handle the open tarball. @param file its path.
@throws BuildError STX0420 when it is no wheels tarball, STX0206 and STX0416 for all wheels that are not what they are
named, STX0907.
*/
export async function readServed(handle: FileHandle, file: string): Promise<ServedTarball> {
	await refuseCompressed(handle, file);
	const members = await asTarball(file, listTarMembers(handle, file));
	const wheels: ServedWheel[] = [];
	const texts = new Map<string, ServedFile>();
	const problems: BuildError[] = [];
	for (const member of members) {
		if (textNames.has(member.name)) {
			texts.set(member.name, await readFilePart(handle, member.part));
		} else if (member.name.endsWith('.whl') && !member.name.includes('/')) {
			try {
				wheels.push(await readWheel(handle, member, file));
			} catch (error) {
				if (!(error instanceof BuildError)) {
					throw error;
				}

				problems.push(error);
			}
		}
	}

	throwProblems(problems);
	if (wheels.length === 0 || !texts.has(constraintsName)) {
		throw wrongTarball(file, wheels.length === 0 ? 'has no wheels at its top' : `has no \`${constraintsName}\` at its top`);
	}

	const {size} = await handle.stat();
	return {
		filename: path.basename(file),
		...await readFilePart(handle, {start: 0, end: size}),
		projects: groupByProject(wheels),
		wheels: new Map(wheels.map(wheel => [wheel.filename, wheel])),
		texts,
	};
}

/** Wheels are sent straight out of the tarball. */
async function refuseCompressed(handle: FileHandle, file: string): Promise<void> {
	const head = new Uint8Array(8);
	await handle.read(head, 0, head.length, 0);
	const compression = compressionOf(head);
	if (compression) {
		throw compressedTarball(file, ` with ${compression.name}, and only a plain tar can be served`, compression.program);
	}
}

async function readFilePart(handle: FileHandle, part: FilePart): Promise<ServedFile> {
	const digest = await digestOfPart(handle, part);
	return {part, sha256: digest.slice('sha256:'.length)};
}

async function readWheel(handle: FileHandle, {name: filename, part}: TarMember, file: string): Promise<ServedWheel> {
	// A name that is none says more than what is in it.
	parseWheelFilename(filename, {file});
	const found = await readZipPart(`${file}: ${filename}`, {handle, part}, isWheelMetadata);
	const {name, version, requiresPython} = checkWheelMetadata(found, filename, {file});
	const [metadata] = [...found.values()] as [Buffer];
	return {
		filename,
		name,
		version,
		...(requiresPython !== undefined && {requiresPython}),
		metadata,
		metadataSha256: createHash('sha256').update(metadata).digest('hex'),
		...await readFilePart(handle, part),
	};
}

function groupByProject(wheels: readonly ServedWheel[]): ReadonlyMap<NormalizedName, readonly ServedWheel[]> {
	const projects = new Map<NormalizedName, ServedWheel[]>();
	for (const wheel of wheels) {
		const name = parseWheelFilename(wheel.filename).normalized;
		projects.set(name, [...projects.get(name) ?? [], wheel]);
	}

	return new Map([...projects].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
