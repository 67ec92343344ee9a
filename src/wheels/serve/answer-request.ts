/** What is answered to a request for a wheels tarball or the index of its wheels. A function of both, and of nothing else. */
import {Buffer} from 'node:buffer';
import {createHash} from 'node:crypto';
import {isName, normalizeName} from '../../python/index.js';
import type {HttpRequest} from '../../system/index.js';
import {answerContent, answerText, type Answer} from './answer-content.js';
import {formatOverview, formatProject, formatProjectList} from './format-simple.js';
import {choosePageType, type PageType} from './parse-accept.js';
import type {ServedFile, ServedTarball} from './served.js';

export type {Answer} from './answer-content.js';

/** What is under an address that holds a digest is always the same. */
const forEver = {'cache-control': 'public, max-age=31536000, immutable'};

/** What the next build may change is asked for again each time; with its tag that costs nothing. */
const untilChanged = {'cache-control': 'no-cache'};

/**
Answers one request.

	/                              for people
	/stx-debian-stable-wheels.tar  the tarball
	/upper-constraints.txt         and global-requirements.txt: as they are in it
	/simple/                       the index
	/simple/NAME/                  the wheels of a project
	/files/SHA256/FILENAME         a wheel, and with `.metadata` behind it the wheel's METADATA
*/
export function answerRequest({method, target, headers}: Pick<HttpRequest, 'method' | 'target' | 'headers'>, tarball: ServedTarball): Answer {
	if (method !== 'GET' && method !== 'HEAD') {
		return answerText(405, `${method} is not possible here`, {allow: 'GET, HEAD'});
	}

	const [path, query] = splitTarget(target);
	const segments = path === undefined ? undefined : parseSegments(path);
	if (!segments) {
		return answerText(400, 'the address cannot be read');
	}

	const [first = '', ...rest] = segments;
	if (first === 'simple') {
		return answerIndex(rest, {accept: headers.accept, format: new URLSearchParams(query).get('format') ?? undefined, headers}, tarball);
	}

	if (first === 'files' && rest.length === 2) {
		return answerFile(rest as [string, string], headers, tarball);
	}

	if (rest.length > 0) {
		return notFound();
	}

	if (first === '') {
		return answerPage(formatOverview(tarball), 'text/html', headers);
	}

	const text = tarball.texts.get(first);
	if (text) {
		return answerStored(text, 'text/plain; charset=utf-8', headers);
	}

	return first === tarball.filename ? answerStored(tarball, 'application/x-tar', headers) : notFound();
}

type Headers = HttpRequest['headers'];

type Asked = {readonly accept: string | undefined; readonly format: string | undefined; readonly headers: Headers};

function answerIndex(segments: readonly string[], {accept, format, headers}: Asked, {projects}: ServedTarball): Answer {
	const type = choosePageType(accept, format);
	if (!type) {
		return answerText(406, 'the index is there as application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html and text/html', {vary: 'accept'});
	}

	const [name, slash, ...more] = segments;
	if (name === undefined) {
		return answerMoved('simple/');
	}

	if (name === '') {
		return slash === undefined ? answerPage(formatProjectList({projects}, type), type, headers) : notFound();
	}

	if (!isName(name) || more.length > 0 || (slash !== undefined && slash !== '')) {
		return notFound();
	}

	const normalized = normalizeName(name);
	if (slash === undefined || name !== normalized) {
		return answerMoved(slash === undefined ? `${normalized}/` : `../${normalized}/`);
	}

	const wheels = projects.get(normalized);
	return wheels ? answerPage(formatProject(normalized, wheels, type), type, headers) : notFound();
}

function answerFile([sha256, name]: readonly [string, string], headers: Headers, {wheels}: ServedTarball): Answer {
	const wheel = wheels.get(name.replace(/\.metadata$/, ''));
	if (wheel?.sha256 !== sha256) {
		return notFound();
	}

	return name === wheel.filename
		? answerStored(wheel, 'application/octet-stream', headers, forEver)
		: answerContent({headers}, {
			type: 'text/plain; charset=utf-8', sha256: wheel.metadataSha256, headers: forEver, body: wheel.metadata,
		});
}

const answerStored = ({part, sha256}: ServedFile, type: string, headers: Headers, caching: Readonly<Record<string, string>> = untilChanged): Answer =>
	answerContent({headers}, {
		type, sha256, headers: caching, body: {part},
	});

function answerPage(text: string, type: PageType, headers: Headers): Answer {
	const body = Buffer.from(text);
	return answerContent({headers}, {
		type: type === 'text/html' ? 'text/html; charset=utf-8' : type,
		sha256: createHash('sha256').update(body).digest('hex'),
		headers: {...untilChanged, vary: 'accept'},
		body,
	});
}

const answerMoved = (location: string): Answer => answerText(301, `it is at ${location}`, {location, 'cache-control': 'no-cache'});

const notFound = (): Answer => answerText(404, 'there is nothing of that name');

/** Path and query. The path is looked up in the tarball, and in no folder: `..` is a name like any other, which nothing has. */
function splitTarget(target: string): readonly [string | undefined, string] {
	const path = target.replace(/^https?:\/\/[^\/?]*/iv, '');
	const mark = path.indexOf('?');
	return mark === -1 ? [path, ''] : [path.slice(0, mark), path.slice(mark + 1)];
}

/** The parts between slashes, without escapes; undefined when it is no path. */
function parseSegments(path: string): readonly string[] | undefined {
	try {
		return path.startsWith('/') ? path.slice(1).split('/').map(segment => decodeURIComponent(segment)) : undefined;
	} catch {
		// A `%` that is no escape.
		return undefined;
	}
}
