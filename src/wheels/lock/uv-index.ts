/**
The index as uv sees it: a server of our own on this machine, for the time of one lock. What uv would ask the network
for, one thing after the other as it learns what it needs, is read ahead here for many distributions at once, by the one
client that knows proxies, certificates, credentials and caches; uv is given none of these. What has no wheel has a
stand-in, so that uv finds its way in one run and never has a reason to build.
*/
// eslint-disable-next-line no-restricted-syntax -- a secret that somebody could give would be none.
import {randomUUID} from 'node:crypto';
import {BuildError} from '../../errors.js';
import type {PypiClient} from '../../pypi/index.js';
import {
	constraintFor, isName, normalizeName, versionKey, type ConstraintFile, type NormalizedName, type Target,
} from '../../python/index.js';
import {listen, type HttpAnswer} from '../../system/index.js';
import type {LockedFile} from './lock.js';
import {createReadAhead} from './read-ahead.js';
import {lockFile, type SdistSource} from './sdist-source.js';
import {
	formatPage, nothingShown, showProject, wheelsAlone, type ShownProject, type ShownVersion,
} from './shown-project.js';
import {formatMetadata, type StandIn} from './stand-in.js';

export type UvIndexOptions = {
	readonly pypi: PypiClient;
	readonly sdists: SdistSource;
	readonly target: Target;
	readonly constraints: ConstraintFile;
	/** What something requires that comes from elsewhere, whose name the index is never asked for; undefined for all else. */
	readonly requiredElsewhere: (name: NormalizedName) => readonly string[] | undefined;
	readonly note: (message: string) => void;
	readonly signal: AbortSignal;
	/** Aborts that signal: called when the index is no longer used, so that what was read ahead in vain is given up. */
	readonly end: () => void;
};

export type UvIndex = {
	/**
	Serves the index to one run of uv.

	@param asWheels projects of which it has only the versions with a wheel.
	@param use gets the address of its Simple API, and a signal that is aborted when uv has asked for what cannot be had.
	Others on this machine cannot guess the address: it may show what the index shows only with a password.
	@throws BuildError for what could not be had, whatever uv makes of that, and what `use` throws.
	*/
	serve<T>(asWheels: ReadonlySet<NormalizedName>, use: (url: string, signal: AbortSignal) => Promise<T>): Promise<T>;
	/** Begins to read what requirements will need. What goes wrong with it is told when uv asks for the same. */
	readAhead(requirements: readonly string[]): void;
	/** Whether the index has a wheel of some version of what nothing pins. */
	hasWheels(name: NormalizedName): Promise<boolean>;
	/** The wheel of a version; undefined when there is none. @throws BuildError as `PypiClient.packument` and `tarball` do */
	wheel(name: NormalizedName, version: string): Promise<LockedFile | undefined>;
};

/** Errors of a distribution's own: where no constraint asks for that version, uv is told that it is of no use, and may take another. */
const ofNoUse: ReadonlySet<string> = new Set(['STX0207', 'STX0308', 'STX0414', 'STX0416', 'STX0907', 'STX0910']);

