/** What a lock holds, as a list. Pure. */
import picomatch from 'picomatch';
import {BuildError, throwProblems} from '../../errors.js';
import {suggestNames} from '../../near-names.js';
import type {NormalizedName} from '../../python/index.js';
import {ownLabels} from '../inputs/inputs.js';
import {wheelsOfImage, type Lock} from '../lock/lock.js';
import {describeSource} from './describe-source.js';

export type ListedWheel = {
	readonly name: NormalizedName;
	readonly version: string;
	/** `wheel`, `sdist`, `module`, `git`, `local`. */
	readonly source: string;
	/** Bytes of the file it comes from; null where nobody says it. */
	readonly size: number | null;
	/** Labels of the images that need it, `wheel-list`, `modules`, `local-wheels`. */
	readonly labels: readonly string[];
};

/**
@param names of labels, with or without `stx-`, or globs; empty for all.
@returns the distributions of the lock that one of them needs, by name.
@throws BuildError STX0606 for each name that no label has.
*/
export function listWheels(lock: Lock, names: readonly string[] = []): readonly ListedWheel[] {
	const labels = names.length === 0 ? Object.keys(lock.roots) : chooseLabels(lock, names);
	const labelsOf = new Map<NormalizedName, string[]>(lock.packages.map(({name}) => [name, []]));
	for (const label of Object.keys(lock.roots).toSorted()) {
		for (const {name} of wheelsOfImage(lock, label)) {
			labelsOf.get(name)!.push(label);
		}
	}

	return lock.packages.flatMap(({name, version, source}) => {
		const needing = labelsOf.get(name)!;
		const {kind, size = null} = describeSource(source);
		return needing.some(label => labels.includes(label))
			? [{
				name, version, source: kind, size, labels: needing,
			}]
			: [];
	});
}

function chooseLabels({roots}: Lock, names: readonly string[]): readonly string[] {
	const labels = Object.keys(roots);
	const problems: BuildError[] = [];
	const chosen = names.flatMap(name => {
		const matches = picomatch(name);
		const found = labels.filter(label => matches(label) || matches(withoutPrefix(label)));
		if (found.length === 0) {
			const images = labels.filter(label => !ownLabels.includes(label));
			const known = images.length === 0 ? '`stx-build wheels` locks what the images need' : `it knows ${images.map(label => `\`${label}\``).join(', ')}`;
			problems.push(new BuildError('STX0606', `the lock knows no image \`${name}\``, {hint: suggestNames(withoutPrefix(name), labels.map(label => withoutPrefix(label)), known)}));
		}

		return found;
	});
	throwProblems(problems);
	return chosen;
}

const withoutPrefix = (label: string): string => label.replace(/^stx-/v, '');
