/** Reads a lock that `formatLock` wrote. */
import {parse as parseToml, TomlError} from 'smol-toml';
import * as z from 'zod';
import {BuildError, throwProblems, type ErrorCode} from '../../errors.js';
import type {Key} from '../../plan/index.js';
import {
	foldName, isName, tryParseVersion, type NormalizedName,
} from '../../python/index.js';
import {findTomlLine} from './find-toml-line.js';
import {findLoose} from './find-loose.js';
import type {
	Lock, LockedFile, LockedPackage, LockedSource,
} from './lock.js';

const isNormalized = (name: string): boolean => isName(name) && foldName(name) === name;

/** As PEP 503 has it: whatever is spelt otherwise is not found by its name. */
const nameShape = z.string().refine(name => isNormalized(name), {error: 'is not the normalized name of a distribution'});

const versionShape = z.string().refine(version => tryParseVersion(version) !== undefined, {error: 'is not a version'});

const sha256Shape = z.string().regex(/^[\da-f]{64}$/v, {error: 'is not a sha256 of 64 hex digits'});

const commitShape = z.string().regex(/^(?:[\da-f]{40}|[\da-f]{64})$/v, {error: 'is not the whole id of a commit'});

const sizeShape = z.number().refine(size => Number.isSafeInteger(size) && size >= 0, {error: 'is not a number of bytes'});

/** A file gets this name in folders of ours. */
const filenameShape = z.string().refine(name => /^[^\/\\\p{Cc}]+$/v.test(name) && name !== '.' && name !== '..', {error: 'is not the name of a file'});

const fileShape = z.strictObject({
	name: filenameShape,
	url: z.string().refine(url => /^https?:/v.test(url) && URL.canParse(url), {error: 'is not the address of a file'}),
	size: sizeShape.optional(),
	hashes: z.strictObject({sha256: sha256Shape}),
});

/** A wheel of this machine has a path in place of the URL. */
const localShape = z.strictObject({
	name: filenameShape,
	path: z.string(),
	size: sizeShape,
	hashes: z.strictObject({sha256: sha256Shape}),
});

/** A folder of the archive, or of the repository. */
const folderShape = z.string().refine(name => !name.startsWith('/') && !name.split('/').includes('..'), {error: 'leads out of the source'});

const gitShape = z.strictObject({
	type: z.literal('git'),
	url: z.string(),
	'requested-revision': z.string().optional(),
	'commit-id': commitShape,
	subdirectory: folderShape.optional(),
});

const packageShape = z.strictObject({
	name: nameShape,
	version: versionShape,
	dependencies: z.array(z.strictObject({name: nameShape})).optional(),
	directory: z.strictObject({path: z.string()}).optional(),
	sdist: fileShape.optional(),
	vcs: gitShape.optional(),
	wheels: z.array(z.union([fileShape, localShape])).length(1, {error: 'is not a list of one wheel'}).optional(),
	tool: z.strictObject({'stx-build': z.strictObject({basedir: folderShape})}).optional(),
});

const keyShape = z.string().regex(/^sha256:[\da-f]{64}$/v, {error: 'is not a digest'});

const pinShape = z.string().refine(pin => {
	const [name = '', version = '', ...more] = pin.split('==');
	return more.length === 0 && isNormalized(name) && tryParseVersion(version) !== undefined;
}, {error: 'is not `NAME==VERSION`'});

const lockShape = z.object({
	'lock-version': z.literal('1.0'),
	packages: z.array(packageShape).optional(),
	tool: z.object({
		'stx-build': z.strictObject({
			inputs: keyShape,
			parts: z.record(z.string(), keyShape).optional(),
			index: z.string(),
			python: z.string().regex(/^3\.\d{1,4}$/v, {error: 'is not a version of Python 3'}),
			arch: z.enum(['x86_64', 'aarch64']),
			unclosed: z.array(nameShape).optional(),
			documents: z.array(z.strictObject({url: z.string(), sha256: sha256Shape})).optional(),
			sources: z.array(z.strictObject({
				url: z.string(), ref: z.string(), commit: commitShape, version: z.string().optional(),
			})).optional(),
			'left-out': z.array(z.strictObject({name: nameShape, code: z.string(), message: z.string()})).optional(),
			roots: z.record(z.string(), z.array(z.string())),
			builds: z.array(z.strictObject({
				name: nameShape,
				version: versionShape,
				requires: z.array(z.string()),
				environment: z.array(pinShape),
			})).optional(),
			packages: z.array(packageShape).optional(),
		}),
	}),
});

