/** PEP 691 with PEP 700, 714 and 792. */
import * as z from 'zod';
import {BuildError} from '../errors.js';
import type {IndexFile, IndexPage, Packument} from './packument.js';
import {verifyApiVersion} from './parse-api-version.js';
import {parseStatus} from './parse-status.js';
import {parseFileUrl} from './parse-file-url.js';

const hashes = z.record(z.string(), z.string());
const metadata = z.union([z.boolean(), hashes]);

/** The keys that are used; others are ignored, as the standard asks. */
const pageShape = z.object({
	meta: z.object({'api-version': z.string()}),
	name: z.string(),
	files: z.array(z.object({
		filename: z.string(),
		url: z.string(),
		hashes: hashes.default({}),
		'requires-python': z.string().nullish(),
		yanked: z.union([z.boolean(), z.string()]).nullish(),
		size: z.int().nonnegative().nullish(),
		'upload-time': z.string().nullish(),
		'core-metadata': metadata.nullish(),
		'dist-info-metadata': metadata.nullish(),
	})),
	'project-status': z.object({status: z.string().nullish(), reason: z.string().nullish()}).nullish(),
});

type PageFile = z.infer<typeof pageShape>['files'][number];

/** @throws BuildError STX0305, STX0310 */
export function parseIndexJson({body, url, name}: IndexPage): Packument {
	let json: unknown;
	try {
		json = JSON.parse(body.replace(/^\uFEFF/, ''));
	} catch (error) {
		throw new BuildError('STX0305', `the page of \`${name}\` is not JSON: ${(error as Error).message}`, {at: {url}});
	}

	const version = z.object({meta: z.object({'api-version': z.string()})}).safeParse(json).data?.meta['api-version'];
	const warnings = verifyApiVersion(version, url);
	const page = pageShape.safeParse(json);
	if (!page.success) {
		const [issue] = page.error.issues;
		throw new BuildError('STX0305', `the page of \`${name}\` is not what PEP 691 defines: \`${issue!.path.join('.')}\`: ${issue!.message}`, {at: {url}});
	}

	const status = page.data['project-status'];
	return {
		name: page.data.name,
		files: page.data.files.flatMap(file => toFile(file, url) ?? []),
		status: parseStatus(status?.status ?? undefined),
		...(status?.reason && {statusReason: status.reason}),
		warnings,
	};
}

function toFile(file: PageFile, page: string): IndexFile | undefined {
	const link = parseFileUrl(file.url, page);
	if (link === undefined || /[/\\\0]/.test(file.filename)) {
		return undefined;
	}

	const sha256 = findSha256(file.hashes) ?? link.sha256;
	const offered = file['core-metadata'] ?? file['dist-info-metadata'] ?? false;
	const metadataSha256 = typeof offered === 'object' ? findSha256(offered) : undefined;
	return {
		filename: file.filename,
		url: link.url,
		...(sha256 !== undefined && {sha256}),
		...(typeof file.size === 'number' && {size: file.size}),
		...(file['requires-python'] && {requiresPython: file['requires-python']}),
		...((file.yanked === true || typeof file.yanked === 'string') && {yanked: file.yanked === '' ? true as const : file.yanked}),
		...(offered !== false && {metadata: metadataSha256 === undefined ? {} : {sha256: metadataSha256}}),
		...(file['upload-time'] && {uploadTime: file['upload-time']}),
	};
}

function findSha256(stated: Readonly<Record<string, string>>): string | undefined {
	const value = Object.entries(stated).find(([algorithm]) => algorithm.toLowerCase() === 'sha256')?.[1].toLowerCase();
	return value !== undefined && /^[\da-f]{64}$/.test(value) ? value : undefined;
}
