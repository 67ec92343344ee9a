/** Reads os-release(5): variables with their values, without the quotes around them. */
export function parseOsRelease(text: string): ReadonlyMap<string, string> {
	return new Map(text.split('\n').flatMap(line => {
		const found = /^(\w+)=(["']?)(.*)\2$/.exec(line.trim());
		return found === null ? [] : [[found[1]!, found[3]!] as const];
	}));
}
