/** Parts of URLs as they are meant. Pure. */

/** Decodes `%2B` and the like; a text that holds a `%` of another kind stays as it is. */
export function decodePercents(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}

/** The name of the file at a URL: the last part of its path, decoded. Empty where there is none, and where it would lead out of a folder. */
export function filenameOfUrl({pathname}: URL): string {
	const name = decodePercents(pathname.split('/').at(-1)!);
	return /[\/\\\p{Cc}]/v.test(name) ? '' : name;
}
