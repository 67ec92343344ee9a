/** The client of a package index, with pacote's verbs: packument, resolve, manifest, tarball, extract. */
import path from 'node:path';
import {BuildError} from '../errors.js';
import {keyOf, type Digest, type Store} from '../plan/index.js';
import {
	isWheelMetadata, normalizeName, onlyMetadata, parseMetadata, parseSdistFilename, parseWheelFilename, versionKey,
	type Metadata, type Requirement,
} from '../python/index.js';
import {
	extractArchive, readMembers, redactUrl, splitCredentials,
	type Clock, type HttpClient, type RetryPolicy,
} from '../system/index.js';
import {chooseFile, type Choice} from './choose-file.js';
import {download, type Expected} from './download.js';
import {fetchMetadataFile, readRemoteMetadata} from './fetch-metadata.js';
import {fetchPage} from './fetch-page.js';
import {createMetadataCache, type MetadataCache} from './metadata-cache.js';
import type {IndexFile, Packument, ResolvedFile} from './packument.js';
import {createPageCache} from './page-cache.js';
import {blake2OfUrl, parseFileUrl} from './parse-file-url.js';
import {newOwner, openPartial} from './partial-file.js';
import {createSingleFlight} from './single-flight.js';

export type PypiOptions = {
	readonly http: HttpClient;
	/** Simple API: `https://pypi.org/simple`; may hold user name and password. */
	readonly index: string;
	readonly store: Store;
	/** Folder for pages, metadata and downloads on their way; made when needed. */
	readonly cache: string;
	/** Only what the cache and the store have. */
	readonly offline: boolean;
	readonly clock: Clock;
	readonly retry: RetryPolicy;
	/** Told what the user should know and can do something about. */
	readonly warn?: (message: string) => void;
	/** Milliseconds that one file may take, all attempts together. */
	readonly deadline?: number;
};

/** A file to be taken: one that an index lists, or one that a wheel list names by its address. */
export type WantedFile = Pick<IndexFile, 'url' | 'filename' | 'sha256' | 'size'>;

export type FetchOptions = {
	readonly signal?: AbortSignal | undefined;
	/** Called with the bytes that are there and, if known, those there will be. */
	readonly progress?: ((done: number, total: number | undefined) => void) | undefined;
};

export type TarballOptions = FetchOptions & {
	/** Takes a file whose digest nobody states and learns it: for making a lock, never for using one. */
	readonly learn?: boolean;
};

export type PypiClient = {
	/**
	What the index says about a project. Asked once in a run.
	@throws BuildError STX0301 when the index does not have it, STX0305, STX0306 (offline), STX0310, STX0908, STX0909.
	*/
	packument(name: string, options?: FetchOptions): Promise<Packument>;
	/**
	The file that is taken for a requirement. One with a URL is that file.
	@throws BuildError STX0302 when no file fits, STX0309, and what `packument` throws.
	*/
	resolve(requirement: Requirement, choice: Choice & FetchOptions): Promise<ResolvedFile>;
	/**
	The metadata of a wheel or an sdist: from the file itself where the store has it, else from the file beside the wheel,
	from a part of the wheel, or from the whole file. It is verified unless it comes from a part, or nobody states a digest:
	then it is for planning, and no other run gets it without asking.
	@throws BuildError STX0308 when it is of another name or version than the file name says, STX0207 when it is wrong or too
	large, STX0416 when the wheel has several, STX0303, STX0306, STX0908, STX0909.
	*/
	manifest(file: IndexFile, options?: FetchOptions): Promise<Metadata>;
	/**
	Brings a file into the store, verified by its SHA-256, or by the BLAKE2b-256 that is its address on PyPI's file host.
	Callers who ask for the same file at once share one download. One that broke off goes on where it was, in this run or
	a later one.
	@throws BuildError STX0303, STX0304, STX0306, STX0307 when no digest is known, STX0908, STX0909, STX0003.
	*/
	tarball(file: WantedFile, options?: TarballOptions): Promise<Digest>;
	/**
	Unpacks a wheel or an sdist into an empty folder.
	@throws BuildError STX0907 for what must not be unpacked, STX0910, and what `tarball` throws.
	*/
	extract(file: WantedFile, folder: string, options?: FetchOptions): Promise<void>;
};

/** Milliseconds: an hour. */
const defaultDeadline = 3_600_000;

