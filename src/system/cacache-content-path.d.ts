declare module 'cacache/lib/content/path.js' {
	/** Where cacache keeps the content of a digest (https://www.w3.org/TR/SRI/) below its folder. */
	export default function contentPath(cache: string, integrity: string): string;
}
