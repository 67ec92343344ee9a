/** A wheels tarball for tests of what is served of it. */
import {Buffer} from 'node:buffer';
import {createCipheriv} from 'node:crypto';
import {writeFile} from 'node:fs/promises';
import {normalizeName} from '../../src/python/index.js';
import type {ServedTarball, ServedWheel} from '../../src/wheels/serve/served.js';
import {
	sha256Of, tarOf, wheelOf, type MadeFile, type TarMember, type WheelParts,
} from './archives.js';

/** Bytes that no zip makes fewer; always the same. */
export const noise = (length: number): Buffer => createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16)).update(Buffer.alloc(length));

/** Writes a tar with these wheels and the two texts. @returns the wheels */
export async function writeTarball(file: string, wheels: readonly WheelParts[], more: readonly TarMember[] = []): Promise<readonly MadeFile[]> {
	const made = await Promise.all(wheels.map(async parts => wheelOf(parts)));
	await writeFile(file, tarOf([
		...made.map(({filename, content}) => ({path: filename, content})),
		{path: 'global-requirements.txt', content: 'a\n'},
		{path: 'upper-constraints.txt', content: made.map(({filename}) => `${filename.split('-').slice(0, 2).join('===')}\n`).join('')},
		...more,
	]));
	return made;
}

/** What is served of a tarball that is nowhere: of each wheel ten bytes. */
export function servedTarball(wheels: ReadonlyArray<Pick<ServedWheel, 'name' | 'version'> & Partial<ServedWheel>>): ServedTarball {
	const served = wheels.map(({name, version, ...more}, index): ServedWheel => {
		const metadata = Buffer.from(`Name: ${name}\n`);
		return {
			filename: `${name}-${version}-py3-none-any.whl`, name, version, part: {start: 1000 * index, end: (1000 * index) + 10}, sha256: sha256Of(`${name} ${version}`), metadata, metadataSha256: sha256Of(metadata), ...more,
		};
	});
	const names = [...new Set(served.map(({name}) => normalizeName(name)))].toSorted();
	return {
		filename: 'stx-debian-stable-wheels.tar',
		part: {start: 0, end: 10_240},
		sha256: sha256Of('the tarball'),
		projects: new Map(names.map(name => [name, served.filter(wheel => normalizeName(wheel.name) === name)])),
		wheels: new Map(served.map(wheel => [wheel.filename, wheel])),
		texts: new Map([['upper-constraints.txt', {part: {start: 9000, end: 9020}, sha256: sha256Of('constraints')}]]),
	};
}
