// The whole of cacache loads what sweeps and lists a cache too, and takes as long to load as all else in the store.

declare module 'cacache/lib/content/path.js' {
	/** Where cacache keeps the content of a digest (https://www.w3.org/TR/SRI/) below its folder. */
	export default function contentPath(cache: string, integrity: string): string;
}

declare module 'cacache/lib/entry-index.js' {
	type IndexEntry = {readonly key: string; readonly integrity: string; readonly size?: number; readonly metadata?: unknown};

	/** The newest entry of a key; null when there is none that is whole. */
	export function find(cache: string, key: string): Promise<IndexEntry | null>;
	/** Adds an entry; undefined when its folder was removed meanwhile. */
	export function insert(cache: string, key: string, integrity: string, about: {readonly size: number; readonly metadata?: unknown}): Promise<IndexEntry | undefined>;
}
