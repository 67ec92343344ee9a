/** One blob from a repository to another one. */
import {createHash} from 'node:crypto';
import {Readable} from 'node:stream';
import {BuildError} from '../errors.js';
import {httpFailure, pause, type RetryPolicy} from '../system/index.js';
import {isPassing, notePassing, reasonOf} from './passing-failure.js';
import type {Blob} from './registry.js';
import type {Place} from './session.js';

/** `there`: the target had it. `mounted`: the registry took it from its other repository. `sent`: it went through this machine. */
export type CopiedBlob = 'there' | 'mounted' | 'sent';

/**
Brings a blob into a repository, whose digest it is verified to have.

@throws BuildError STX0721 when the source gives other bytes, STX0908 and STX0909 when one of the two fails and keeps failing, STX0003.
*/
export async function copyBlob(blob: Blob, {from, to}: {readonly from: Place; readonly to: Place}, {retry, signal}: {readonly retry: RetryPolicy; readonly signal: AbortSignal}): Promise<CopiedBlob> {
	const {session, repository} = to;
	const there = await session.ask({
		method: 'HEAD', path: `${repository}/blobs/${blob.digest}`, repository, rights: 'pull,push', expected: [404],
	});
	if (there.statusCode !== 404) {
		return 'there';
	}

	if (from.registry === to.registry) {
		const mounted = await session.ask({
			method: 'POST', path: `${repository}/blobs/uploads/?mount=${encodeURIComponent(blob.digest)}&from=${encodeURIComponent(from.repository)}`, repository, rights: 'pull,push', alsoFrom: from.repository,
		});
		if (mounted.statusCode === 201) {
			return 'mounted';
		}
		// Else an upload was begun, which the registry forgets in time.
	}

	for (let attempt = 1; ; attempt++) {
		try {
			await sendBlob(blob, {from, to}, signal);
			return 'sent';
		} catch (error) {
			const wait = isPassing(error) && attempt <= retry.limit ? retry.delay(attempt) : undefined;
			if (wait === undefined) {
				throw error;
			}

			await pause(wait, `\`${to.registry}\``, {signal});
		}
	}
}

async function sendBlob({digest, size}: Blob, {from, to}: {readonly from: Place; readonly to: Place}, signal: AbortSignal): Promise<void> {
	const {session, repository} = to;
	const begun = await session.ask({
		method: 'POST', path: `${repository}/blobs/uploads/`, repository, rights: 'pull,push',
	});
	const {location} = begun.headers;
	if (location === undefined) {
		throw new BuildError('STX0724', `\`${to.registry}\` does not say where a blob is to be sent`);
	}

	const target = new URL(location, begun.url);
	target.searchParams.set('digest', digest);
	const source = await from.session.open(from.repository, digest);
	let failure: unknown;
	const verified = async function * (): AsyncGenerator<Uint8Array> {
		const hash = createHash('sha256');
		try {
			for await (const chunk of source as AsyncIterable<Uint8Array>) {
				hash.update(chunk);
				yield chunk;
			}

			const found = `sha256:${hash.digest('hex')}`;
			if (found !== digest) {
				throw new BuildError('STX0721', `a blob of \`${from.registry}/${from.repository}\` has the digest \`${found}\`, and should have \`${digest}\``);
			}
		} catch (error) {
			// What the source did is what is told, and not that the target got no end.
			failure = notePassing(httpFailure(error, `https://${from.registry}/v2/${from.repository}/blobs/${digest}`, signal), reasonOf(error));
			throw error;
		}
	};

	try {
		await session.ask({
			method: 'PUT', path: target.href, repository, rights: 'pull,push', headers: {'content-type': 'application/octet-stream', 'content-length': String(size)}, body: Readable.from(verified(), {objectMode: false}),
		});
	} catch (error) {
		throw failure ?? error;
	} finally {
		source.destroy();
	}
}
