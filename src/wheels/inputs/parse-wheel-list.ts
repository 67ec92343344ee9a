/** StarlingX's wheel list: `name|type|url[|basedir[|fix_setup]]`, and `name|git|repository|basedir|branch[|fix_setup]`. */
import {BuildError, collect, throwProblems} from '../../errors.js';
import {maskSecrets} from '../../mask-secrets.js';
import {
	parseWheelFilename, wheelRank, type Target, type WheelFilename,
} from '../../python/index.js';
import type {WheelListEntry} from './inputs.js';

type At = {readonly file: string; readonly line: number};

const forms: Readonly<Record<WheelListEntry['type'], {readonly form: string; readonly least: number; readonly most: number}>> = {
	git: {form: 'wheel|git|repository|basedir|branch[|fix_setup]', least: 5, most: 6},
	tar: {form: 'wheel|tar|url|basedir[|fix_setup]', least: 3, most: 5},
	zip: {form: 'wheel|zip|url|basedir[|fix_setup]', least: 3, most: 5},
	pypi: {form: 'wheel|pypi|url', least: 3, most: 3},
};

const isType = (type: string): type is WheelListEntry['type'] => Object.hasOwn(forms, type);

/**
Reads a wheel list as StarlingX's tools do (`#` starts a comment anywhere), but lets nothing pass that they skip in
silence.

@param file name for messages.
@param target what the wheels must be installable on. A wheel that is built here gets the target's architecture, so
the one in its listed name does not count.
@throws BuildError STX0401 for a line of no known form, STX0402 for a wheel the target cannot install, STX0403 for a
project that is listed twice; all at once.
*/
export function parseWheelList(text: string, file: string, target: Target): readonly WheelListEntry[] {
	const problems: BuildError[] = [];
	const entries = new Map<string, WheelListEntry>();
	for (const [index, raw] of text.split(/\r?\n/v).entries()) {
		const {content, comment} = splitComment(raw);
		if (content === '') {
			continue;
		}

		const at = {file, line: index + 1};
		const entry = collect(problems, () => explainComment(comment, () => parseLine(content, at, target)));
		if (!entry) {
			continue;
		}

		const earlier = entries.get(entry.name);
		if (earlier) {
			problems.push(new BuildError('STX0403', `\`${entry.name}\` is listed twice: \`${earlier.wheel}\` and \`${entry.wheel}\``, {at: [earlier.at, at], hint: 'keep one of the two lines'}));
		} else {
			entries.set(entry.name, entry);
		}
	}

	throwProblems(problems);
	return [...entries.values()];
}

/** A line without its comment; and the comment, with its `#`, where that stands right behind a word, as in a URL. */
function splitComment(line: string): {readonly content: string; readonly comment: string | undefined} {
	const start = line.indexOf('#');
	if (start === -1) {
		return {content: line.trim(), comment: undefined};
	}

	return {content: line.slice(0, start).trim(), comment: /\S$/v.test(line.slice(0, start)) ? line.slice(start).trim() : undefined};
}

/** Who writes a URL with a fragment does not see that the rest of the line is gone. */
function explainComment<T>(comment: string | undefined, parse: () => T): T {
	try {
		return parse();
	} catch (error) {
		if (comment === undefined || !(error instanceof BuildError)) {
			throw error;
		}

		const {code, message, at, hint, cause} = error;
		const told = `\`#\` starts a comment, in a URL too: \`${comment}\` does not count`;
		throw new BuildError(code, message, {at, cause, hint: hint === undefined ? told : `${hint}; ${told}`});
	}
}

