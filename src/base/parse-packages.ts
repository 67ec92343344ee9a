import {BuildError, throwProblems} from '../errors.js';

/**
Reads a list of Debian packages: one or more a line, `#` begins a comment.

@returns the names, sorted, each once.
@throws BuildError STX0504 for every word that is not the name of a package
(https://www.debian.org/doc/debian-policy/ch-controlfields.html#s-f-source).
*/
export function parsePackages(text: string, file: string): readonly string[] {
	const problems: BuildError[] = [];
	const packages = new Set<string>();
	for (const [index, line] of text.split(/\r?\n/).entries()) {
		for (const word of line.replace(/#.*$/, '').split(/\s+/).filter(each => each !== '')) {
			if (/^[a-z\d][a-z\d+.-]+$/.test(word)) {
				packages.add(word);
			} else {
				problems.push(new BuildError('STX0504', `\`${word}\` is not the name of a Debian package`, {at: {file, line: index + 1}}));
			}
		}
	}

	throwProblems(problems);
	return [...packages].toSorted();
}
