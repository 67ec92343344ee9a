import {createHash} from 'node:crypto';
import type {Json, Key} from './plan.js';

/** JSON with the names of every object sorted and undefined members left out, so that equal values give equal text. */
export function canonicalJson(value: Json): string {
	if (Array.isArray(value)) {
		return `[${value.map(item => canonicalJson(item as Json)).join(',')}]`;
	}

	if (typeof value === 'object' && value !== null) {
		const members = Object.entries(value as Record<string, Json | undefined>)
			.filter(([, member]) => member !== undefined)
			.toSorted(([a], [b]) => (a < b ? -1 : 1))
			.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member!)}`);
		return `{${members.join(',')}}`;
	}

	return JSON.stringify(value);
}

/**
The key of a step: the digest of what decides its result.

@param inputs the inputs that count, with the keys of the steps it needs. No time, path, label, tag, proxy or host name.
*/
export function keyOf(inputs: Json): Key {
	return `sha256:${createHash('sha256').update(canonicalJson(inputs)).digest('hex')}` as Key;
}
