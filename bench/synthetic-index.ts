/** A package index on this machine with distributions made up for a measurement, and the configuration that asks for them all. */
import {Buffer} from 'node:buffer';
import {createHash, randomBytes} from 'node:crypto';
import {once} from 'node:events';
import {cp, mkdir, writeFile} from 'node:fs/promises';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import path from 'node:path';
import {buffer} from 'node:stream/consumers';
import yazl from 'yazl';

export type SyntheticIndex = {
	/** Simple API, as `--index` takes it. */
	readonly url: string;
	/** What was asked of whole files. */
	readonly served: {files: number};
	/** Names of the distributions: each but the first is what another one requires, that of number n by (n - 1) / 2. */
	readonly names: readonly string[];
	/** Writes build-config/ with the image `stx-synthetic`, which needs all the distributions, and wheels/ as below. */
	writeConfig(folder: string, project: string): Promise<void>;
	/** Writes wheels/ with the upper constraints of the distributions. @param versions of those that are not to have version 1.0. */
	writeWheels(folder: string, project: string, versions?: Readonly<Record<string, string>>): Promise<void>;
	close(): Promise<void>;
};

type Wheel = {readonly name: string; readonly filename: string; readonly data: Buffer; readonly sha256: string; readonly metadata: string};

/** @param bytes size of the one data file in each wheel. @param versions that there are of each distribution. */
export async function createSyntheticIndex({distributions, bytes, versions = ['1.0']}: {readonly distributions: number; readonly bytes: number; readonly versions?: readonly string[]}): Promise<SyntheticIndex> {
	const nameOf = (index: number): string => `synthetic-${String(index).padStart(4, '0')}`;
	const names = Array.from({length: distributions}, (_, index) => nameOf(index));
	const wheels = await Promise.all(names.flatMap((name, index) => versions.map(async version => {
		// A tree: each but the first is what another requires.
		const requires = [(2 * index) + 1, (2 * index) + 2].filter(other => other < distributions).map(other => nameOf(other));
		return makeWheel({name, version}, requires, bytes);
	})));
	const byFile = new Map(wheels.map(wheel => [wheel.filename, wheel]));
	const served = {files: 0};
	const server = createServer((request, response) => {
		const [kind, name = ''] = (request.url ?? '').split('/').filter(part => part !== '');
		const isMetadata = name.endsWith('.metadata');
		const found = kind === 'simple' ? wheels.filter(wheel => wheel.name === name) : [byFile.get(name.replace(/\.metadata$/, ''))];
		const [wheel] = found;
		if (wheel === undefined) {
			// What else is asked for (the toolchain) is the real index's to give.
			response.writeHead(302, {location: `https://pypi.org${request.url ?? ''}`}).end();
		} else if (kind === 'simple') {
			const files = found.map(each => ({
				filename: each!.filename, url: `/files/${each!.filename}`, hashes: {sha256: each!.sha256}, size: each!.data.length, 'core-metadata': {sha256: sha256Of(Buffer.from(each!.metadata))},
			}));
			response.writeHead(200, {'content-type': 'application/vnd.pypi.simple.v1+json'}).end(JSON.stringify({
				meta: {'api-version': '1.1'}, name, versions, files,
			}));
		} else {
			served.files += isMetadata ? 0 : 1;
			const body = isMetadata ? Buffer.from(wheel.metadata) : wheel.data;
			response.writeHead(200, {'content-type': 'application/octet-stream', 'content-length': body.length}).end(body);
		}
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

	const writeWheels: SyntheticIndex['writeWheels'] = async (folder, project, changed = {}) => {
		const place = path.join(folder, 'wheels', 'debian-trixie');
		const requirements = path.join(place, 'requirements');
		await mkdir(requirements, {recursive: true});
		await cp(path.join(project, 'wheels', 'debian-trixie', 'openstack-requirements', '2026.1', 'global-requirements.txt'), path.join(requirements, 'global-requirements.txt'));
		await writeFile(path.join(requirements, 'upper-constraints.txt'), names.map(name => `${name}===${changed[name] ?? '1.0'}\n`).join(''));
		await writeFile(path.join(place, 'openstack.cfg'), 'STABLE_OPENSTACK_REQ_URL="requirements"\n');
		await writeFile(path.join(place, 'stable-wheels.cfg'), '');
	};

	return {
		url: `${origin}/simple`,
		served,
		names,
		async writeConfig(folder, project) {
			const images = path.join(folder, 'build-config', 'images');
			await mkdir(images, {recursive: true});
			await writeFile(path.join(images, 'synthetic.ini'), `[image]\nBUILDER = loci\nLABEL = stx-synthetic\nPROJECT = infra\nPROJECT_REPO = nil\nPIP_PACKAGES = ${names.join(' ')}\n`);
			await writeWheels(folder, project);
		},
		writeWheels,
		async close() {
			server.closeAllConnections();
			server.close();
			await once(server, 'close');
		},
	};
}

async function makeWheel({name, version}: {readonly name: string; readonly version: string}, requires: readonly string[], bytes: number): Promise<Wheel> {
	const module = name.replaceAll('-', '_');
	const info = `${module}-${version}.dist-info`;
	const metadata = `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n${requires.map(other => `Requires-Dist: ${other}\n`).join('')}`;
	const members: ReadonlyArray<readonly [string, Buffer]> = [
		[`${module}/data.bin`, randomBytes(bytes)],
		[`${module}/__init__.py`, Buffer.from('')],
		[`${info}/METADATA`, Buffer.from(metadata)],
		[`${info}/WHEEL`, Buffer.from('Wheel-Version: 1.0\nGenerator: bench\nRoot-Is-Purelib: true\nTag: py3-none-any\n')],
	];
	const record = [...members.map(([member, data]) => `${member},sha256=${createHash('sha256').update(data).digest('base64url')},${data.length}`), `${info}/RECORD,,`];
	const zip = new yazl.ZipFile();
	for (const [member, data] of [...members, [`${info}/RECORD`, Buffer.from(`${record.join('\n')}\n`)] as const]) {
		zip.addBuffer(data, member, {compress: false});
	}

	zip.end();
	const data = await buffer(zip.outputStream);
	return {
		name, filename: `${module}-${version}-py3-none-any.whl`, data, sha256: sha256Of(data), metadata,
	};
}

const sha256Of = (data: Buffer): string => createHash('sha256').update(data).digest('hex');
