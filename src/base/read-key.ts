import {readFile} from 'node:fs/promises';
import {BuildError} from '../errors.js';
import {digestOfFile} from '../system/index.js';
import type {RepositoryKey} from './plan-repositories.js';

/** @throws BuildError STX0505 for a file that is not there, or has no OpenPGP certificates in it. */
export async function readRepositoryKey(file: string): Promise<RepositoryKey> {
	const content = await readFile(file).catch((error: unknown) => {
		throw new BuildError('STX0505', `the key of the repositories \`${file}\` cannot be read`, {at: {file}, hint: 'correct --repo-key', cause: error});
	});
	const armored = content.includes('-----BEGIN PGP PUBLIC KEY BLOCK-----');
	// Tags of a public key packet, in the old and the new format: RFC 9580, 4.2.
	if (!armored && ![0x98, 0x99, 0xC6].includes(content[0] ?? 0)) {
		throw new BuildError('STX0505', `\`${file}\` is no file of OpenPGP certificates`, {at: {file}, hint: 'name what `gpg --export` writes, with or without --armor'});
	}

	return {file, digest: await digestOfFile(file), armored};
}
