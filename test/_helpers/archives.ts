/** Archives for tests: ordinary wheels and sdists, and those that nobody should unpack. */
import {Buffer} from 'node:buffer';
import {createHash} from 'node:crypto';
import {buffer} from 'node:stream/consumers';
import {gzipSync} from 'node:zlib';
import {Header, type HeaderData} from 'tar';
import {ZipFile} from 'yazl';

export type TarMember = {
	readonly path: string;
	readonly content?: string | Uint8Array;
	readonly type?: HeaderData['type'];
	readonly linkpath?: string;
	readonly mode?: number;
	/** What the header says, where that is not the truth. */
	readonly size?: number;
	readonly mtime?: Date;
};

/** A tar with exactly these members, however wrong. */
export function tarOf(members: readonly TarMember[]): Buffer {
	const blocks: Uint8Array[] = [];
	for (const {content = '', type = 'File', ...member} of members) {
		const bytes = Buffer.from(content as Uint8Array);
		const block = Buffer.alloc(512);
		new Header({
			mode: 0o644, uid: 1000, gid: 1000, mtime: new Date('2024-05-06T07:08:09Z'), size: bytes.length, type, ...member,
		}).encode(block);
		blocks.push(block, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512));
	}

	return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

export type ZipMember = {
	readonly path: string;
	readonly content?: string | Uint8Array;
	/** `st_mode`, with the type. */
	readonly mode?: number;
	/** The name that takes the place of `path` in the archive; of the same length, for names a zip library would refuse. */
	readonly truePath?: string;
	/** Only in the central directory, not in the member's own header. */
	readonly centralPath?: string;
};

/** A zip with exactly these members, however wrong. */
export async function zipOf(members: readonly ZipMember[]): Promise<Buffer> {
	const zip = new ZipFile();
	for (const {path, content = '', mode = 0o10_0644} of members) {
		if (path.endsWith('/')) {
			zip.addEmptyDirectory(path);
		} else {
			zip.addBuffer(Buffer.from(content as Uint8Array), path, {mode, mtime: new Date(2024, 4, 6), forceDosTimestamp: true});
		}
	}

	zip.end();
	const bytes = await buffer(zip.outputStream);
	for (const {path, truePath, centralPath} of members) {
		const first = bytes.indexOf(path);
		const last = bytes.lastIndexOf(path);
		if (truePath !== undefined) {
			bytes.write(truePath, first);
			bytes.write(truePath, last);
		}

		if (centralPath !== undefined) {
			bytes.write(centralPath, last);
		}
	}

	return bytes;
}

export type WheelParts = {
	readonly name: string;
	readonly version: string;
	readonly requires?: readonly string[];
	readonly tag?: string;
	readonly files?: Readonly<Record<string, string | Uint8Array>>;
	/** Name in the metadata, where it is another. */
	readonly metadataName?: string;
	readonly requiresPython?: string;
};

export type MadeFile = {readonly filename: string; readonly content: Buffer; readonly sha256: string; readonly metadata: string};

export const sha256Of = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

function metadataOf({name, version, requires = [], metadataName = name, requiresPython}: WheelParts): string {
	return ['Metadata-Version: 2.2', `Name: ${metadataName}`, `Version: ${version}`, ...(requiresPython === undefined ? [] : [`Requires-Python: ${requiresPython}`]), ...requires.map(text => `Requires-Dist: ${text}`), '', 'A test.', ''].join('\n');
}

/** A wheel that pip would install. */
export async function wheelOf(parts: WheelParts): Promise<MadeFile> {
	const {name, version, tag = 'py3-none-any', files = {}} = parts;
	const escaped = name.replaceAll(/[-_.]+/g, '_');
	const metadata = metadataOf(parts);
	const folder = `${escaped}-${version}.dist-info`;
	const members: Record<string, string | Uint8Array> = {
		[`${escaped}/__init__.py`]: `version = '${version}'\n`,
		...files,
		[`${folder}/METADATA`]: metadata,
		[`${folder}/WHEEL`]: `Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: ${tag}\n`,
	};
	const record = Object.entries(members).map(([path, content]) => `${path},sha256=${createHash('sha256').update(content).digest('base64url')},${Buffer.byteLength(content)}`);
	members[`${folder}/RECORD`] = [...record, `${folder}/RECORD,,`, ''].join('\n');
	const content = await zipOf(Object.entries(members).map(([path, bytes]) => ({path, content: bytes})));
	return {
		filename: `${escaped}-${version}-${tag}.whl`, content, sha256: sha256Of(content), metadata,
	};
}

/** An sdist with a setup.py. */
export function sdistOf(parts: WheelParts): MadeFile {
	const {name, version, files = {}} = parts;
	const escaped = name.replaceAll(/[-_.]+/g, '_').toLowerCase();
	const metadata = metadataOf(parts);
	const root = `${escaped}-${version}`;
	const members = {'PKG-INFO': metadata, 'setup.py': `from setuptools import setup\nsetup(name='${name}', version='${version}', py_modules=[])\n`, ...files};
	const content = gzipSync(tarOf([
		{path: `${root}/`, type: 'Directory', mode: 0o755},
		...Object.entries(members).map(([path, bytes]) => ({path: `${root}/${path}`, content: bytes})),
	]));
	return {
		filename: `${root}.tar.gz`, content, sha256: sha256Of(content), metadata,
	};
}
