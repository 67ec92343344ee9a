/**
LOCI's bindep.txt with the names that Debian has for some of its packages. Everything else stays to the letter. Pure.

@param renamed new names by LOCI's.
*/
export const renamePackages = (text: string, renamed: ReadonlyMap<string, string>): string =>
	text.replaceAll(/^(?<name>[^\s#\[]+)(?=\s|$)/gmv, name => renamed.get(name) ?? name);
