/** Names that somebody may have meant who wrote another: of images and wheels, commands and options, keys. Pure. */
import leven from 'leven';

/** So many are told. */
const mostNear = 3;

/** Two letters that were struck in the wrong order are one mistake. */
function isSwapped(a: string, b: string): boolean {
	const at = [...a].findIndex((letter, index) => letter !== b[index]);
	return a.length === b.length && at !== -1 && a.slice(0, at) + a.slice(at + 1, at + 2) + a.slice(at, at + 1) + a.slice(at + 2) === b;
}

/** So much of what was written is a known name at the least, where it is a part of that. */
const leastPart = 0.4;

/**
The known names that someone who wrote `name` may have meant, the likeliest first; at most three.

A name is near when at most a third of the shorter one's letters differ, or when one of the two is a part of the other:
of a known one any part, of the other one that is not too small.
*/
export function nearNames(name: string, known: readonly string[]): readonly string[] {
	const wanted = name.toLowerCase();
	return [...new Set(known)]
		.map(candidate => {
			const lower = candidate.toLowerCase();
			const isPart = wanted.length >= 3 && (lower.includes(wanted) || (wanted.includes(lower) && lower.length >= wanted.length * leastPart));
			const inside = wanted !== lower && isPart;
			return {candidate, distance: inside || isSwapped(wanted, lower) ? 1 : leven(wanted, lower)};
		})
		.filter(({candidate, distance}) => distance <= Math.max(1, Math.floor(Math.min(candidate.length, name.length) / 3)))
		.toSorted((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
		.slice(0, mostNear)
		.map(({candidate}) => candidate);
}

/** The hint of an error about a name that is not known: the names that are near, or what else helps where none is. */
export const suggestNames = (name: string, known: readonly string[], otherwise: string): string => askFor(nearNames(name, known)) ?? otherwise;

/** `did you mean …?`; undefined for no names. */
export const askFor = (names: readonly string[]): string | undefined =>
	names.length === 0 ? undefined : `did you mean ${names.slice(0, mostNear).map(name => `\`${name}\``).join(' or ')}?`;
