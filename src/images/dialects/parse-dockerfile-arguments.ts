/** The names of the build arguments that a Dockerfile declares. */
export function parseDockerfileArguments(text: string): ReadonlySet<string> {
	return new Set(text.split('\n').flatMap(line => /^\s*arg\s+(?<name>\w+)/i.exec(line)?.groups?.name ?? []));
}
