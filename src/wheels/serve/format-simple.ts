/** The pages of a package index: PEP 503 (HTML), PEP 691 (JSON), with what PEP 658, 700 and 714 add. Pure. */
import type {PageType} from './parse-accept.js';
import type {ServedTarball, ServedWheel} from './served.js';

/** Of the API: with sizes and versions (PEP 700). */
const apiVersion = '1.1';

const escapeHtml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** The place of a wheel below the root, with its digest: what an address gives never changes. */
export const filePath = ({sha256, filename}: Pick<ServedWheel, 'sha256' | 'filename'>): string => `files/${sha256}/${encodeURIComponent(filename)}`;

const isJson = (type: PageType): boolean => type.endsWith('+json');

const formatPage = (title: string, lines: readonly string[]): string => `${[
	'<!DOCTYPE html>',
	'<html>',
	`<head><meta charset="utf-8"><meta name="pypi:repository-version" content="${apiVersion}"><title>${escapeHtml(title)}</title></head>`,
	'<body>',
	...lines,
	'</body>',
	'</html>',
].join('\n')}\n`;

/** `/simple/`: all projects. */
export function formatProjectList({projects}: Pick<ServedTarball, 'projects'>, type: PageType): string {
	const names = [...projects.keys()];
	return isJson(type)
		? `${JSON.stringify({meta: {'api-version': apiVersion}, projects: names.map(name => ({name}))})}\n`
		: formatPage('Simple index', names.map(name => `<a href="${name}/">${name}</a><br>`));
}

/** `/simple/<name>/`: the wheels of a project. Addresses are relative, so that a proxy may put the index anywhere. */
export function formatProject(name: string, wheels: readonly ServedWheel[], type: PageType): string {
	if (!isJson(type)) {
		return formatPage(`Links for ${name}`, wheels.map(wheel => formatLink(wheel)));
	}

	return `${JSON.stringify({
		meta: {'api-version': apiVersion},
		name,
		versions: [...new Set(wheels.map(({version}) => version))],
		files: wheels.map(wheel => ({
			filename: wheel.filename,
			url: `../../${filePath(wheel)}`,
			hashes: {sha256: wheel.sha256},
			size: wheel.part.end - wheel.part.start,
			...(wheel.requiresPython !== undefined && {'requires-python': wheel.requiresPython}),
			'core-metadata': {sha256: wheel.metadataSha256},
		})),
	})}\n`;
}

function formatLink(wheel: ServedWheel): string {
	const attributes = [
		`href="../../${filePath(wheel)}#sha256=${wheel.sha256}"`,
		...(wheel.requiresPython === undefined ? [] : [`data-requires-python="${escapeHtml(wheel.requiresPython)}"`]),
		`data-core-metadata="sha256=${wheel.metadataSha256}"`,
		// The name that it had first (PEP 658), for older clients. In JSON they stumble over it (PEP 714).
		`data-dist-info-metadata="sha256=${wheel.metadataSha256}"`,
	];
	return `<a ${attributes.join(' ')}>${escapeHtml(wheel.filename)}</a><br>`;
}

/** `/`: for people who look with a browser. */
export function formatOverview({filename, sha256, part, wheels, projects, texts}: ServedTarball): string {
	const item = (path: string, about: string): string => `<li><a href="${escapeHtml(path)}">${escapeHtml(path)}</a> ${escapeHtml(about)}</li>`;
	return formatPage(filename, [
		`<h1>${escapeHtml(filename)}</h1>`,
		'<ul>',
		item(encodeURIComponent(filename), `the wheels tarball: ${part.end - part.start} bytes, sha256 ${sha256}`),
		item('simple/', `its ${wheels.size} wheels of ${projects.size} projects, as a package index`),
		...[...texts.keys()].map(name => item(name, 'as it is in the tarball')),
		'</ul>',
	]);
}