/**
@param name of the file, for messages.
@throws BuildError STX0408 when it is not a lock of stx-build, or not a whole one: all that something in it needs must be there.
*/
export function parseLock(text: string, name: string): Lock {
	const hint = 'take it out of the way: the next run without --frozen makes a new one';
	const fail = (what: string, line: number | undefined, cause?: unknown): never => {
		throw new BuildError('STX0408', `the lock cannot be read: ${what}`, {at: {file: name, ...(line !== undefined && {line})}, hint, cause});
	};

	let toml: unknown;
	try {
		toml = parseToml(text);
	} catch (error) {
		return fail((error as Error).message.split('\n')[0]!, error instanceof TomlError ? error.line : undefined, error);
	}

	const {success, data, error} = lockShape.safeParse(toml);
	if (!success) {
		const issue = likeliest(error.issues[0]!);
		return fail(formatIssue(issue, toml), findTomlLine(text, issue.path), error);
	}

	const own = data.tool['stx-build'];
	const readPackage = (item: z.infer<typeof packageShape>, path: readonly PropertyKey[]): LockedPackage => ({
		name: item.name as NormalizedName,
		version: item.version,
		dependencies: (item.dependencies ?? []).map(dependency => dependency.name as NormalizedName),
		source: readSource(item) ?? fail(`\`${item.name}\` has no wheel, sdist, directory or vcs`, findTomlLine(text, path)),
	});
	const lock: Lock = {
		inputs: own.inputs as Key,
		parts: (own.parts ?? {}) as Readonly<Record<string, Key>>,
		index: own.index,
		python: own.python,
		arch: own.arch,
		unclosed: (own.unclosed ?? []).map(item => item as NormalizedName),
		documents: own.documents ?? [],
		sources: (own.sources ?? []).map(({version, ...source}) => ({...source, ...(version !== undefined && {version})})),
		leftOut: (own['left-out'] ?? []).map(({name: item, code, message}) => ({name: item as NormalizedName, code: code as ErrorCode, message})),
		roots: own.roots,
		packages: (data.packages ?? []).map((item, index) => readPackage(item, ['packages', index])),
		buildPackages: (own.packages ?? []).map((item, index) => readPackage(item, ['tool', 'stx-build', 'packages', index])),
		builds: (own.builds ?? []).map(build => ({
			name: build.name as NormalizedName,
			version: build.version,
			requires: build.requires,
			environment: build.environment.map(pin => {
				const [pinned, version] = pin.split('==') as [string, string];
				return {name: pinned as NormalizedName, version};
			}),
		})),
	};
	throwProblems(findLoose(lock).map(({what, path}) => {
		const line = findTomlLine(text, path);
		return new BuildError('STX0408', `the lock is not whole: ${what}`, {at: {file: name, ...(line !== undefined && {line})}, hint});
	}));
	return lock;
}

/** Of what can have one of several forms, the one that it misses by least. */
function likeliest(issue: Issue): Issue {
	if (issue.code !== 'invalid_union' || issue.errors.length === 0) {
		return issue;
	}

	const [nearest] = issue.errors.toSorted((a, b) => a.length - b.length);
	const [first] = nearest!;
	return first === undefined ? issue : likeliest({...first, path: [...issue.path, ...first.path]});
}

/** What is wrong, in words, with the path of the key. */
function formatIssue(issue: Issue, toml: unknown): string {
	const key = issue.path.length === 0 ? 'the file' : `\`${issue.path.join('.')}\``;
	let value = toml;
	for (const part of issue.path) {
		// No key is found by the prototype of JavaScript.
		value = typeof value === 'object' && value !== null && Object.hasOwn(value, part) ? (value as Record<PropertyKey, unknown>)[part] : undefined;
	}

	if (value === undefined) {
		return `${key} is missing`;
	}

	if (issue.code === 'invalid_type') {
		return `${key} is ${kindOf(value)}, and must be ${kinds[issue.expected] ?? issue.expected}`;
	}

	if (issue.code === 'unrecognized_keys') {
		return `${key} has ${issue.keys.map(item => `\`${item}\``).join(', ')}, which stx-build does not know`;
	}

	return issue.code === 'invalid_value' ? `${key} is not ${issue.values.map(item => `\`${String(item)}\``).join(' or ')}` : `${key} ${issue.message}`;
}

type Issue = z.core.$ZodIssue;

/** The types of TOML, in words. */
const kinds: Readonly<Record<string, string>> = {
	string: 'a text', number: 'a number', bigint: 'a number', boolean: 'true or false', array: 'a list', object: 'a table', record: 'a table',
};

const kindOf = (value: unknown): string => Array.isArray(value) ? 'a list' : (value instanceof Date ? 'a date' : kinds[typeof value] ?? typeof value);

function readSource(item: z.infer<typeof packageShape>): LockedSource | undefined {
	const {wheels, sdist, directory, vcs, tool} = item;
	const wheel = wheels?.[0];
	if (wheel) {
		return 'url' in wheel ? {kind: 'wheel', file: readFile(wheel)} : readLocal(wheel);
	}

	if (vcs) {
		const {url, 'requested-revision': ref, 'commit-id': commit, subdirectory: subfolder = ''} = vcs;
		return {
			kind: 'git', url, commit, ...(ref !== undefined && {ref}), subfolder,
		};
	}

	if (sdist) {
		return {kind: 'sdist', file: readFile(sdist), ...(tool && {basedir: tool['stx-build'].basedir})};
	}

	return directory && {kind: 'directory', path: directory.path};
}

const readFile = ({name, url, size, hashes}: z.infer<typeof fileShape>): LockedFile => ({
	filename: name, url, sha256: hashes.sha256, ...(size !== undefined && {size}),
});

const readLocal = ({name, path, size, hashes}: z.infer<typeof localShape>): LockedSource => ({
	kind: 'local', filename: name, path, sha256: hashes.sha256, size,
});
