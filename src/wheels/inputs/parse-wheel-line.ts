/** One line of a wheel list: `name|type|url[|basedir[|fix_setup]]`, or `name|git|repository|basedir|branch[|fix_setup]`. */
import {BuildError, type ErrorCode} from '../../errors.js';
import {maskSecrets} from '../../mask-secrets.js';
import {
	parseSdistFilename, parseWheelFilename, wheelRank, type Target, type WheelFilename,
} from '../../python/index.js';
import {filenameOfUrl} from '../../url-parts.js';
import {explainTags} from './explain-tags.js';
import type {ListAt, WheelListEntry} from './inputs.js';

/** Something about a line of a wheel list. With an error its wheel cannot be used, with a warning it can. */
export type Finding = {
	readonly severity: 'error' | 'warning';
	readonly problem: BuildError;
	/** The wheel as it is listed, where the line names one. */
	readonly wheel?: string;
	/** The line of that wheel; of two lines for one distribution, the one that gives way. */
	readonly at: ListAt;
};

/** What a line says, as far as it can be read. */
export type Line = {
	readonly at: ListAt;
	/** The name of its wheel. */
	readonly parsed?: WheelFilename;
	/** Absent when the wheel cannot be used. */
	readonly entry?: WheelListEntry;
	readonly findings: readonly Finding[];
};

type Form = {readonly form: string; readonly least: number; readonly most: number; readonly protocols: RegExp};

const overHttp = /^https?:$/v;
const forms: Readonly<Record<WheelListEntry['type'], Form>> = {
	git: {
		form: 'wheel|git|repository|basedir|branch[|fix_setup]', least: 5, most: 6, protocols: /^(?:https?|ssh|git|file):$/v,
	},
	tar: {
		form: 'wheel|tar|url|basedir[|fix_setup]', least: 3, most: 5, protocols: overHttp,
	},
	zip: {
		form: 'wheel|zip|url|basedir[|fix_setup]', least: 3, most: 5, protocols: overHttp,
	},
	pypi: {
		form: 'wheel|pypi|url', least: 3, most: 3, protocols: overHttp,
	},
};

const typeNames = Object.keys(forms).map(name => `\`${name}\``).join(', ');

/** For a line of which nobody can tell what type it is to have. */
const lineForm = `a line has the form \`wheel|type|url\` and more fields by its type: ${typeNames}`;

const isType = (type: string): type is WheelListEntry['type'] => Object.hasOwn(forms, type);

/** The host of PyPI's files: each sdist there has the name of its project. */
const fileHost = 'files.pythonhosted.org';

/** Takes down what is found on a line. */
type Note = {
	error(code: ErrorCode, message: string, hint?: string): void;
	warning(message: string, hint: string): void;
};

/**
Reads a line, and goes on behind what is wrong with it as far as that makes sense: all that is to be mended is told.

@param content without its comment; not empty.
@param comment of the line, where it stands right behind a word.
*/
export function parseWheelLine(content: string, {at, comment, target}: {readonly at: ListAt; readonly comment: string | undefined; readonly target: Target}): Line {
	const findings: Finding[] = [];
	const wheel = /^[^\|]*?\.whl/v.exec(content)?.[0].trim();
	const add = (severity: Finding['severity'], problem: BuildError): void => {
		findings.push({
			severity, problem, at, ...(wheel !== undefined && {wheel}),
		});
	};

	const note: Note = {
		error(code, message, hint) {
			// Who writes a URL with a fragment does not see that the rest of the line is gone.
			const cut = comment === undefined ? [] : [`\`#\` starts a comment, in a URL too: \`${maskSecrets(comment)}\` does not count`];
			const told = [...(hint === undefined ? [] : [hint]), ...cut].join('; ');
			add('error', new BuildError(code, message, {at, ...(told !== '' && {hint: told})}));
		},
		warning(message, hint) {
			add('warning', new BuildError('STX0423', message, {at, hint}));
		},
	};
	const read = readLine(content, at, target, note);
	const isUsable = findings.every(({severity}) => severity === 'warning');
	return {
		at, ...(read?.parsed && {parsed: read.parsed}), ...(isUsable && read?.entry && {entry: read.entry}), findings,
	};
}

