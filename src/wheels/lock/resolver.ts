/**
Resolves requirements with uv without ever building anything: what has no usable wheel gets a stand-in, whose metadata
is read from its sdist, and uv is asked again.
*/
import {mkdtemp, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {pathToFileURL} from 'node:url';
import {
	compareVersions, constraintFor, isPrerelease, parseRequirement, satisfies, type ConstraintFile, type NormalizedName, type Requirement, type Target,
} from '../../python/index.js';
import {makeFolder, withTemporaryFolder, type RunResult} from '../../system/index.js';
import {explainUvFailure, type AskingRoots} from './explain-uv-failure.js';
import type {LockedFile} from './lock.js';
import {
	parseAnnotations, parsePylock, parseUvFailure, uvPlatform, type UvFailure,
} from './parse-uv.js';
import {standInFilename, writeStandIn, type StandIn} from './stand-in.js';
import type {RunUv} from './uv.js';
import type {SdistSource} from './sdist-source.js';

/** What is to be resolved together. */
export type ResolveRequest = {
	readonly roots: readonly AskingRoots[];
	/** Constraint files by the name they have in explanations. */
	readonly constraints: ReadonlyMap<string, string>;
	/** Versions to stay with where nothing speaks against it. */
	readonly preferred?: ReadonlyMap<NormalizedName, string>;
	/**
	Whether to look at recent releases of the roots first, and at older ones only when none of these will do. Without it uv
	goes back through all releases of a root, with a request for each, before it says that a distribution has no wheel.
	*/
	readonly recentFirst?: boolean;
};

/** One distribution of a resolution. */
export type Resolved = {
	readonly name: NormalizedName;
	readonly version: string;
	/** Wheels in the index that the target can install; none for what is built. */
	readonly wheels: readonly LockedFile[];
	readonly dependencies: readonly NormalizedName[];
};

export type ResolverOptions = {
	readonly run: RunUv;
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

/** The roots without a pin, their newest versions, and the constraints that are made of these. */
const [freeFile, newestFile, recentFile] = ['free.in', 'newest.txt', 'recent.txt'];

/** How many major versions before the newest one count as recent: a service of OpenStack has two in a year. */
const recentMajors = 2;

/** @param newest pins, as uv writes them. */
const formatRecent = (newest: string): string => [...newest.matchAll(/^(?<name>[\w.\-]+)==(?<major>\d+)(?!!)/gmv)].map(({groups}) => `${groups!.name!}>=${Math.max(0, Number(groups!.major) - recentMajors)}\n`).join('');

/** Whether a requirement leaves its version to uv. */
const isFree = ({normalized, specifier, url}: Requirement, constraints: ConstraintFile, target: Target): boolean =>
	url === undefined && !specifier.includes('==') && constraintFor(constraints, normalized, target) === undefined;

/** The lines of uv's output that pin a version, without what follows it. */
const pinsIn = (text: string): string => text.split('\n').filter(line => /^[\w.\-]+==/v.test(line)).map(line => `${line.split(/[\s;]/v)[0]!}\n`).join('');

type StandInForNext = (packages: Extract<UvFailure, {readonly kind: 'wheels-required'}>['packages']) => Promise<boolean>;

/** How often uv may be asked again; each time at least one more distribution has a stand-in. */
const mostRounds = 200;

/**
@throws BuildError from the resolver: STX0410 without an interpreter, STX0411 when the requirements cannot be met
together, STX0412 when the index cannot be reached, STX0413 for anything else uv says.
*/
export async function createResolver(options: ResolverOptions): Promise<Resolver> {
	return startResolver({folders: [], tried: new Map(), given: new Map()}, options.given, options);
}

/** @param more stand-ins to begin with, besides those found before. */
async function startResolver(before: Found, more: readonly StandIn[], options: ResolverOptions): Promise<Resolver> {
	const {run, target, constraints, absent, sdists, note, signal} = options;
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
		const roots: string[] = [];
		for (const [index, root] of request.roots.entries()) {
			const name = `${index}-${root.label.replaceAll(/[^\w.\-]+/gv, '_')}.in`;
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

		const common = [
			...constraintArguments,
			'--python-version',
			target.python,
			'--python-platform',
			uvPlatform(target),
			'--no-build',
			...folders.flatMap(folder => ['--find-links', folder]),
		];
		const ask = async (files: readonly string[], more: readonly string[]): Promise<RunResult> => {
			await writeFile(path.join(work, elsewhereFile), elsewhere());
			return run(['pip', 'compile', '--quiet', ...files, ...common, ...more], {folder: work, ...(signal && {signal})});
		};

		/** Constraints to recent releases of those roots that nothing pins; none where there are none, or uv finds none. */
		const findRecent = async (): Promise<readonly string[]> => {
			const free = request.roots.flatMap(({requirements}) => requirements).filter(text => isFree(parseRequirement(text), constraints, target));
			if (free.length === 0) {
				return [];
			}

			await writeFile(path.join(work, freeFile), `${free.join('\n')}\n`);
			const {exitCode} = await ask([freeFile], ['--no-deps', '--no-header', '--no-annotate', '--output-file', newestFile]);
			if (exitCode !== 0) {
				return [];
			}

			await writeFile(path.join(work, recentFile), formatRecent(await readFile(path.join(work, newestFile), 'utf8')));
			return ['--constraints', recentFile];
		};

		let recent = request.recentFirst ? await findRecent() : [];
		for (let round = 0; ; round += 1) {
			const result = await ask(roots, [...recent, '--no-header', '--annotation-style', 'line', '--output-file', versionsFile]);
			if (result.exitCode === 0) {
				break;
			}

			const failure = parseUvFailure(result.stderr);
			if (round < mostRounds && await supplyMore(failure)) {
				continue;
			}

			if (recent.length === 0) {
				throw explain(failure);
			}

			recent = [];
		}

		// The same resolution again, from uv's cache, with the hashes of the files.
		const annotated = await readFile(path.join(work, versionsFile), 'utf8');
		await writeFile(path.join(work, 'pins.txt'), pinsIn(annotated));
		const locked = await ask(roots, ['--constraints', 'pins.txt', '--generate-hashes', '--format', 'pylock.toml', '--output-file', 'pylock.toml']);
		if (locked.exitCode !== 0) {
			throw explain(parseUvFailure(locked.stderr));
		}

		const needs = parseAnnotations(annotated);
		return parsePylock(await readFile(path.join(work, 'pylock.toml'), 'utf8')).map(item => ({
			name: item.name,
			version: given.get(item.name)?.standIn.version ?? item.version,
			wheels: item.wheels,
			dependencies: needs.get(item.name) ?? [],
		}));
	}, own);
	return {resolve, fork: async () => startResolver({folders, tried, given}, [], options)};
}
