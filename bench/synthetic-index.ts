/** A package index on this machine with distributions made up for a measurement, and the configuration that asks for them all. */
import {Buffer} from 'node:buffer';
import {createHash, randomBytes} from 'node:crypto';
import {once} from 'node:events';
import {cp, mkdir, writeFile} from 'node:fs/promises';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import path from 'node:path';
import {buffer} from 'node:stream/consumers';
import {setTimeout} from 'node:timers/promises';
import yazl from 'yazl';

export type SyntheticIndex = {
	/** Simple API, as `--index` takes it. */
	readonly url: string;
	/** What was asked of files, in all. */
	readonly served: {files: number; bytes: number};
	/** Writes wheels/ with a wheel list and upper constraints of all the distributions. */
	writeConfig(folder: string, packageFolder: string): Promise<void>;
	/** Requirements with exact versions, for pip. */
	readonly requirements: readonly string[];
	close(): Promise<void>;
};

export type SyntheticOptions = {
	readonly distributions: number;
	/** Size of the one data file in each wheel. */
	readonly bytes: number;
	/** Milliseconds before each answer, as a network far away has them. */
	readonly latency: number;
};

type Wheel = {readonly name: string; readonly filename: string; readonly data: Buffer; readonly sha256: string};

export async function createSyntheticIndex({distributions, bytes, latency}: SyntheticOptions): Promise<SyntheticIndex> {
	const wheels = new Map<string, Wheel>();
	for (let index = 0; index < distributions; index++) {
		const wheel = await makeWheel(`synthetic-${String(index).padStart(4, '0')}`, bytes);
		wheels.set(wheel.name, wheel);
	}

	const files = new Map([...wheels.values()].map(wheel => [wheel.filename, wheel]));
	const served = {files: 0, bytes: 0};
	const server = createServer(async (request, response) => {
		await setTimeout(latency);
		const [kind, name = ''] = (request.url ?? '').split('/').filter(part => part !== '');
		const wheel = kind === 'simple' ? wheels.get(name) : files.get(name);
		if (wheel === undefined) {
			// What else is asked for (the toolchain) is the real index's to give.
			response.writeHead(302, {location: `https://pypi.org${request.url ?? ''}`}).end();
		} else if (kind === 'simple') {
			const file = {
				filename: wheel.filename, url: `/files/${wheel.filename}`, hashes: {sha256: wheel.sha256}, size: wheel.data.length,
			};
			response.writeHead(200, {'content-type': 'application/vnd.pypi.simple.v1+json'}).end(JSON.stringify({
				meta: {'api-version': '1.1'}, name, versions: ['1.0'], files: [file],
			}));
		} else {
			served.files++;
			served.bytes += wheel.data.length;
			response.writeHead(200, {'content-type': 'application/octet-stream', 'content-length': wheel.data.length}).end(wheel.data);
		}
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

	return {
		url: `${origin}/simple`,
		served,
		requirements: [...wheels.keys()].map(name => `${name}==1.0`),
		async writeConfig(folder, packageFolder) {
			const place = path.join(folder, 'wheels', 'debian-trixie');
			const requirements = path.join(place, 'requirements');
			await mkdir(requirements, {recursive: true});
			await cp(path.join(packageFolder, 'wheels', 'debian-trixie', 'openstack-requirements', '2026.1', 'global-requirements.txt'), path.join(requirements, 'global-requirements.txt'));
			await writeFile(path.join(requirements, 'upper-constraints.txt'), `${[...wheels.keys()].map(name => `${name}===1.0`).join('\n')}\n`);
			await writeFile(path.join(place, 'openstack.cfg'), 'STABLE_OPENSTACK_REQ_URL="requirements"\n');
			await writeFile(path.join(place, 'stable-wheels.cfg'), `${[...files.keys()].map(filename => `${filename}|pypi|${origin}/files/${filename}`).join('\n')}\n`);
		},
		async close() {
			server.closeAllConnections();
			server.close();
			await once(server, 'close');
		},
	};
}

async function makeWheel(name: string, bytes: number): Promise<Wheel> {
	const module = name.replaceAll('-', '_');
	const info = `${module}-1.0.dist-info`;
	const members: ReadonlyArray<readonly [string, Buffer]> = [
		[`${module}/data.bin`, randomBytes(bytes)],
		[`${module}/__init__.py`, Buffer.from('')],
		[`${info}/METADATA`, Buffer.from(`Metadata-Version: 2.1\nName: ${name}\nVersion: 1.0\n`)],
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
		name, filename: `${module}-1.0-py3-none-any.whl`, data, sha256: createHash('sha256').update(data).digest('hex'),
	};
}
