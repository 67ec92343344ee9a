/** What images are made from besides wheels: LOCI, projects, consoles, repositories of the other builders, each at a commit. */
import path from 'node:path';
import pMap from 'p-map';
import {
	collect, collectAsync, throwProblems, type BuildError,
} from '../errors.js';
import {isCommitId} from '../git-url.js';
import {
	imageSources, pinSources, planSource, readDialect, readProject, sourceName,
	type BuilderSources, type DialectData, type Directive, type PinnedSource, type Pins, type Project, type SourcesOfImages, type SourceWanted,
} from '../images/index.js';
import type {Step} from '../plan/index.js';
import type {Git} from '../system/index.js';
import {lockedSources, type LockedRef} from '../wheels/index.js';
import {lockFile} from '../workspace/index.js';
import {createGitClient} from './git-client.js';
import type {Effects, LoadbuildRequest} from './request.js';

export type Sources = SourcesOfImages & {
	/** By `sourceName`: all that this run takes. */
	readonly pinned: ReadonlyMap<string, PinnedSource>;
	/** What the lock is to say of them. */
	readonly locked: readonly LockedRef[];
	/** The steps that bring the trees of images which are built with LOCI. */
	readonly steps: readonly Step[];
};

/** From branches and tags to commits, as the lock has them; and all that were asked for so far. */
export type Pinner = {
	/** With what is wrong beside those that can be pinned. */
	pin(wanted: readonly SourceWanted[]): Promise<Pins>;
	/** Those that the lock has a say in: what somebody works in it has not. */
	taken(): readonly PinnedSource[];
	/** What the lock has. */
	locked(): Promise<readonly LockedRef[]>;
};

const projectsAtOnce = 4;

export function createPinner({settings, wheels}: Pick<LoadbuildRequest, 'settings' | 'wheels'>, effects: Effects): Pinner {
	const {signal, reporter} = effects;
	const git = createGitClient(settings, effects);
	const taken = new Map<string, PinnedSource>();
	let reading: Promise<readonly LockedRef[]> | undefined;
	// What is locked is not what is wanted, when a new lock is.
	const locked: Pinner['locked'] = async () => {
		reading ??= wheels?.upgrade ? Promise.resolve([]) : lockedSources(lockFile(settings));
		return reading;
	};

	return {
		locked,
		taken: () => [...taken.values()],
		async pin(wanted) {
			const pins = await pinSources(wanted, {
				git, locked: wanted.length === 0 ? [] : await locked(), frozen: wheels?.frozen ?? false, signal, note(message) {
					reporter.event({type: 'note', message});
				},
			});
			for (const [name, source] of pins.pinned) {
				if (!wanted.some(item => item.live && sourceName(item) === name)) {
					taken.set(name, source);
				}
			}

			return pins;
		},
	};
}

/** Reads the dialect that the settings choose. @throws BuildError as `readDialect` does */
export async function bringDialect({settings, folders}: Pick<LoadbuildRequest, 'settings' | 'folders'>, effects: Effects, {pin}: Pinner): Promise<DialectData> {
	return readDialect(folders, settings, {
		git: createGitClient(settings, effects),
		store: effects.store,
		temporary: path.join(settings.cache, 'tmp'),
		signal: effects.signal,
		async pin(wanted) {
			const {pinned, problems} = await pin([wanted]);
			throwProblems(problems);
			return pinned.get(sourceName(wanted))!;
		},
	});
}

/**
Pins what the images are made from, and reads the projects among it.

@param options.dialect undefined where no image is built with LOCI, or LOCI cannot be had.
@throws BuildError with all that cannot be had, or cannot be built, of all images.
*/
export async function bringSources({directives, dialect, builders}: {
	readonly directives: readonly Directive[]; readonly dialect: DialectData | undefined; readonly builders: BuilderSources | undefined;
}, {settings}: Pick<LoadbuildRequest, 'settings'>, effects: Effects, pinner: Pinner): Promise<Sources> {
	const problems: BuildError[] = [];
	const wanted = new Map(dialect ? directives.map(directive => [directive.label, collect(problems, () => imageSources(directive, dialect)) ?? []] as const) : []);
	const trees = [...builders?.sources.values() ?? []].flatMap(source => source.kind === 'folder' ? [] : [source.tree]);
	const {pinned, problems: unpinned} = await pinner.pin([...trees, ...[...wanted.values()].flatMap(sources => sources.map(source => source.wanted))]);
	const at = (source: SourceWanted): PinnedSource => pinned.get(sourceName(source))!;
	const pinnedProjects = [...wanted].flatMap(([label, sources]) => sources.filter(({name, wanted: project}) => name === 'project' && pinned.has(sourceName(project))).map(source => ({label, wanted: source.wanted, source: at(source.wanted)})));
	const {projects, problems: unread} = await readProjects(pinnedProjects, settings, {
		...effects, git: createGitClient(settings, effects), pinner,
	});
	throwProblems([...problems, ...unpinned, ...unread]);
	const planned = new Map([...wanted].map(([label, sources]) => [label, sources.map(source => ({...at(source.wanted), name: source.name, planned: planSource(at(source.wanted))}))]));
	const versions = new Map([...projects.values()].map(project => [sourceName(project), project.version]));
	return {
		pinned,
		locked: pinner.taken().flatMap(source => {
			const version = versions.get(sourceName(source));
			// A commit means itself, and needs no lock; the version of what is built from it does.
			return version === undefined && isCommitId(source.ref) ? [] : [{...source, ...(version !== undefined && {version})}];
		}),
		steps: [...new Map([...planned.values()].flat().map(source => [source.planned.id, source.planned])).values()],
		of: label => (planned.get(label) ?? []).map(({planned: {id}, ...source}) => ({...source, step: id})),
		projectOf: label => projects.get(label),
	};
}

type WantedProject = {readonly label: string; readonly wanted: SourceWanted; readonly source: PinnedSource};

/** Each project is read once, for however many images it is. @returns them by label, and what is wrong with the others */
async function readProjects(wanted: readonly WantedProject[], {cache}: Pick<LoadbuildRequest['settings'], 'cache'>, effects: Effects & {readonly git: Git; readonly pinner: Pinner}): Promise<{readonly projects: ReadonlyMap<string, Project>; readonly problems: readonly BuildError[]}> {
	const {git, store, signal, pinner} = effects;
	const locked = wanted.length === 0 ? [] : await pinner.locked();
	const unique = new Map(wanted.map(item => [sourceName(item.source), item]));
	const read = await pMap(unique, async ([name, {wanted: {at}, source}]) => {
		const known = locked.find(item => item.url === source.url && item.commit === source.commit)?.version;
		const problems: BuildError[] = [];
		const project = await collectAsync(problems, async () => readProject(source, {locked: known, at}, {
			git, store, temporary: path.join(cache, 'tmp'), signal,
		}));
		return {name, project, problems};
	}, {concurrency: projectsAtOnce});
	const projects = new Map(read.flatMap(({name, project}) => project ? [[name, project]] : []));
	return {
		projects: new Map(wanted.flatMap(({label, source}) => {
			const project = projects.get(sourceName(source));
			return project ? [[label, project]] : [];
		})),
		problems: read.flatMap(({problems}) => problems),
	};
}
