/** StarlingX's lists of what was pushed: a reference a line. Pure. */

const linesOf = (list: string): readonly string[] => list.split('\n').map(line => line.trim()).filter(line => line !== '');

const formatLines = (lines: readonly string[]): string => lines.map(line => `${line}\n`).join('');

/** Whether a line is of the image with a label, by what comes behind the last `/`. */
const isOf = (line: string, label: string): boolean => line.slice(line.lastIndexOf('/') + 1).startsWith(`${label}:`);

/**
A list with one more reference: the lines of the same image (`/LABEL:`) are replaced in their place, as
build-stx-images.sh does, or the reference comes before those of the images that follow, or last.

@param list text of the list so far.
@param following labels of the images that are built after this one: a list is in the order of the build, whatever is pushed first.
*/
export function formatImageList(list: string, label: string, reference: string, following: readonly string[] = []): string {
	const lines = linesOf(list);
	const first = lines.findIndex(line => isOf(line, label));
	if (first !== -1) {
		return formatLines(lines.flatMap((line, index) => index === first ? [reference] : (isOf(line, label) ? [] : [line])));
	}

	const next = lines.findIndex(line => following.some(other => isOf(line, other)));
	return formatLines(next === -1 ? [...lines, reference] : [...lines.slice(0, next), reference, ...lines.slice(next)]);
}

/** A list without the references that are not among those that stay. */
export const formatKeptList = (list: string, stays: readonly string[]): string => formatLines(linesOf(list).filter(line => stays.includes(line)));

/** Whether a list has a reference as a line. */
export const isListed = (list: string, reference: string): boolean => linesOf(list).includes(reference);
