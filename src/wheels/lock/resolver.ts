/**
Resolves requirements with uv without ever building anything: what comes from elsewhere than the index has a stand-in,
and so has what the index has without a usable wheel. Where uv finds only then that it needs one, it gets it and is asked
again.
*/
import {mkdtemp, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {pathToFileURL} from 'node:url';
import {BuildError, throwProblems} from '../../errors.js';
import {
	compareVersions, constraintFor, isPrerelease, parseRequirement, satisfies, type ConstraintFile, type NormalizedName, type Target,
} from '../../python/index.js';
import {makeFolder, withTemporaryFolder, type RunResult} from '../../system/index.js';
import {explainUvFailure, type AskingRoots} from './explain-uv-failure.js';
import type {LockedFile} from './lock.js';
import {
	parseResolution, parseUvFailure, uvPlatform, type UvFailure,
} from './parse-uv.js';
import {standInFilename, writeStandIn, type StandIn} from './stand-in.js';
import type {SdistSource} from './sdist-source.js';
import type {RunUv} from './uv.js';
import type {UvIndex} from './uv-index.js';

/** What is to be resolved together. */
export type ResolveRequest = {
	readonly roots: readonly AskingRoots[];
	/** Constraint files by the name they have in explanations. */
	readonly constraints: ReadonlyMap<string, string>;
	/** Versions to stay with where nothing speaks against it. */
	readonly preferred?: ReadonlyMap<NormalizedName, string>;
};

/** One distribution of a resolution. */
export type Resolved = {
	readonly name: NormalizedName;
	readonly version: string;
	/** The index's wheel of it that suits the target best, if there is one. */
	readonly wheel?: LockedFile;
	readonly dependencies: readonly NormalizedName[];
};

export type ResolverOptions = {
	readonly run: RunUv;
	readonly index: UvIndex;
	readonly target: Target;
	readonly constraints: ConstraintFile;
	/** Distributions that come from elsewhere than the index: it is never asked for their names. */
	readonly given: readonly StandIn[];
	/** Names that are never asked for and that nothing gives: needing one is an error, unless `supply` gives it then. */
	readonly absent: readonly NormalizedName[];
	/** What is only looked for when something needs it; undefined when there is no such thing. */
	readonly supply: (name: NormalizedName) => Promise<StandIn | undefined>;
	readonly sdists: SdistSource;
	/** The folder that is searched for files: given to every run. */
	readonly folder: string;
	readonly note: (message: string) => void;
	readonly signal?: AbortSignal;
};

export type Resolver = {
	resolve(request: ResolveRequest): Promise<readonly Resolved[]>;
	/** A resolver that begins with what this one has found, and keeps to itself what it finds: what others find at the same time makes no difference to it. */
	fork(): Promise<Resolver>;
};

/** What a resolver has found so far. */
type Found = {
	/** Folders that uv searches for stand-ins of what the index has without a wheel. The last is the resolver's own. */
	readonly folders: readonly string[];
	/** The versions of them, by name. */
	readonly tried: ReadonlyMap<NormalizedName, ReadonlySet<string>>;
	/** Of what comes from elsewhere than the index, each with its file. */
	readonly given: ReadonlyMap<NormalizedName, {readonly standIn: StandIn; readonly file: string}>;
};

const absentFolder = 'absent';
const elsewhereFile = 'elsewhere.txt';

/** What uv writes, and what it keeps to where it is there already. */
const versionsFile = 'requirements.txt';

/** @throws BuildError STX0411 for each requirement that names a file: uv would fetch it, past the index and the store. */
function refuseAddresses(roots: readonly AskingRoots[]): void {
	throwProblems(roots.flatMap(({requirements, at}) => requirements.map(text => parseRequirement(text)).filter(({url}) => url !== undefined).map(({name}) =>
		new BuildError('STX0411', `\`${name}\` is to come from an address`, {...(at && {at}), hint: 'list its wheel in the wheel list, or its project in wheels/modules.ini'}))));
}

type StandInForNext = (packages: Extract<UvFailure, {readonly kind: 'wheels-required'}>['packages']) => Promise<boolean>;

/** How often uv may be asked again; each time at least one more distribution has a stand-in. */
const mostRounds = 200;

/**
@throws BuildError from the resolver: STX0410 without an interpreter, STX0411 when the requirements cannot be met
together, STX0413 for anything else uv says, and those of the index.
*/
export async function createResolver(options: ResolverOptions): Promise<Resolver> {
	return startResolver({folders: [], tried: new Map(), given: new Map()}, options.given, options);
}

/** @param more stand-ins to begin with, besides those found before. */
async function startResolver(before: Found, more: readonly StandIn[], options: ResolverOptions): Promise<Resolver> {
	const {run, index, target, constraints, absent, sdists, note, signal} = options;
	const own = await mkdtemp(path.join(options.folder, 'resolver-'));
	const [givenFolder, foundFolder] = [path.join(own, 'given'), path.join(own, 'found')];
	await makeFolder(foundFolder);
	const folders = [...before.folders, foundFolder];
	const tried = new Map([...before.tried].map(([name, versions]) => [name, new Set(versions)]));
	const given = new Map(before.given);
	const give = async (standIn: StandIn): Promise<void> => {
		given.set(standIn.name, {standIn, file: await writeStandIn(givenFolder, standIn)});
	};

	await Promise.all(more.map(async standIn => give(standIn)));
	const addressOf = (name: NormalizedName, file: string): string => `${name} @ ${pathToFileURL(file).href}\n`;
	const elsewhere = (): string => [
		...[...given].map(([name, {file}]) => addressOf(name, file)),
		// Without the address of a file that is not there, uv would ask the index for the name.
		...absent.filter(name => !given.has(name)).map(name => addressOf(name, path.join(own, absentFolder, standInFilename({name, version: '0'})))),
	].join('');

	/** Adds a stand-in for a distribution without usable wheel. @returns whether there is a new one */
	const standInFor = async (name: NormalizedName, ranges: readonly string[]): Promise<boolean> => {
		const seen = tried.get(name) ?? new Set<string>();
		tried.set(name, seen);
		const pin = constraintFor(constraints, name, target);
		const versions = (await sdists.versions(name)).filter(version => !seen.has(version));
		const fits = (version: string): boolean => pin === undefined || pin.specifier === '' || satisfies(version, pin.specifier, {prereleases: true});
		const named = (version: string): boolean => ranges.some(range => satisfies(version, range, {prereleases: true}));
		const newestFirst = versions.filter(version => fits(version)).toSorted((a, b) => compareVersions(b, a));
		const version = newestFirst.find(item => named(item) && !isPrerelease(item)) ?? newestFirst.find(item => named(item)) ?? newestFirst.find(item => !isPrerelease(item)) ?? newestFirst[0];
		if (version === undefined) {
			return false;
		}

		seen.add(version);
		note(`${name} ${version} has no wheel for the target: reading its sdist`);
		const standIn = await sdists.standIn(name, version);
		await writeStandIn(foundFolder, standIn);
		return true;
	};

	/** The distributions that have no stand-in at all come first: with theirs, the others may do as they are. */
	const standInForNext: StandInForNext = async packages => {
		const first = packages.filter(({name}) => !tried.has(name));
		const added = await Promise.all((first.length > 0 ? first : packages).map(async ({name, ranges}) => standInFor(name, ranges)));
		return added.includes(true);
	};

	/** Brings what was found to be needed. @returns whether uv is worth asking again */
	const supplyMore = async (failure: UvFailure): Promise<boolean> => {
		if (failure.kind !== 'absent') {
			return failure.kind === 'wheels-required' ? standInForNext(failure.packages) : false;
		}

		const standIn = given.has(failure.name) ? undefined : await options.supply(failure.name);
		if (standIn) {
			await give(standIn);
		}

		return standIn !== undefined;
	};

	const resolve: Resolver['resolve'] = async request => withTemporaryFolder('resolve', async work => {
		const explain = (failure: UvFailure) => explainUvFailure(failure, {...options, roots: request.roots, given: [...given.values()].map(({standIn}) => standIn)});
		refuseAddresses(request.roots);
		const roots: string[] = [];
		for (const [position, root] of request.roots.entries()) {
			const name = `${position}-${root.label.replaceAll(/[^\w.\-]+/gv, '_')}.in`;
			roots.push(name);
			await writeFile(path.join(work, name), `${root.requirements.join('\n')}\n`);
		}

		const constraintArguments: string[] = [];
		for (const [name, text] of request.constraints) {
			await writeFile(path.join(work, name), text);
			constraintArguments.push('--constraints', name);
		}

		constraintArguments.push('--constraints', elsewhereFile);

		if (request.preferred && request.preferred.size > 0) {
			await writeFile(path.join(work, versionsFile), [...request.preferred].map(([name, version]) => `${name}==${version}\n`).join(''));
		}

		const arguments_ = [
			...roots,
			...constraintArguments,
			'--python-version',
			target.python,
			'--python-platform',
			uvPlatform(target),
			'--no-build',
			...folders.flatMap(folder => ['--find-links', folder]),
			'--no-header',
			'--annotation-style',
			'line',
			'--output-file',
			versionsFile,
		];
		const ask = async (): Promise<RunResult> => {
			await writeFile(path.join(work, elsewhereFile), elsewhere());
			try {
				return await run(['pip', 'compile', '--quiet', ...arguments_], {folder: work, signal: AbortSignal.any([index.failed, ...(signal ? [signal] : [])])});
			} finally {
				index.failed.throwIfAborted();
			}
		};

		index.readAhead(request.roots.flatMap(({requirements}) => requirements));
		for (let round = 0; ; round += 1) {
			const {exitCode, stderr} = await ask();
			if (exitCode === 0) {
				break;
			}

			const failure = parseUvFailure(stderr);
			if (round === mostRounds || !await supplyMore(failure)) {
				throw explain(failure);
			}
		}

		return Promise.all(parseResolution(await readFile(path.join(work, versionsFile), 'utf8')).map(async ({name, version, dependencies}): Promise<Resolved> => {
			const wheel = version === undefined ? undefined : await index.wheel(name, version);
			return {
				name, version: version ?? given.get(name)!.standIn.version, dependencies, ...(wheel && {wheel}),
			};
		}));
	}, own);
	return {resolve, fork: async () => startResolver({folders, tried, given}, [], options)};
}
