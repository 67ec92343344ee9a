/**
Tables of packages by profile: openstack/loci's bindep.txt and pydep.txt without platforms, as the installer's
select_packages.py reads them in the image.
*/
import {BuildError, throwProblems} from '../../errors.js';

/** A word of a line: profiles that must all be there (`!` before one: must not). */
type Word = {readonly all: readonly string[]; readonly absence: boolean};

export type PackageTable = ReadonlyArray<{readonly name: string; readonly words: readonly Word[]}>;

/**
Reads a table. A line is `name [profile ...]`: a word asks for its profile, `!word` for its absence, `(a b)` for both.

@throws BuildError STX0608 for each line that is not of that form.
*/
export function parsePackageTable(text: string, file: string): PackageTable {
	const problems: BuildError[] = [];
	const table = text.split('\n').flatMap((raw, index) => {
		const line = raw.replace(/#.*$/, '').trim();
		const found = /^(?<name>[^\s[\]]+)(?:\s+\[(?<words>[^[\]]*)])?$/.exec(line);
		if (line !== '' && !found) {
			problems.push(new BuildError('STX0608', `\`${line}\` is not a line of a package table`, {at: {file, line: index + 1}, hint: 'write `name` or `name [profile ...]`'}));
		}

		const words = (found?.groups?.words ?? '').match(/\([^()]*\)|[^\s()]+/g) ?? [];
		return found ? [{name: found.groups!.name!, words: words.map(word => ({all: word.replaceAll(/[()]/g, '').split(/\s+/).filter(Boolean), absence: word.startsWith('!')}))}] : [];
	});
	throwProblems(problems);
	return table;
}

/** The names of the lines that apply: any of the words that ask for a presence is true, and all that ask for an absence. */
export function selectPackages(table: PackageTable, profiles: Iterable<string>): readonly string[] {
	const present = new Set(profiles);
	const holds = (profile: string): boolean => profile.startsWith('!') ? !present.has(profile.slice(1)) : present.has(profile);
	return table
		.filter(({words}) => {
			const presences = words.filter(({absence}) => !absence);
			return words.filter(({absence}) => absence).every(({all}) => all.every(profile => holds(profile)))
				&& (presences.length === 0 || presences.some(({all}) => all.every(profile => holds(profile))));
		})
		.map(({name}) => name);
}
