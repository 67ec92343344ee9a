/** PEP 503 with PEP 592, 629, 658, 714 and 792. */
import {Parser} from 'htmlparser2';
import type {IndexFile, IndexPage, Packument} from './packument.js';
import {parseFileUrl} from './parse-file-url.js';
import {verifyApiVersion} from './parse-api-version.js';
import {parseStatus} from './parse-status.js';

type Attributes = Readonly<Record<string, string>>;

/**
Reads a page of links. What is no link to a file is passed over: sites decorate their pages.

@throws BuildError STX0310
*/
export function parseIndexHtml({body, url, name}: IndexPage): Packument {
	const links: Attributes[] = [];
	const meta = new Map<string, string>();
	let base: string | undefined;
	const parser = new Parser({
		onopentag(tag, attributes) {
			if (tag === 'a' && attributes.href !== undefined) {
				links.push(attributes);
			} else if (tag === 'base' && base === undefined && attributes.href !== undefined && URL.canParse(attributes.href, url)) {
				base = new URL(attributes.href, url).href;
			} else if (tag === 'meta' && attributes.name !== undefined) {
				meta.set(attributes.name.toLowerCase(), attributes.content ?? '');
			}
		},
	});
	parser.end(body);

	const warnings = verifyApiVersion(meta.get('pypi:repository-version'), url);
	const reason = meta.get('pypi:project-status-reason');
	return {
		name,
		files: links.flatMap(link => toFile(link, base ?? url) ?? []),
		status: parseStatus(meta.get('pypi:project-status')),
		...(reason && {statusReason: reason}),
		warnings,
	};
}

function toFile(attributes: Attributes, base: string): IndexFile | undefined {
	const link = parseFileUrl(attributes.href!.trim(), base);
	if (link === undefined) {
		return undefined;
	}

	const requiresPython = attributes['data-requires-python'];
	const yanked = attributes['data-yanked'];
	// The second is what pip before 23 and its contemporaries read; PEP 714 says why there are two.
	const metadata = attributes['data-core-metadata'] ?? attributes['data-dist-info-metadata'] ?? 'false';
	const metadataSha256 = /^sha256=(?<digits>[\da-f]{64})$/i.exec(metadata)?.groups?.digits?.toLowerCase();
	return {
		...link,
		...(requiresPython && {requiresPython}),
		...(yanked !== undefined && {yanked: yanked === '' ? true as const : yanked}),
		...(metadata !== 'false' && {metadata: metadataSha256 === undefined ? {} : {sha256: metadataSha256}}),
	};
}