function parseLine(content: string, at: At, target: Target): WheelListEntry {
	const {wheel, type, rest} = splitFields(content, at);
	const {form, least, most} = forms[type];
	const [url = '', basedir = ''] = rest;
	const branch = type === 'git' ? rest[2] : undefined;
	const flags = rest.slice(type === 'git' ? 3 : 2).filter(flag => flag !== '');
	if (rest.length + 2 < least || url === '' || branch === '') {
		throw wrongLine(`a field is missing in \`${content}\``, at, `the form is \`${form}\``);
	}

	if (rest.length + 2 > most || flags.some(flag => flag !== 'fix_setup')) {
		throw wrongLine(`\`${rest.at(-1) ?? ''}\` is one field too many`, at, `the form is \`${form}\``);
	}

	if (!URL.canParse(url) || !/^(?:https?|ssh|git|file):$/v.test(new URL(url).protocol)) {
		throw wrongLine(`\`${url}\` is not a URL`, at);
	}

	// The lock and the record keep a file's URL, and people share these.
	if (maskSecrets(url) !== url) {
		throw wrongLine(`\`${maskSecrets(url)}\` has a user name or a password`, at, 'take it out: the lock would show it; a server that asks for one is reached through a proxy or a mirror');
	}

	if (basedir.startsWith('/') || basedir.split('/').includes('..')) {
		throw wrongLine(`basedir \`${basedir}\` leaves the archive`, at);
	}

	const parsed = parseName(wheel, at);
	if (type === 'pypi') {
		verifyServed(parsed, url, at, target);
	} else if (wheelRank({tags: parsed.tags.map(tag => tag.replace(/-linux_\w+$/v, `-linux_${target.arch}`))}, target) === undefined) {
		throw cannotInstall(wheel, target, at);
	}

	return {
		wheel,
		name: parsed.normalized,
		version: parsed.version,
		type,
		url,
		basedir: basedir === '.' ? '' : basedir.replace(/\/+$/v, ''),
		...(branch !== undefined && {branch}),
		fixSetup: flags.length > 0,
		at,
	};
}

function splitFields(content: string, at: At): {readonly wheel: string; readonly type: WheelListEntry['type']; readonly rest: readonly string[]} {
	const [wheel = '', type, ...rest] = content.split('|').map(field => field.trim());
	if (type === undefined) {
		throw wrongLine(`\`${content}\` has no \`|\``, at, `a line has the form \`${forms.tar.form}\``);
	}

	if (!wheel.endsWith('.whl')) {
		throw wrongLine(`\`${wheel}\` is not the file name of a wheel`, at, wheel.includes('.whl') ? 'a `|` is missing behind `.whl`' : `a line has the form \`${forms.tar.form}\``);
	}

	if (!isType(type)) {
		throw wrongLine(`\`${type}\` is not a type of a wheel list`, at, type === 'whl' ? 'write `pypi` for a finished wheel' : `the types are ${Object.keys(forms).map(name => `\`${name}\``).join(', ')}`);
	}

	return {wheel, type, rest};
}

/** A finished wheel: the file at the URL is the one that is listed, and the target can install it. */
function verifyServed(listed: WheelFilename, url: string, at: At, target: Target): void {
	const served = decodeURIComponent(new URL(url).pathname.split('/').at(-1) ?? '');
	const parsed = parseName(served, at);
	if (parsed.normalized !== listed.normalized || parsed.version !== listed.version) {
		throw wrongLine(`the line is for \`${listed.filename}\`, its URL for \`${served}\``, at, 'make the name and the URL agree');
	}

	if (wheelRank(parsed, target) === undefined) {
		throw cannotInstall(served, target, at);
	}
}

function parseName(wheel: string, at: At): WheelFilename {
	try {
		return parseWheelFilename(wheel);
	} catch (error) {
		throw new BuildError('STX0401', `\`${wheel}\` is not the file name of a wheel`, {at, cause: error, hint: 'the form is `name-version-python-abi-platform.whl`'});
	}
}

const wrongLine = (message: string, at: At, hint?: string): BuildError => new BuildError('STX0401', message, {at, ...(hint !== undefined && {hint})});

const cannotInstall = (wheel: string, target: Target, at: At): BuildError =>
	new BuildError('STX0402', `\`${wheel}\` cannot be installed on CPython ${target.python}, ${target.arch}, glibc ${target.glibc}`, {at, hint: `take a wheel for ${target.tags[0] ?? 'the target'}, or build it from its sdist with a \`tar\` line`});

/**
What stx-build cannot build yet is said before anything starts.

@throws BuildError STX0404 for each `git` line.
*/
export function refuseUnbuildable(entries: readonly WheelListEntry[]): void {
	throwProblems(entries.filter(entry => entry.type === 'git').map(entry => new BuildError('STX0404', `\`${entry.wheel}\` comes from a git repository, which stx-build does not build wheels from`, {
		at: entry.at,
		hint: `list the sdist of ${entry.name} ${entry.version} with a \`tar\` line, or a checkout of it in wheels/modules.ini`,
	})));
}
