/** Reads a lock that `formatLock` wrote. */
import {parse as parseToml} from 'smol-toml';
import * as z from 'zod';
import {BuildError, type ErrorCode} from '../../errors.js';
import type {Key} from '../../plan/index.js';
import type {NormalizedName} from '../../python/index.js';
import type {
	Lock, LockedFile, LockedPackage, LockedSource,
} from './lock.js';

/** A file gets this name in folders of ours. */
const filenameShape = z.string().refine(name => /^[^\/\\\p{Cc}]+$/v.test(name) && name !== '.' && name !== '..', {error: 'is not the name of a file'});

const fileShape = z.strictObject({
	name: filenameShape,
	url: z.string().refine(url => /^https?:/v.test(url) && URL.canParse(url), {error: 'is not the address of a file'}),
	size: z.number().int().nonnegative().optional(),
	hashes: z.strictObject({sha256: z.string().regex(/^[\da-f]{64}$/v)}),
});

/** A wheel of this machine has a path in place of the URL. */
const localShape = z.strictObject({
	name: filenameShape,
	path: z.string(),
	size: z.number().int().nonnegative(),
	hashes: z.strictObject({sha256: z.string().regex(/^[\da-f]{64}$/v)}),
});

/** A folder of the archive, or of the repository. */
const folderShape = z.string().refine(name => !name.startsWith('/') && !name.split('/').includes('..'), {error: 'leads out of the source'});

const gitShape = z.strictObject({
	type: z.literal('git'),
	url: z.string(),
	'requested-revision': z.string().optional(),
	'commit-id': z.string().regex(/^(?:[\da-f]{40}|[\da-f]{64})$/v),
	subdirectory: folderShape.optional(),
});

const packageShape = z.strictObject({
	name: z.string(),
	version: z.string(),
	dependencies: z.array(z.strictObject({name: z.string()})).optional(),
	directory: z.strictObject({path: z.string()}).optional(),
	sdist: fileShape.optional(),
	vcs: gitShape.optional(),
	wheels: z.array(z.union([fileShape, localShape])).length(1).optional(),
	tool: z.strictObject({'stx-build': z.strictObject({basedir: folderShape})}).optional(),
});

const keyShape = z.string().regex(/^sha256:[\da-f]{64}$/v);

const lockShape = z.object({
	'lock-version': z.literal('1.0'),
	packages: z.array(packageShape).optional(),
	tool: z.object({
		'stx-build': z.strictObject({
			inputs: keyShape,
			parts: z.record(z.string(), keyShape).optional(),
			index: z.string(),
			python: z.string(),
			arch: z.string(),
			unclosed: z.array(z.string()).optional(),
			documents: z.array(z.strictObject({url: z.string(), sha256: z.string().regex(/^[\da-f]{64}$/v)})).optional(),
			sources: z.array(z.strictObject({
				url: z.string(), ref: z.string(), commit: z.string().regex(/^(?:[\da-f]{40}|[\da-f]{64})$/v), version: z.string().optional(),
			})).optional(),
			'left-out': z.array(z.strictObject({name: z.string(), code: z.string(), message: z.string()})).optional(),
			roots: z.record(z.string(), z.array(z.string())),
			builds: z.array(z.strictObject({
				name: z.string(),
				version: z.string(),
				requires: z.array(z.string()),
				environment: z.array(z.string().regex(/^[^=]+==[^=]+$/v)),
			})).optional(),
			packages: z.array(packageShape).optional(),
		}),
	}),
});

/**
@param name of the file, for messages.
@throws BuildError STX0408 when it is not a lock of stx-build.
*/
export function parseLock(text: string, name: string): Lock {
	const fail = (what: string, cause: unknown): never => {
		throw new BuildError('STX0408', `the lock cannot be read: ${what}`, {at: {file: name}, hint: 'take it out of the way: the next run without --frozen makes a new one', cause});
	};

	let toml: unknown;
	try {
		toml = parseToml(text);
	} catch (error) {
		return fail((error as Error).message.split('\n')[0]!, error);
	}

	const {success, data, error} = lockShape.safeParse(toml);
	if (!success) {
		const [issue] = error.issues;
		return fail(`\`${issue?.path.join('.') ?? ''}\`: ${issue?.message ?? 'unknown'}`, error);
	}

	const own = data.tool['stx-build'];
	const readPackage = (item: z.infer<typeof packageShape>): LockedPackage => ({
		name: item.name as NormalizedName,
		version: item.version,
		dependencies: (item.dependencies ?? []).map(dependency => dependency.name as NormalizedName),
		source: readSource(item) ?? fail(`\`${item.name}\` has no wheel, sdist, directory or vcs`, undefined),
	});
	return {
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
		packages: (data.packages ?? []).map(item => readPackage(item)),
		buildPackages: (own.packages ?? []).map(item => readPackage(item)),
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
}

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
