/** Wheels as files: their metadata, and putting them into the store. */
import type {Buffer} from 'node:buffer';
import {createReadStream} from 'node:fs';
import {BuildError, type SourceLocation} from '../../errors.js';
import type {Store} from '../../plan/index.js';
import {
	canonicalVersion, isWheelMetadata, normalizeName, onlyMetadata, parseMetadata, parseWheelFilename, wheelRank, type Metadata, type Target,
} from '../../python/index.js';
import {readMembers} from '../../system/index.js';
import type {FileResult} from '../step-inputs.js';

/**
The METADATA of a wheel, which must agree with the name of its file.

@param file where the bytes are; its name does not matter.
@throws BuildError STX0416 when it has no METADATA, or that of something else.
*/
export async function readWheelMetadata(file: string, filename: string, at: SourceLocation): Promise<Metadata> {
	return checkWheelMetadata(await readMembers(file, isWheelMetadata, {name: filename}), filename, at);
}

/** @param found the members for which `isWheelMetadata` holds. @throws BuildError STX0416 */
export function checkWheelMetadata(found: ReadonlyMap<string, Buffer>, filename: string, at: SourceLocation): Metadata {
	const {normalized, version} = parseWheelFilename(filename, at);
	const metadata = parseMetadata(onlyMetadata([...found.values()], filename, at).toString('utf8'), at);
	if (normalizeName(metadata.name) !== normalized || canonicalVersion(metadata.version) !== canonicalVersion(version)) {
		throw new BuildError('STX0416', `\`${filename}\` says in its METADATA that it is ${metadata.name} ${metadata.version}`, {at, hint: 'do not use it'});
	}

	return metadata;
}

/** @throws BuildError STX0402 */
export function verifyInstallable(filename: string, target: Target, at: SourceLocation): void {
	if (wheelRank(parseWheelFilename(filename, at), target) === undefined) {
		throw new BuildError('STX0402', `\`${filename}\` cannot be installed on CPython ${target.python}, ${target.arch}, glibc ${target.glibc}`, {at});
	}
}

/** What is kept of a wheel's metadata in results and records. */
export const keptMetadata = ({name, version, requiresDist}: Metadata): NonNullable<FileResult['metadata']> => ({name, version, requiresDist});

/** Puts a wheel into the store. @throws BuildError STX0416 */
export async function storeWheel(file: string, filename: string, store: Store, at: SourceLocation): Promise<FileResult & {readonly metadata: NonNullable<FileResult['metadata']>}> {
	const metadata = await readWheelMetadata(file, filename, at);
	const {digest, size} = await store.add(createReadStream(file));
	return {
		filename, digest, size, metadata: keptMetadata(metadata),
	};
}
