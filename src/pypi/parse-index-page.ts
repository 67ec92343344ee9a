/** A project's page of the simple repository API: PEP 503 (HTML) and PEP 691 (JSON), which the Content-Type tells apart. */
import {BuildError} from '../errors.js';
import {verifyApiVersion} from './parse-api-version.js';
import type {IndexPage, Packument} from './packument.js';
import {parseIndexHtml} from './parse-index-html.js';
import {parseIndexJson} from './parse-index-json.js';

/**
Reads a page. Where the Content-Type says neither JSON nor HTML, or says HTML of what begins as JSON does, the first
character decides.

@throws BuildError STX0305 for a page that is neither or is malformed, STX0310 for a version of the API that is not known.
*/
export function parseIndexPage(page: IndexPage): Packument {
	const type = (page.contentType ?? '').split(';')[0]!.trim().toLowerCase();
	const version = /^application\/vnd\.pypi\.simple\.v(?<major>\d+)\+(?:json|html)$/.exec(type)?.groups?.major;
	if (version !== undefined) {
		verifyApiVersion(`${version}.0`, page.url);
	}

	const start = page.body.replace(/^\uFEFF/, '').trimStart()[0];
	if (start === '{') {
		return parseIndexJson(page);
	}

	if (start === '<' || (type.includes('html') && start === undefined)) {
		return parseIndexHtml(page);
	}

	throw new BuildError('STX0305', `the page of \`${page.name}\` is neither JSON nor HTML but \`${type === '' ? 'nothing stated' : type}\``, {at: {url: page.url}, hint: 'check that --index names a package index: its address ends in /simple at most sites'});
}
