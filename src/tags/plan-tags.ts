/** Which image gets which name, of all lists together. Pure. */
import {normalizeReference, splitReference} from '../engine/index.js';
import {BuildError, throwProblems} from '../errors.js';
import type {TagEntry} from './parse-tag-list.js';

/** An image that is to have one more name. */
export type PlannedTag = {
	/** Label of the image: the last part of its name. */
	readonly label: string;
	readonly source: string;
	readonly target: string;
	readonly sourceRef: string | undefined;
	/** Whether another image may lose the name. */
	readonly overwrite: boolean;
	readonly at: TagEntry['at'];
};

export type TagChoices = {
	/** Registry that the names are given in; that of the list by default. */
	readonly registry?: string | undefined;
	/** Registry that has the images; that of the list by default. */
	readonly sourceRegistry?: string | undefined;
	/** `all`, or labels and references of images whose names may be taken from others. */
	readonly overwrite: 'all' | readonly string[];
};

/**
@param entries of all lists.
@throws BuildError STX0640 for each name that two entries ask for, and for a choice that no entry has.
*/
export function planTags(entries: readonly TagEntry[], {registry, sourceRegistry, overwrite}: TagChoices): readonly PlannedTag[] {
	const planned = entries.map(({name, sourceTag, tag, sourceRef, at}): PlannedTag => {
		const label = name.slice(name.lastIndexOf('/') + 1);
		const names = new Set([label, name, `${name}:${tag}`]);
		return {
			label,
			source: `${moveTo(name, sourceRegistry)}:${sourceTag}`,
			target: `${moveTo(name, registry)}:${tag}`,
			sourceRef,
			overwrite: overwrite === 'all' || overwrite.some(other => names.has(other)),
			at,
		};
	});
	const problems: BuildError[] = [];
	const first = new Map<string, PlannedTag>();
	for (const item of planned) {
		const reference = normalizeReference(item.target);
		const earlier = first.get(reference);
		if (earlier) {
			problems.push(new BuildError('STX0640', `\`${item.target}\` is asked for twice`, {at: [earlier.at, item.at], hint: 'keep one of the two'}));
		} else {
			first.set(reference, item);
		}
	}

	for (const name of overwrite === 'all' ? [] : overwrite) {
		if (!entries.some(entry => [entry.name.slice(entry.name.lastIndexOf('/') + 1), entry.name, `${entry.name}:${entry.tag}`].includes(name))) {
			problems.push(new BuildError('STX0640', `no list has an image \`${name}\`, which is to be pushed again`, {hint: 'name it by its label, as `stx-keystone`'}));
		}
	}

	throwProblems(problems);
	return planned;
}

function moveTo(name: string, registry: string | undefined): string {
	return registry === undefined ? name : `${registry}/${splitReference(`${name}:tag`).repository}`;
}
