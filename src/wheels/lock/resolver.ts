/**
Resolves requirements with uv without ever building anything: what comes from elsewhere than the index has a stand-in,
and uv is given its address; of everything else the index that is served for uv knows what it requires.
*/
import {mkdtemp, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {pathToFileURL} from 'node:url';
import {BuildError, throwProblems} from '../../errors.js';
import {
	evaluateMarker, isPrerelease, parseRequirement, type ConstraintFile, type NormalizedName, type Target,
} from '../../python/index.js';
import {withTemporaryFolder, type RunResult} from '../../system/index.js';
import {explainUvFailure, type AskingRoots, type Circumstances} from './explain-uv-failure.js';
import type {LockedFile} from './lock.js';
import {
	parseResolution, parseUvFailure, uvPlatform, type UvFailure,
} from './parse-uv.js';
import {standInFilename, writeStandIn, type StandIn} from './stand-in.js';
import type {RunUv} from './uv.js';
import type {UvIndex} from './uv-index.js';

/** What is to be resolved together. */
export type ResolveRequest = {
	readonly roots: readonly AskingRoots[];
	/** Constraint files by the name they have in explanations. */
	readonly constraints: ReadonlyMap<string, string>;
	/** Versions to stay with where nothing speaks against them. */
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
	readonly missingDebs: Circumstances['missingDebs'];
	/** What is only looked for when something needs it; undefined when there is no such thing. */
	readonly supply: (name: NormalizedName) => Promise<StandIn | undefined>;
	/** In which it makes folders of its own. */
	readonly folder: string;
};

export type Resolver = {
	/**
	Resolves requirements together. What nothing pins and has no wheel in its newest version is taken in the newest one that
	has, where that changes nothing else: LOCI installs nothing but wheels (`pip --only-binary`), and not everything on an
	index is meant to be built. Several may be resolved at once: none makes a difference to another.
	*/
	resolve(request: ResolveRequest): Promise<readonly Resolved[]>;
};

/** Something that comes from elsewhere, with its file. */
type Given = {readonly standIn: StandIn; readonly file: string};

const absentFolder = 'absent';
const elsewhereFile = 'elsewhere.txt';

/** What uv writes, and what it keeps to where it is there already. */
const versionsFile = 'requirements.txt';

/**
@throws BuildError from the resolver: STX0410 without an interpreter, STX0411 when the requirements cannot be met
together, STX0413 for anything else uv says, and those of the index. Here STX0411 for what would come from an address.
*/
export async function createResolver(options: ResolverOptions): Promise<Resolver> {
	const {run, index, target, absent} = options;
	const own = await mkdtemp(path.join(options.folder, 'resolver-'));
	const write = async (standIn: StandIn): Promise<Given> => {
		refuseAddresses([{label: standIn.name, requirements: standIn.requires}], target);
		return {standIn, file: await writeStandIn(path.join(own, 'given'), standIn)};
	};

	const given = new Map(await Promise.all(options.given.map(async standIn => [standIn.name, await write(standIn)] as const)));
	const supplied = new Map<NormalizedName, Promise<Given | undefined>>();
	const addressOf = (name: NormalizedName, file: string): string => `${name} @ ${pathToFileURL(file).href}\n`;
	const elsewhere = (): string => [
		...[...given].map(([name, {file}]) => addressOf(name, file)),
		// Without the address of a file that is not there, uv would ask the index for the name.
		...absent.filter(name => !given.has(name)).map(name => addressOf(name, path.join(own, absentFolder, standInFilename({name, version: '0'})))),
	].join('');

	const supply = async (name: NormalizedName): Promise<Given | undefined> => {
		const standIn = await options.supply(name);
		return standIn && write(standIn);
	};

	/** Brings what uv was found to need. @returns whether it is there now */
	const supplyOnce = async (name: NormalizedName): Promise<boolean> => {
		const known = supplied.get(name) ?? supply(name);
		supplied.set(name, known);
		const found = await known;
		if (found) {
			given.set(name, found);
		}

		return found !== undefined;
	};

	const resolve: Resolver['resolve'] = async request => withTemporaryFolder('resolve', async work => {
		const explain = (failure: UvFailure) => explainUvFailure(failure, {...options, roots: request.roots, given: [...given.values()].map(({standIn}) => standIn)});
		refuseAddresses(request.roots, target);
		const roots: string[] = [];
		for (const [position, root] of request.roots.entries()) {
			const name = `${position}-${root.label.replaceAll(/[^\w.\-]+/gv, '_')}.in`;
			roots.push(name);
			await writeFile(path.join(work, name), `${root.requirements.join('\n')}\n`);
		}

		for (const [name, text] of request.constraints) {
			await writeFile(path.join(work, name), text);
		}

		const writeVersions = async (versions: ReadonlyArray<readonly [NormalizedName, string]>): Promise<void> =>
			writeFile(path.join(work, versionsFile), versions.map(([name, version]) => `${name}==${version}\n`).join(''));
		if (request.preferred && request.preferred.size > 0) {
			await writeVersions([...request.preferred]);
		}

		const arguments_ = [
			...roots,
			...[...request.constraints.keys(), elsewhereFile].flatMap(name => ['--constraints', name]),
			'--python-version',
			target.python,
			'--python-platform',
			uvPlatform(target),
			'--no-build',
			'--no-header',
			'--annotation-style',
			'line',
			'--output-file',
			versionsFile,
		];
		const ask = async (asWheels: ReadonlySet<NormalizedName>): Promise<RunResult> => {
			await writeFile(path.join(work, elsewhereFile), elsewhere());
			return index.serve(asWheels, async (url, signal) => run(['pip', 'compile', '--quiet', ...arguments_], {folder: work, index: url, signal}));
		};

		const read = async (): Promise<readonly Resolved[]> => Promise.all(parseResolution(await readFile(path.join(work, versionsFile), 'utf8')).map(async ({name, version, dependencies}): Promise<Resolved> => {
			const wheel = version === undefined ? undefined : await index.wheel(name, version);
			return {
				name, version: version ?? given.get(name)!.standIn.version, dependencies, ...(wheel && {wheel}),
			};
		}));

		index.readAhead(request.roots.flatMap(({requirements}) => requirements));
		const told = new Set<NormalizedName>();
		for (;;) {
			const {exitCode, stderr} = await ask(new Set());
			if (exitCode === 0) {
				break;
			}

			const failure = parseUvFailure(stderr);
			if (failure.kind !== 'absent' || told.has(failure.name) || !await supplyOnce(failure.name)) {
				throw explain(failure);
			}

			told.add(failure.name);
		}

		let resolved = await read();
		let asWheels: ReadonlySet<NormalizedName> = new Set();
		for (const {name, wheel} of resolved) {
			if (wheel !== undefined || given.has(name) || !await index.hasWheels(name)) {
				continue;
			}

			// Uv keeps to the versions that it has written.
			const tried = new Set([...asWheels, name]);
			const {exitCode} = await ask(tried);
			const changed = exitCode === 0 ? await read() : undefined;
			if (changed && changesOnly(name, resolved, changed)) {
				[resolved, asWheels] = [changed, tried];
			} else {
				await writeVersions(resolved.filter(other => !given.has(other.name)).map(other => [other.name, other.version]));
			}
		}

		return resolved;
	}, own);
	return {resolve};
}

/** Whether a resolution has another release of one distribution, and the same versions of all else that was there before. */
function changesOnly(one: NormalizedName, before: readonly Resolved[], after: readonly Resolved[]): boolean {
	const versions = new Map(before.map(({name, version}) => [name, version]));
	return after.every(({name, version}) => name === one ? !isPrerelease(version) : (versions.get(name) ?? version) === version);
}

/** @throws BuildError STX0411 for each requirement that names a file: uv would fetch it, past the index and the store. */
function refuseAddresses(roots: readonly AskingRoots[], {environment}: Target): void {
	throwProblems(roots.flatMap(({label, requirements, at}) => requirements
		.map(text => parseRequirement(text))
		.filter(({url, marker}) => url !== undefined && (marker === undefined || evaluateMarker(marker, environment)))
		.map(({name}) => new BuildError('STX0411', `\`${label}\` wants \`${name}\` from an address`, {...(at && {at}), hint: 'list its wheel in the wheel list, or its project in wheels/modules.ini'}))));
}