function readLine(content: string, at: ListAt, target: Target, note: Note): {readonly parsed: WheelFilename; readonly entry?: WheelListEntry} | undefined {
	const {wheel, type, rest} = splitFields(content, note);
	if (!wheel.endsWith('.whl')) {
		return undefined;
	}

	const parsed = readName(wheel);
	if (!parsed) {
		note.error('STX0401', `\`${wheel}\` is not the file name of a wheel`, 'the form is `name-version-python-abi-platform.whl`');
		return undefined;
	}

	if (type === undefined) {
		return {parsed};
	}

	checkFields(content, type, rest, note);
	const [url = '', basedir = ''] = rest;
	const address = url === '' ? undefined : readUrl(url, type, note);
	if (type === 'pypi') {
		checkServed(parsed, address, target, note);
	} else {
		checkBuilt(parsed, target, note);
		if (address && type !== 'git') {
			checkSdist(parsed, address, note);
		}
	}

	if (basedir.startsWith('/') || basedir.split('/').includes('..')) {
		note.error('STX0401', `basedir \`${basedir}\` leaves the archive`, 'name the project\'s folder in it, without `..`; empty for its top');
	}

	return {
		parsed,
		entry: {
			wheel,
			name: parsed.normalized,
			version: parsed.version,
			type,
			url,
			basedir: basedir === '.' ? '' : basedir.replace(/\/+$/v, ''),
			...(type === 'git' && {branch: rest[2] ?? ''}),
			fixSetup: flagsOf(type, rest).length > 0,
			at,
		},
	};
}

type Fields = {readonly wheel: string; readonly type: WheelListEntry['type'] | undefined; readonly rest: readonly string[]};

/** The fields of a line; a type that is one in all but its spelling is taken for the one that is meant. */
function splitFields(content: string, note: Note): Fields {
	const raw = content.split('|');
	const [first = '', ...others] = raw.map(field => field.trim());
	const padded = raw.find(field => field !== field.trim());
	if (padded !== undefined) {
		note.warning(`there is white space around \`${padded.trim()}\``, 'take it out: StarlingX\'s own tools take it for a part of the field');
	}

	const glued = /^(?<wheel>.+\.whl)(?<type>git|tar|zip|pypi|whl)$/v.exec(first)?.groups;
	if (glued) {
		note.error('STX0401', `a \`|\` is missing between \`${glued.wheel!}\` and \`${glued.type!}\``, 'StarlingX\'s own tools pass over such a line in silence');
	}

	const [wheel, type, ...rest] = glued ? [glued.wheel!, glued.type!, ...others] : [first, ...others];
	if (type === undefined) {
		note.error('STX0401', `\`${content}\` has no \`|\``, lineForm);
		return {wheel, type: undefined, rest: []};
	}

	if (!wheel.endsWith('.whl')) {
		note.error('STX0401', `\`${wheel}\` is not the file name of a wheel`, wheel.includes('.whl') ? 'a `|` is missing behind `.whl`' : lineForm);
		return {wheel, type: undefined, rest};
	}

	if (isType(type)) {
		return {wheel, type, rest};
	}

	const meant = type === 'whl' ? 'pypi' : undefined;
	note.error('STX0401', `\`${type}\` is not a type of a wheel list`, meant ? 'write `pypi` for a finished wheel; StarlingX\'s own tools pass over such a line in silence' : `the types are ${typeNames}`);
	return {wheel, type: meant, rest};
}

const flagsOf = (type: WheelListEntry['type'], rest: readonly string[]): readonly string[] => rest.slice(type === 'git' ? 3 : 2).filter(flag => flag !== '');

function checkFields(content: string, type: WheelListEntry['type'], rest: readonly string[], note: Note): void {
	const {form, least, most} = forms[type];
	if (rest.length + 2 < least || rest[0] === '' || (type === 'git' && rest[2] === '')) {
		note.error('STX0401', `a field is missing in \`${maskSecrets(content)}\``, `the form is \`${form}\``);
	} else if (rest.length + 2 > most || flagsOf(type, rest).some(flag => flag !== 'fix_setup')) {
		note.error('STX0401', `\`${rest.at(-1) ?? ''}\` is one field too many`, `the form is \`${form}\``);
	}
}

