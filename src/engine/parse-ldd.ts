/**
The files that `ldd` names: the libraries and the loader of a program.

@returns absolute paths; none for a static program.
*/
export function parseLdd(output: string): readonly string[] {
	return output.split('\n').flatMap(line => /(?:=>\s+|^\s+)(\/\S+)\s+\(0x[\da-f]+\)/.exec(line)?.[1] ?? []);
}
