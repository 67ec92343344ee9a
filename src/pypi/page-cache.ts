/** The pages of an index on disk, with what is needed to ask for them again only if they have changed. */
import {Buffer} from 'node:buffer';
import {createHash} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import {writeWhole} from '../system/index.js';

const headShape = z.object({
	version: z.literal(1),
	/** Where it came from, after redirects. */
	url: z.string(),
	contentType: z.string().optional(),
	etag: z.string().optional(),
	lastModified: z.string().optional(),
	/** Milliseconds since 1970 until which it may be used without asking. */
	freshUntil: z.number(),
});

export type CachedPage = z.infer<typeof headShape> & {readonly body: Buffer};

export type PageCache = {
	/** What was kept for this address; undefined when nothing was, or it cannot be read. */
	read(url: string): Promise<CachedPage | undefined>;
	/** Whole or not at all: two runs may keep the same page at once. */
	keep(url: string, page: CachedPage): Promise<void>;
};

/**
A page is one file: a line of JSON, and the body as it came.

@param folder made when the first page is kept.
*/
export function createPageCache(folder: string): PageCache {
	const fileOf = (url: string) => path.join(folder, createHash('sha256').update(url).digest('hex'));
	return {
		async read(url) {
			try {
				const bytes = await readFile(fileOf(url));
				const end = bytes.indexOf('\n');
				return {...headShape.parse(JSON.parse(bytes.toString('utf8', 0, end))), body: bytes.subarray(end + 1)};
			} catch {
				// A cache that is not there or cannot be read is as good as none.
				return undefined;
			}
		},
		async keep(url, {body, ...head}) {
			await writeWhole(fileOf(url), Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), body]));
		},
	};
}

/**
For how long an answer may be used without asking again (RFC 9111).

@returns seconds; 0 for `no-cache`, `no-store` and where nothing is said.
*/
export function parseMaxAge(cacheControl: string | undefined, age: string | undefined): number {
	const directives = (cacheControl ?? '').toLowerCase().split(',').map(part => part.trim());
	if (directives.includes('no-cache') || directives.includes('no-store')) {
		return 0;
	}

	const stated = directives.map(part => /^max-age="?(?<seconds>\d+)"?$/.exec(part)?.groups?.seconds).find(Boolean);
	const spent = /^\d+$/.test(age ?? '') ? Number(age) : 0;
	return Math.max(0, Number(stated ?? 0) - spent);
}
