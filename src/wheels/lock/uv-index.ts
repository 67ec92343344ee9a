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
	constraintFor, isName, normalizeName, type ConstraintFile, type NormalizedName, type Target,
} from '../../python/index.js';
import {listen, type HttpAnswer} from '../../system/index.js';
import type {LockedFile} from './lock.js';
import {readAhead} from './read-ahead.js';
import {lockFile, type SdistSource} from './sdist-source.js';
import {
	formatPage, nothingShown, showProject, shownVersions, type ShownProject, type ShownVersion,
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
	readonly signal?: AbortSignal | undefined;
};

export type UvIndex = {
	/** Simple API. Others on this machine cannot guess it: it may show what the index shows only with a password. */
	readonly url: string;
	/** Aborted, with the error as its reason, when uv has asked for something that could not be had. */
	readonly failed: AbortSignal;
	/** Begins to read what requirements will need. What goes wrong with it is told when uv asks for the same. */
	readAhead(requirements: readonly string[]): void;
	/** The wheel of a version that suits the target best. @throws BuildError as `PypiClient.packument` */
	wheel(name: NormalizedName, version: string): Promise<LockedFile | undefined>;
};

/** Errors of a distribution's own: uv is told that its metadata is of no use, and may take another version. */
const ofNoUse = new Set(['STX0207', 'STX0308']);

/**
Serves the index while something is done with it.

@throws BuildError STX0920, and what `use` throws.
*/
export async function withUvIndex<T>(options: UvIndexOptions, use: (index: UvIndex) => Promise<T>): Promise<T> {
	const {pypi, sdists, target, constraints, requiredElsewhere, note, signal} = options;
	const fetch = {...(signal && {signal})};
	const root = `/${randomUUID()}/`;
	const failure = new AbortController();
	const projects = new Map<NormalizedName, Promise<ShownProject>>();
	const noted = new Set<string>();

	const show = async (name: NormalizedName): Promise<ShownProject> => {
		try {
			const packument = await pypi.packument(name, fetch);
			return showProject(name, packument, target, constraintFor(constraints, name, target)?.specifier);
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

	/** What a version that is shown requires. */
	const metadata = async (name: NormalizedName, {version, wheel}: ShownVersion): Promise<StandIn> => {
		if (!wheel) {
			if (!noted.has(name)) {
				noted.add(name);
				note(`${name} ${version} has no wheel for the target: reading its sdist`);
			}

			return sdists.standIn(name, version);
		}

		const {requiresDist, requiresPython, providesExtra} = await pypi.manifest(wheel, fetch);
		return {
			name, version, requires: requiresDist, extras: providesExtra, ...(requiresPython !== undefined && {requiresPython}),
		};
	};

	const answer = async (address: string): Promise<HttpAnswer> => {
		if (!address.startsWith(root)) {
			return notFound;
		}

		const [name = '', filename = ''] = address.slice(root.length).split('/').map(part => decodeURIComponent(part));
		if (!isName(name)) {
			return notFound;
		}

		const shown = await project(normalizeName(name));
		const versions = shownVersions(shown);
		if (filename === '') {
			return versions.length + shown.others.length === 0 ? notFound : found('application/vnd.pypi.simple.v1+json', formatPage(shown));
		}

		const asked = versions.find(item => `${item.filename}.metadata` === filename);
		if (!asked) {
			return notFound;
		}

		try {
			return found('text/plain; charset=utf-8', formatMetadata(await metadata(shown.name, asked)));
		} catch (error) {
			if (error instanceof BuildError && ofNoUse.has(error.code)) {
				note(error.message);
				return found('text/plain; charset=utf-8', '');
			}

			throw error;
		}
	};

	const server = await listen({address: '127.0.0.1', port: 0}, {
		async answer(request) {
			try {
				return await answer(request.target);
			} catch (error) {
				failure.abort(error);
				return notFound;
			}
		},
		answered() {
			// Uv says what it has asked for in vain.
		},
	});
	const stopped = new AbortController();
	const index: UvIndex = {
		url: `${server.url}${root.slice(0, -1)}`,
		failed: failure.signal,
		readAhead: readAhead({
			project, metadata, target, constraints, requiredElsewhere, signal: stopped.signal,
		}),
		async wheel(name, version) {
			const {wheels} = await project(name);
			const file = wheels.get(version);
			return file && lockFile(file, pypi, signal);
		},
	};
	try {
		return await use(index);
	} finally {
		stopped.abort();
		await server.close();
	}
}

/** Uv may keep it: its cache lasts as long as this index. */
const found = (type: string, body: string): HttpAnswer => ({status: 200, headers: {'content-type': type, 'cache-control': 'max-age=86400'}, body});

const notFound: HttpAnswer = {status: 404, headers: {'content-type': 'text/plain; charset=utf-8'}, body: 'there is no such thing\n'};
