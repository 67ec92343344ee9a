/** How many letters must be changed, added or taken away to make one text of another. */
function editDistance(from: string, to: string): number {
	let row = Array.from({length: to.length + 1}, (_, index) => index);
	for (const [index, letter] of [...from].entries()) {
		const next = [index + 1];
		for (const [column, other] of [...to].entries()) {
			next.push(Math.min(next[column]! + 1, row[column + 1]! + 1, row[column]! + (letter === other ? 0 : 1)));
		}

		row = next;
	}

	return row.at(-1)!;
}

/** The known names that someone who wrote `name` may have meant, the likeliest first; at most three. */
export function nearNames(name: string, known: readonly string[]): readonly string[] {
	const wanted = name.toLowerCase();
	return known
		.map(candidate => {
			const lower = candidate.toLowerCase();
			const inside = wanted.length >= 3 && (lower.includes(wanted) || wanted.includes(lower));
			return {candidate, distance: inside ? 1 : editDistance(wanted, lower)};
		})
		.filter(({candidate, distance}) => distance <= Math.max(1, Math.floor(Math.min(candidate.length, name.length) / 3)))
		.toSorted((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
		.slice(0, 3)
		.map(({candidate}) => candidate);
}