/** A URL that a file of this type, or a repository, can be fetched from. */
function readUrl(url: string, type: WheelListEntry['type'], note: Note): URL | undefined {
	const address = URL.canParse(url) ? new URL(url) : undefined;
	if (!address || !forms[type].protocols.test(address.protocol)) {
		const known = address && /^[a-z]+:\/\//v.test(url) ? `: \`${address.protocol.slice(0, -1)}\` is not a protocol it can be fetched by` : '';
		note.error('STX0401', `\`${maskSecrets(url)}\` is not a URL that a \`${type}\` line can have${known}`, type === 'git' ? 'give one with https, ssh, git or file' : 'give one with https or http');
		return undefined;
	}

	// The lock and the record keep a file's URL, and people share these.
	if (maskSecrets(url) !== url) {
		note.error('STX0401', `\`${maskSecrets(url)}\` has a user name or a password`, 'take it out: the lock would show it; a server that asks for one is reached through a proxy or a mirror');
	}

	return address;
}

/** A finished wheel: the file at the URL is the one that is listed, and the target can install it. */
function checkServed(listed: WheelFilename, address: URL | undefined, target: Target, note: Note): void {
	const filename = address ? filenameOfUrl(address) : listed.filename;
	const served = readName(filename);
	if (!served) {
		note.error('STX0401', `the line is for a finished wheel, and its URL is of \`${filename}\``, 'a `pypi` line has the URL of a wheel; for an sdist write `tar` or `zip`');
		return;
	}

	if (served.normalized !== listed.normalized || served.version !== listed.version) {
		note.error('STX0401', `the line is for \`${listed.filename}\`, its URL for \`${filename}\``, 'make the name and the URL agree');
	} else if (filename !== listed.filename) {
		note.warning(`the line is for \`${listed.filename}\`, its URL for \`${filename}\`, which is taken`, 'make the name and the URL agree: StarlingX\'s own tools look for the listed name');
	}

	if (wheelRank(served, target) === undefined) {
		cannotInstall(served, target, note);
	}
}

/** A wheel that is built here: its interpreter and ABI are the target's; the architecture in its listed name does not count. */
function checkBuilt(listed: WheelFilename, target: Target, note: Note): void {
	if (wheelRank({tags: listed.tags.map(tag => tag.replace(/-linux_\w+$/v, `-linux_${target.arch}`))}, target) === undefined) {
		cannotInstall(listed, target, note);
	}
}

/** An sdist: one of the project that the line is for, where its name says which. */
function checkSdist(listed: WheelFilename, address: URL, note: Note): void {
	const filename = filenameOfUrl(address);
	if (filename === '') {
		note.error('STX0401', `\`${address.href}\` names no file`, 'give the address of the sdist');
		return;
	}

	if (filename.endsWith('.whl')) {
		note.error('STX0401', `the line is for an sdist, and its URL is of the wheel \`${filename}\``, 'write `pypi` for a finished wheel');
		return;
	}

	const sdist = parseSdistFilename(filename, listed.normalized);
	// Elsewhere, archives have any name: `v1.2.tar.gz` is one of a tag. Whether they hold the project is seen when they are read.
	if (sdist ? sdist.version !== listed.version : address.hostname === fileHost) {
		note.error('STX0401', `the line is for \`${listed.filename}\`, its URL for \`${filename}\``, 'make the name and the URL agree');
	}
}

function cannotInstall({filename, tags}: WheelFilename, target: Target, note: Note): void {
	note.error('STX0402', `\`${filename}\` is for ${explainTags(tags, target)}, and cannot be installed on CPython ${target.python}, ${target.arch}, glibc ${target.glibc}`, `take a wheel for \`${target.tags[0]!}\`, or build it from its sdist with a \`tar\` line`);
}

function readName(filename: string): WheelFilename | undefined {
	try {
		return parseWheelFilename(filename);
	} catch {
		// What cannot be read is told by who asked.
		return undefined;
	}
}