/**
Serves an index while something is done with it.

@throws BuildError STX0920, and what `use` throws.
*/
export async function withUvIndex<T>(options: UvIndexOptions, use: (index: UvIndex) => Promise<T>): Promise<T> {
	const {pypi, sdists, target, constraints, requiredElsewhere, note, signal} = options;
	const projects = new Map<NormalizedName, Promise<ShownProject>>();
	const read = new Map<string, Promise<StandIn>>();
	/** Runs of uv, by the first part of their paths. */
	const runs = new Map<string, {readonly asWheels: ReadonlySet<NormalizedName>; readonly failed: AbortController}>();
	/** What is to come to its end before the index does. */
	const running = new Set<Promise<unknown>>();
	const noted = new Set<string>();

	const noteOnce = (message: string): void => {
		if (!noted.has(message)) {
			noted.add(message);
			note(message);
		}
	};

	const track = async <R>(work: Promise<R>): Promise<R> => {
		running.add(work);
		try {
			return await work;
		} finally {
			running.delete(work);
		}
	};

	const show = async (name: NormalizedName): Promise<ShownProject> => {
		try {
			return showProject(name, await pypi.packument(name, {signal}), target);
		} catch (error) {
			if (error instanceof BuildError && error.code === 'STX0301') {
				return nothingShown(name);
			}

			throw error;
		}
	};

	const project = async (name: NormalizedName): Promise<ShownProject> => {
		if (requiredElsewhere(name)) {
			return nothingShown(name);
		}

		const known = projects.get(name) ?? show(name);
		projects.set(name, known);
		return known;
	};

	const readMetadata = async (name: NormalizedName, {version, file, isBuilt}: ShownVersion): Promise<StandIn> => {
		if (isBuilt) {
			return sdists.standIn(name, version);
		}

		const {requiresDist, requiresPython, providesExtra} = await pypi.manifest(file, {signal});
		return {
			name, version, requires: requiresDist, extras: providesExtra, ...(requiresPython !== undefined && {requiresPython}),
		};
	};

	/** What a version that is shown requires. */
	const metadata = async (name: NormalizedName, version: ShownVersion): Promise<StandIn> => {
		const key = `${name} ${version.version}`;
		const known = read.get(key) ?? readMetadata(name, version);
		read.set(key, known);
		return known;
	};

	const answerMetadata = async (name: NormalizedName, version: ShownVersion): Promise<HttpAnswer> => {
		if (version.isBuilt) {
			noteOnce(`${name} ${version.version} has no wheel for the target: reading its sdist`);
		}

		try {
			return found('text/plain; charset=utf-8', formatMetadata(await metadata(name, version)));
		} catch (error) {
			if (error instanceof BuildError && ofNoUse.has(error.code) && !isPinned(name)) {
				noteOnce(`${name} ${version.version} is passed over: ${error.message}`);
				return found('text/plain; charset=utf-8', '');
			}

			throw error;
		}
	};

	const isPinned = (name: NormalizedName): boolean => constraintFor(constraints, name, target)?.version !== undefined;

	const answer = async (name: string, filename: string, asWheels: ReadonlySet<NormalizedName>): Promise<HttpAnswer> => {
		if (!isName(name)) {
			return notFound;
		}

		const shown = await project(normalizeName(name));
		if (filename === '') {
			return shown.versions.size + shown.others.length === 0 ? notFound : found('application/vnd.pypi.simple.v1+json', formatPage((asWheels.has(shown.name) ? wheelsAlone(shown) : undefined) ?? shown));
		}

		const asked = [...shown.versions.values()].find(item => `${item.filename}.metadata` === filename);
		return asked ? answerMetadata(shown.name, asked) : notFound;
	};

	const server = await listen({address: '127.0.0.1', port: 0, idle: 0}, {
		async answer({target: address}) {
			const [, token = '', name = '', filename = ''] = address.split('/');
			const run = runs.get(token);
			if (!run) {
				return notFound;
			}

			try {
				return await track(answer(decodeURIComponent(name), decodeURIComponent(filename), run.asWheels));
			} catch (error) {
				run.failed.abort(error);
				return notFound;
			}
		},
		answered() {
			// Uv says what it has asked for in vain.
		},
	});
	const serveRun: UvIndex['serve'] = async (asWheels, useRun) => {
		const token = randomUUID();
		const failed = new AbortController();
		runs.set(token, {asWheels, failed});
		try {
			return await useRun(`${server.url}/${token}`, AbortSignal.any([failed.signal, signal]));
		} finally {
			// What comes to its end from now on is of no use to anybody, and its failure is none.
			runs.delete(token);
			failed.signal.throwIfAborted();
		}
	};

	try {
		return await use({
			serve: async (asWheels, useRun) => track(serveRun(asWheels, useRun)),
			readAhead: createReadAhead({
				project, metadata, target, constraints, requiredElsewhere, track, signal,
			}),
			hasWheels: async name => !isPinned(name) && wheelsAlone(await project(name)) !== undefined,
			async wheel(name, version) {
				const {versions} = await project(name);
				const shown = versions.get(versionKey(version));
				return shown === undefined || shown.isBuilt ? undefined : lockFile(shown.file, pypi, signal);
			},
		});
	} finally {
		options.end();
		await Promise.all([Promise.allSettled(running), server.close()]);
	}
}

/** Uv may keep it: its cache lasts as long as this index. */
const found = (type: string, body: string): HttpAnswer => ({status: 200, headers: {'content-type': type, 'cache-control': 'max-age=86400'}, body});

const notFound: HttpAnswer = {status: 404, headers: {'content-type': 'text/plain; charset=utf-8'}, body: 'there is no such thing\n'};
