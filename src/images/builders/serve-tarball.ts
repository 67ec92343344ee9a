/** The wheels tarball at an address, for Dockerfiles that download it. */
import {createReadStream} from 'node:fs';
import {stat} from 'node:fs/promises';
import {BuildError} from '../../errors.js';
import type {Digest} from '../../plan/index.js';
import {
	digestOfFile, listen, type HttpAnswer, type HttpOutcome,
} from '../../system/index.js';

/** Builds use the network of this machine. */
const address = '127.0.0.1';

export type Tarball = {
	readonly file: string;
	readonly digest: Digest;
	/** Its last part of the address. */
	readonly name: string;
};

/**
Serves one tarball to this machine alone while `use` runs: StarlingX's Dockerfiles fetch `${WHEELS}` with wget, which
takes no path of a file. Whoever asks for anything else gets nothing.

@throws BuildError STX0610 when the tarball is another than was planned, or was never given whole to who asked for it.
*/
export async function withServedTarball<T>({file, digest, name}: Tarball, use: (url: string) => Promise<T>): Promise<T> {
	if (await digestOfFile(file) !== digest) {
		throw new BuildError('STX0610', `the wheels tarball \`${file}\` has changed since the build was planned`, {at: {file}, hint: 'run stx-build again'});
	}

	const {size} = await stat(file);
	const outcomes: HttpOutcome[] = [];
	const server = await listen({address, port: 0}, {
		async answer({method, target}): Promise<HttpAnswer> {
			if (target !== `/${name}` || !['GET', 'HEAD'].includes(method)) {
				return {status: 404, headers: {'content-length': '0'}};
			}

			return {status: 200, headers: {'content-type': 'application/x-tar', 'content-length': String(size)}, body: createReadStream(file)};
		},
		answered({method}, outcome) {
			if (method === 'GET' && outcome.status === 200) {
				outcomes.push(outcome);
			}
		},
	});
	try {
		const result = await use(`${server.url}/${name}`);
		if (outcomes.length > 0 && !outcomes.some(({isWhole}) => isWhole)) {
			throw new BuildError('STX0610', 'the build has not fetched the whole wheels tarball, and did not mind', {at: {file}, hint: 'let the Dockerfile fail when it cannot fetch WHEELS'});
		}

		return result;
	} finally {
		await server.close();
	}
}
