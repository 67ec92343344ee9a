/** The client of a package index, with pacote's verbs: packument, resolve, manifest, tarball, extract. */
import {hostname} from 'node:os';
import path from 'node:path';
import {pid} from 'node:process';
import {BuildError} from '../errors.js';
import {keyOf, type Digest, type Store} from '../plan/index.js';
import {
	normalizeName, parseMetadata, parseSdistFilename, parseWheelFilename, versionKey,
	type Metadata, type Requirement,
} from '../python/index.js';
import {
	exists, extractArchive, readMembers, readText, redactUrl, splitCredentials, writeWhole,
	type Clock, type HttpClient, type RetryPolicy,
} from '../system/index.js';
import {chooseFile, type Choice} from './choose-file.js';
import {download, type Expected} from './download.js';
import {fetchMetadataFile, isMetadataMember, readRemoteMetadata} from './fetch-metadata.js';
import {fetchPage} from './fetch-page.js';
import type {IndexFile, Packument, ResolvedFile} from './packument.js';
import {createPageCache} from './page-cache.js';
import {blake2OfUrl, parseFileUrl} from './parse-file-url.js';
import {openPartial} from './partial-file.js';
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
	The metadata of a wheel or an sdist: from the store, from the file beside the wheel, from a part of the wheel, or from
	the whole file. It is verified unless it comes from a part, or nobody states a digest: it is for planning.
	@throws BuildError STX0308 when it is of another name or version than the file name says, STX0303, STX0306, STX0908, STX0909.
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

/** Downloads this process has begun: names that no two clients in it share. */
let downloads = 0;

/** Milliseconds: an hour. */
const defaultDeadline = 3_600_000;

export function createPypiClient(options: PypiOptions): PypiClient {
	const {http, store, cache, offline, clock, retry, warn, deadline = defaultDeadline} = options;
	const {url: index, authorization} = splitCredentials(options.index.replace(/\/*$/, '/'));
	const pages = createPageCache(path.join(cache, 'pages'));
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
			const page = await fetchPage(url, {
				http, cache: pages, clock, offline, isFresh: asked.has(url), authorization, signal: shared, name: normalized,
			});
			asked.add(url);
			// Loaded when a page is read: most runs read none.
			const {parseIndexPage} = await import('./parse-index-page.js');
			const read = parseIndexPage({
				contentType: page.contentType, body: page.body.toString('utf8'), url: page.url, name: normalized,
			});
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
		return reading.run(file.sha256 ?? file.url, signal, async shared => {
			const kept = file.sha256 === undefined ? undefined : path.join(cache, 'metadata', file.sha256);
			const text = kept !== undefined && await exists(kept) ? await readText(kept) : await findMetadata(file, {signal: shared, progress});
			const metadata = parseMetadata(text, {url: file.url});
			verifyMetadata(metadata, file);
			if (kept !== undefined) {
				await writeWhole(kept, text);
			}

			return metadata;
		});
	}

	async function findMetadata(file: IndexFile, fetch: {readonly signal: AbortSignal; readonly progress: FetchOptions['progress']}): Promise<string> {
		const isThere = file.sha256 !== undefined && await store.has(`sha256:${file.sha256}`);
		if (!isThere && !offline && file.filename.endsWith('.whl')) {
			const request = {http, authorization: authorizationFor(file.url), signal: fetch.signal};
			const text = await fetchMetadataFile(file, request) ?? await readRemoteMetadata(file, request);
			if (text !== undefined) {
				return text;
			}
		}

		const digest = await tarball(file, {...fetch, learn: true});
		return store.use(digest, async archive => {
			const isWanted = file.filename.endsWith('.whl') ? isMetadataMember : (name: string) => /^[^/]+\/PKG-INFO$/.test(name);
			const members = await readMembers(archive, isWanted, {name: file.filename});
			const [text] = members.values();
			if (text === undefined) {
				throw new BuildError('STX0308', `\`${file.filename}\` has no ${file.filename.endsWith('.whl') ? 'METADATA' : 'PKG-INFO'}`, {at: {url: redactUrl(file.url)}});
			}

			return text.toString('utf8');
		});
	}

	async function tarball(file: WantedFile, {signal, progress, learn = false}: TarballOptions = {}): Promise<Digest> {
		const {url, authorization: own} = splitCredentials(file.url);
		url.hash = '';
		const stated = file.sha256 ?? parseFileUrl(file.url)?.sha256;
		const expected: Expected = {sha256: stated?.toLowerCase(), blake2: stated === undefined ? blake2OfUrl(url.href) : undefined, size: file.size};
		return fetching.run(expected.sha256 ?? url.href, signal, async shared => {
			const kept = await findStored(url.href, expected);
			if (kept !== undefined) {
				return kept;
			}

			if (offline) {
				throw new BuildError('STX0306', `\`${file.filename}\` is not in the store, and --offline is given`, {at: {url: url.href}, hint: 'run once without --offline'});
			}

			if (expected.sha256 === undefined && expected.blake2 === undefined && !learn) {
				throw new BuildError('STX0307', `nobody states a digest of \`${file.filename}\``, {at: {url: url.href}, hint: 'add #sha256=<64 hex digits> to its address, or take it from files.pythonhosted.org'});
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
			owner: `${hostname()}-${pid}-${downloads++}`,
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

/** @throws BuildError STX0308 when the metadata is of something else than the file name says. */
function verifyMetadata(metadata: Metadata, file: IndexFile): void {
	const name = normalizeName(metadata.name);
	const version = versionOf(file.filename, name);
	if (version === undefined || versionKey(version) !== versionKey(metadata.version)) {
		throw new BuildError('STX0308', `\`${file.filename}\` holds the metadata of \`${metadata.name}\` ${metadata.version}`, {at: {url: redactUrl(file.url)}, hint: 'the file is mislabelled: do not use it'});
	}
}