export function createPypiClient(options: PypiOptions): PypiClient {
	const {http, store, cache, offline, clock, retry, warn, deadline = defaultDeadline} = options;
	const {url: index, authorization} = splitCredentials(options.index.replace(/\/*$/, '/'));
	const pages = createPageCache(path.join(cache, 'pages'));
	// What files say of themselves, by their digests, and what the index has beside them, by the digests that it states.
	const ofFiles = createMetadataCache(path.join(cache, 'metadata', 'files'));
	const besideFiles = createMetadataCache(path.join(cache, 'metadata', 'beside'));
	// What nobody has verified is for this run alone: a later one would take a wrong answer for what the wheel says.
	const unverified = new Map<string, Metadata>();
	// Which pages this run has asked for: the cache has them, and memory need not hold 600 packuments.
	const asked = new Set<string>();
	const asking = createSingleFlight<Packument>();
	const reading = createSingleFlight<Metadata>();
	const fetching = createSingleFlight<Digest>();

	/** The credentials of the index, for the host they were given for. */
	const authorizationFor = (url: string) => new URL(url).origin === index.origin ? authorization : undefined;
	const pageOf = (name: string) => new URL(`${encodeURIComponent(name)}/`, index).href;

	async function packument(name: string, {signal}: FetchOptions = {}): Promise<Packument> {
		const normalized = normalizeName(name);
		const url = pageOf(normalized);
		return asking.run(normalized, signal, async shared => {
			const read = await fetchPage(url, {
				http, cache: pages, clock, offline, isFresh: asked.has(url), authorization, signal: shared, name: normalized,
			}, async page => {
				// Loaded when a page is read: most runs read none.
				const {parseIndexPage} = await import('./parse-index-page.js');
				return parseIndexPage({
					contentType: page.contentType, body: page.body.toString('utf8'), url: page.url, name: normalized,
				});
			});
			asked.add(url);
			for (const warning of read.warnings) {
				warnOnce(warning);
			}

			return read;
		});
	}

	const warned = new Set<string>();
	function warnOnce(message: string): void {
		if (!warned.has(message)) {
			warned.add(message);
			warn?.(message);
		}
	}

	async function resolve(requirement: Requirement, choice: Choice & FetchOptions): Promise<ResolvedFile> {
		if (requirement.url !== undefined) {
			return resolveUrl(requirement.url, requirement);
		}

		const {file, warnings} = chooseFile(await packument(requirement.normalized, choice), requirement, choice, pageOf(requirement.normalized));
		for (const warning of warnings) {
			warnOnce(warning);
		}

		return file;
	}

	async function manifest(file: IndexFile, {signal, progress}: FetchOptions = {}): Promise<Metadata> {
		return reading.run(idOf(file), signal, async shared => await knownMetadata(file) ?? fetchMetadata(file, {signal: shared, progress}));
	}

	/** What this run or an earlier one has learned. What comes of the file itself is before what anybody says of it. */
	async function knownMetadata(file: IndexFile): Promise<Metadata | undefined> {
		const read = (text: string) => readMetadata(text, file);
		const ofFile = await ofFiles.read(file.sha256, read);
		if (ofFile !== undefined || await isStored(file)) {
			return ofFile;
		}

		const remembered = unverified.get(idOf(file));
		return await besideFiles.read(file.metadata?.sha256, read) ?? (remembered && verifyMetadata(remembered, file));
	}

	async function fetchMetadata(file: IndexFile, fetch: {readonly signal: AbortSignal; readonly progress: FetchOptions['progress']}): Promise<Metadata> {
		if (!offline && file.filename.endsWith('.whl') && !await isStored(file)) {
			const request = {http, authorization: authorizationFor(file.url), signal: fetch.signal};
			const beside = await fetchMetadataFile(file, request);
			if (beside !== undefined) {
				return learnMetadata(beside, file, {texts: besideFiles, sha256: file.metadata?.sha256});
			}

			const part = await readRemoteMetadata(file, request);
			if (part !== undefined) {
				return learnMetadata(part, file);
			}
		}

		const text = await store.use(await tarball(file, {...fetch, learn: true}), async archive => readWhole(archive, file));
		return learnMetadata(text, file, {texts: ofFiles, sha256: file.sha256});
	}

	/** Reads metadata, and keeps it where a digest is stated that verifies it. */
	async function learnMetadata(text: string, file: IndexFile, {texts, sha256}: {readonly texts?: MetadataCache; readonly sha256?: string | undefined} = {}): Promise<Metadata> {
		const metadata = readMetadata(text, file);
		if (sha256 === undefined) {
			unverified.set(idOf(file), metadata);
		} else {
			await texts?.keep(sha256, text);
		}

		return metadata;
	}

	const isStored = async ({sha256}: IndexFile): Promise<boolean> => sha256 !== undefined && store.has(`sha256:${sha256}`);

	async function tarball(file: WantedFile, {signal, progress, learn = false}: TarballOptions = {}): Promise<Digest> {
		const {url, authorization: own} = splitCredentials(file.url);
		url.hash = '';
		const stated = file.sha256 ?? parseFileUrl(file.url)?.sha256;
		const expected: Expected = {sha256: stated?.toLowerCase(), blake2: stated === undefined ? blake2OfUrl(url.href) : undefined, size: file.size};
		// Each caller by himself, before he joins others: of such a file the store knows nothing either.
		if (expected.sha256 === undefined && expected.blake2 === undefined && !learn) {
			throw new BuildError('STX0307', `nobody states a digest of \`${file.filename}\``, {at: {url: url.href}, hint: 'add #sha256=<64 hex digits> to its address, or take it from files.pythonhosted.org'});
		}

		return fetching.run(expected.sha256 ?? url.href, signal, async shared => {
			const kept = await findStored(url.href, expected);
			if (kept !== undefined) {
				return kept;
			}

			if (offline) {
				throw new BuildError('STX0306', `\`${file.filename}\` is not in the store, and --offline is given`, {at: {url: url.href}, hint: 'run once without --offline'});
			}

			const digest = await bring(url.href, expected, {authorization: own ?? authorizationFor(url.href), signal: shared, progress});
			if (expected.blake2 !== undefined) {
				await store.keep(keyOfUrl(url.href), digest);
			}

			return digest;
		});
	}

	/** What lies at an address that is a digest never changes: what it gave is remembered by it. */
	const keyOfUrl = (url: string) => keyOf({kind: 'pypi.file', blake2: blake2OfUrl(url)});

	async function findStored(url: string, {sha256, blake2}: Expected): Promise<Digest | undefined> {
		const digest = sha256 === undefined
			? (blake2 === undefined ? undefined : await store.result(keyOfUrl(url)) as Digest | undefined)
			: `sha256:${sha256}` as const;
		return digest !== undefined && await store.has(digest) ? digest : undefined;
	}

	/** Downloads a file and moves it into the store. */
	async function bring(url: string, expected: Expected, fetch: {readonly authorization: string | undefined; readonly signal: AbortSignal; readonly progress: FetchOptions['progress']}): Promise<Digest> {
		const partial = await openPartial({
			folder: path.join(cache, 'partial'),
			key: (expected.sha256 ?? expected.blake2 ?? keyOf({url}).replace('sha256:', '')).slice(0, 40),
			owner: newOwner(),
			clock,
			wantBlake2: expected.sha256 === undefined && expected.blake2 !== undefined,
		});
		try {
			const sha256 = await download(url, expected, partial, {
				http, retry, clock, authorization: fetch.authorization, signal: fetch.signal, deadline, ...(fetch.progress && {progress: fetch.progress}),
			});
			const digest: Digest = `sha256:${sha256}`;
			await partial.close();
			await store.take(partial.file, digest);
			return digest;
		} catch (error) {
			const isWrong = error instanceof BuildError && ['STX0303', 'STX0304', 'STX0906'].includes(error.code);
			await (isWrong ? partial.remove() : partial.release());
			throw error;
		}
	}

	async function extract(file: WantedFile, folder: string, fetch: FetchOptions = {}): Promise<void> {
		const digest = await tarball(file, fetch);
		await store.use(digest, async archive => extractArchive(archive, folder, {name: file.filename}));
	}

	return {
		packument, resolve, manifest, tarball, extract,
	};
}

/** The file that a requirement names by its address: `name @ https://…#sha256=…`. */
function resolveUrl(url: string, requirement: Requirement): ResolvedFile {
	const file = parseFileUrl(url);
	const version = file && versionOf(file.filename, requirement.normalized);
	if (version === undefined) {
		throw new BuildError('STX0302', `\`${redactUrl(url)}\` is no wheel and no sdist of \`${requirement.name}\``, {hint: 'an address of a file ends in NAME-VERSION.tar.gz or the name of a wheel'});
	}

	return {...file!, version};
}

function versionOf(filename: string, name: Requirement['normalized']): string | undefined {
	if (!filename.endsWith('.whl')) {
		return parseSdistFilename(filename, name)?.version;
	}

	const wheel = parseWheelFilename(filename);
	return wheel.normalized === name ? wheel.version : undefined;
}

/** What tells files apart in one run. */
const idOf = ({sha256, url}: IndexFile): string => sha256 ?? url;

/** The METADATA of a wheel or the PKG-INFO of an sdist. @throws BuildError STX0308 when there is none, STX0416 when a wheel has several, STX0907, STX0910 */
async function readWhole(archive: string, {filename, url}: IndexFile): Promise<string> {
	const at = {url: redactUrl(url)};
	const isWheel = filename.endsWith('.whl');
	const members = await readMembers(archive, isWheel ? isWheelMetadata : name => /^[^/]+\/PKG-INFO$/.test(name), {name: filename});
	const found = [...members.values()];
	if (found.length === 0) {
		throw new BuildError('STX0308', `\`${filename}\` has no ${isWheel ? 'METADATA' : 'PKG-INFO'}`, {at});
	}

	return (isWheel ? onlyMetadata(found, filename, at) : found[0]!).toString('utf8');
}

/** @throws BuildError STX0207, STX0308 */
const readMetadata = (text: string, file: IndexFile): Metadata => verifyMetadata(parseMetadata(text, {url: file.url}), file);

/** @returns it. @throws BuildError STX0308 when the metadata is of something else than the file name says. */
function verifyMetadata(metadata: Metadata, file: IndexFile): Metadata {
	const name = normalizeName(metadata.name);
	const version = versionOf(file.filename, name);
	if (version === undefined || versionKey(version) !== versionKey(metadata.version)) {
		throw new BuildError('STX0308', `\`${file.filename}\` holds the metadata of \`${metadata.name}\` ${metadata.version}`, {at: {url: redactUrl(file.url)}, hint: 'the file is mislabelled: do not use it'});
	}

	return metadata;
}
