/** The order of Debian's versions (deb-version(7)). Pure. */

/**
@returns below 0 when `a` is the older one, 0 when both are equal as `1.0` and `0:1.0` or `1.0-0` are, above 0 otherwise.
*/
export function compareDebianVersions(a: string, b: string): number {
	const [first, second] = [splitVersion(a), splitVersion(b)];
	return first.epoch - second.epoch || compareParts(first.upstream, second.upstream) || compareParts(first.revision, second.revision);
}

function splitVersion(version: string): {readonly epoch: number; readonly upstream: string; readonly revision: string} {
	const colon = version.indexOf(':');
	const rest = version.slice(colon + 1);
	const dash = rest.lastIndexOf('-');
	return {
		epoch: colon === -1 ? 0 : Number(version.slice(0, colon)),
		upstream: dash === -1 ? rest : rest.slice(0, dash),
		revision: dash === -1 ? '' : rest.slice(dash + 1),
	};
}

/** Texts and numbers in turns: `1.2~rc1` is `.` and `~rc` between 1, 2 and 1. */
function compareParts(a: string, b: string): number {
	let [left, right] = [a, b];
	while (left !== '' || right !== '') {
		const [text, otherText] = [/^\D*/v.exec(left)![0], /^\D*/v.exec(right)![0]];
		const byText = compareTexts(text, otherText);
		if (byText !== 0) {
			return byText;
		}

		[left, right] = [left.slice(text.length), right.slice(otherText.length)];
		const [digits, otherDigits] = [/^\d*/v.exec(left)![0], /^\d*/v.exec(right)![0]];
		const byNumber = compareNumbers(digits, otherDigits);
		if (byNumber !== 0) {
			return byNumber;
		}

		[left, right] = [left.slice(digits.length), right.slice(otherDigits.length)];
	}

	return 0;
}

/** Of any length: dates and revision counts go beyond what a number holds. */
function compareNumbers(a: string, b: string): number {
	const [left, right] = [a.replace(/^0+/v, ''), b.replace(/^0+/v, '')];
	return left.length - right.length || (left < right ? -1 : (left > right ? 1 : 0));
}

function compareTexts(a: string, b: string): number {
	for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
		const difference = weightOf(a[index]) - weightOf(b[index]);
		if (difference !== 0) {
			return difference;
		}
	}

	return 0;
}

/** `~` before the end, the end before letters, letters before everything else. */
function weightOf(letter: string | undefined): number {
	if (letter === undefined) {
		return 0;
	}

	if (letter === '~') {
		return -1;
	}

	return /[a-z]/iv.test(letter) ? letter.codePointAt(0)! : letter.codePointAt(0)! + 256;
}
