/** The plain lists of wheels/: toolchain.txt, builder-packages and only-local.txt. */
import {BuildError, collect, throwProblems} from '../../errors.js';
import {normalizeName, type NormalizedName} from '../../python/index.js';
import type {ToolPin} from './inputs.js';

/**
Reads toolchain.txt: pip's requirements format, each line `name==version --hash=sha256:…`.

@param file name for messages.
@throws BuildError STX0406 for each requirement that has no exact version or no hash.
*/
export function parseToolchain(text: string, file: string): readonly ToolPin[] {
	const problems: BuildError[] = [];
	const pins = new Map<NormalizedName, ToolPin>();
	let logical = '';
	let start = 0;
	for (const [index, raw] of text.split(/\r?\n/v).entries()) {
		if (logical === '') {
			start = index + 1;
		}

		const content = raw.replace(/(?:^|\s)#.*$/v, '').trim();
		if (content.endsWith('\\')) {
			logical += `${content.slice(0, -1).trim()} `;
			continue;
		}

		const whole = `${logical}${content}`.trim();
		const at = {file, line: start};
		logical = '';
		const pin = whole === '' ? undefined : collect(problems, () => parsePin(whole, at));
		if (pin && pins.has(pin.name)) {
			problems.push(new BuildError('STX0406', `\`${pin.name}\` is pinned twice`, {at: [pins.get(pin.name)!.at, pin.at], hint: 'keep one of the two'}));
		} else if (pin) {
			pins.set(pin.name, pin);
		}
	}

	if (logical.trim() !== '') {
		problems.push(new BuildError('STX0406', 'the file ends in a continued line', {at: {file, line: start}, hint: 'take the `\\` at its end away'}));
	}

	throwProblems(problems);
	return [...pins.values()];
}

function parsePin(content: string, at: ToolPin['at']): ToolPin {
	const [requirement = '', ...options] = content.split(/\s+/v);
	const pin = /^(?<name>[\w.\-]+)==(?<version>[^=\s,;*]+)$/v.exec(requirement)?.groups;
	const hashes = options.map(option => /^--hash=sha256:(?<hex>[\da-f]{64})$/v.exec(option)?.groups?.hex);
	if (!pin || hashes.length === 0 || hashes.includes(undefined)) {
		throw new BuildError('STX0406', `\`${requirement}\` must be an exact version with its hashes`, {at, hint: 'write `name==version --hash=sha256:HEX`'});
	}

	return {
		name: normalizeName(pin.name!), version: pin.version!, sha256: hashes.filter(hash => hash !== undefined), at,
	};
}

/** Whether a word is the name of a Debian package, with or without `=version`. */
export const isDebianPackage = (word: string): boolean => /^[a-z\d][a-z\d+.\-]+(?:=[\w.+:~\-]+)?$/v.test(word);

/** Debian package names, one or more a line, `#` comments. @throws BuildError STX0406 */
export function parseBuilderPackages(text: string, file: string): readonly string[] {
	const problems: BuildError[] = [];
	const packages = new Set<string>();
	for (const [index, raw] of text.split(/\r?\n/v).entries()) {
		for (const word of raw.replace(/#.*$/v, '').trim().split(/\s+/v).filter(item => item !== '')) {
			if (isDebianPackage(word)) {
				packages.add(word);
			} else {
				problems.push(new BuildError('STX0406', `\`${word}\` is not the name of a Debian package`, {at: {file, line: index + 1}, hint: 'write names with blanks between them: lower-case letters, digits, `+`, `-` and `.`'}));
			}
		}
	}

	throwProblems(problems);
	return [...packages].toSorted();
}

/** Names of distributions, one a line, `#` comments. @throws BuildError STX0406 */
export function parseNames(text: string, file: string): ReadonlySet<NormalizedName> {
	const problems: BuildError[] = [];
	const names = new Set<NormalizedName>();
	for (const [index, raw] of text.split(/\r?\n/v).entries()) {
		const name = raw.replace(/#.*$/v, '').trim();
		const normalized = name === '' ? undefined : collect(problems, () => normalizeName(name, {file, line: index + 1}));
		if (normalized !== undefined) {
			names.add(normalized);
		}
	}

	throwProblems(problems);
	return names;
}
