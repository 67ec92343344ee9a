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
	/** Writes build-config/ with the image `stx-synthetic`, which needs all the distributions, and wheels/ with their upper constraints. */
	writeConfig(folder: string, project: string): Promise<void>;
	close(): Promise<void>;
};

type Wheel = {readonly name: string; readonly filename: string; readonly data: Buffer; readonly sha256: string; readonly metadata: string};

/** @param bytes size of the one data file in each wheel. */
export async function createSyntheticIndex({distributions, bytes}: {readonly distributions: number; readonly bytes: number}): Promise<SyntheticIndex> {
	const nameOf = (index: number): string => `synthetic-${String(index).padStart(4, '0')}`;
	const wheels = await Promise.all(Array.from({length: distributions}, async (_, index) => {
		// A tree: each but the first is what another requires.
		const requires = [(2 * index) + 1, (2 * index) + 2].filter(other => other < distributions).map(other => nameOf(other));
		return makeWheel(nameOf(index), requires, bytes);
	}));
	const byName = new Map(wheels.map(wheel => [wheel.name, wheel]));
	const byFile = new Map(wheels.map(wheel => [wheel.filename, wheel]));
	const served = {files: 0};
	const server = createServer((request, response) => {
		const [kind, name = ''] = (request.url ?? '').split('/').filter(part => part !== '');
		const isMetadata = name.endsWith('.metadata');
		const wheel = kind === 'simple' ? byName.get(name) : byFile.get(name.replace(/\.metadata$/, ''));
		if (wheel === undefined) {
			// What else is asked for (the toolchain) is the real index's to give.
			response.writeHead(302, {location: `https://pypi.org${request.url ?? ''}`}).end();
		} else if (kind === 'simple') {
			const file = {
				filename: wheel.filename, url: `/files/${wheel.filename}`, hashes: {sha256: wheel.sha256}, size: wheel.data.length, 'core-metadata': {sha256: sha256Of(Buffer.from(wheel.metadata))},
			};
			response.writeHead(200, {'content-type': 'application/vnd.pypi.simple.v1+json'}).end(JSON.stringify({
				meta: {'api-version': '1.1'}, name, versions: ['1.0'], files: [file],
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

	return {
		url: `${origin}/simple`,
		served,
		async writeConfig(folder, project) {
			const images = path.join(folder, 'build-config', 'images');
			const place = path.join(folder, 'wheels', 'debian-trixie');
			const requirements = path.join(place, 'requirements');
			await mkdir(images, {recursive: true});
			await mkdir(requirements, {recursive: true});
			await writeFile(path.join(images, 'synthetic.ini'), `[image]\nBUILDER = loci\nLABEL = stx-synthetic\nPROJECT = infra\nPROJECT_REPO = nil\nPIP_PACKAGES = ${[...byName.keys()].join(' ')}\n`);
			await cp(path.join(project, 'wheels', 'debian-trixie', 'openstack-requirements', '2026.1', 'global-requirements.txt'), path.join(requirements, 'global-requirements.txt'));
			await writeFile(path.join(requirements, 'upper-constraints.txt'), [...byName.keys()].map(name => `${name}===1.0\n`).join(''));
			await writeFile(path.join(place, 'openstack.cfg'), 'STABLE_OPENSTACK_REQ_URL="requirements"\n');
			await writeFile(path.join(place, 'stable-wheels.cfg'), '');
		},
		async close() {
			server.closeAllConnections();
			server.close();
			await once(server, 'close');
		},
	};
}

async function makeWheel(name: string, requires: readonly string[], bytes: number): Promise<Wheel> {
	const module = name.replaceAll('-', '_');
	const info = `${module}-1.0.dist-info`;
	const metadata = `Metadata-Version: 2.1\nName: ${name}\nVersion: 1.0\n${requires.map(other => `Requires-Dist: ${other}\n`).join('')}`;
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
		name, filename: `${module}-1.0-py3-none-any.whl`, data, sha256: sha256Of(data), metadata,
	};
}

const sha256Of = (data: Buffer): string => createHash('sha256').update(data).digest('hex');
