import {createHash} from 'node:crypto';
import type {Json, Key, KeyParts} from './plan.js';

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

/** Longer values are parts by their digest: they are compared, and shown to nobody. */
const longestPart = 200;

/**
The key of a step and the named parts it is made of, by which can be told later what changed.

@param inputs the inputs that count, by name. The members of an object are parts of their own: `env` becomes `env.CC` and
so on.
*/
export function keyed(inputs: Readonly<Record<string, Json | undefined>>): {readonly key: Key; readonly parts: KeyParts} {
	const members = Object.entries(inputs).flatMap(([name, value]): Array<[string, Json | undefined]> =>
		isObject(value) ? Object.entries(value).map(([member, inner]) => [`${name}.${member}`, inner]) : [[name, value]]);
	const parts = Object.fromEntries(members.flatMap(([name, value]): Array<[string, string]> => value === undefined ? [] : [[name, partOf(value)]]));
	return {key: keyOf(parts), parts};
}

const isObject = (value: Json | undefined): value is Readonly<Record<string, Json | undefined>> => typeof value === 'object' && value !== null && !Array.isArray(value);

function partOf(value: Json): string {
	const text = canonicalJson(value);
	return text.length > longestPart ? keyOf(value) : text;
}

/** A part as people read it: a text without its quotes. */
export const formatPart = (part: string): string => part.startsWith('"') ? JSON.parse(part) as string : part;
