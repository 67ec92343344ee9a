/** What differs between two wheels. */
import {Buffer} from 'node:buffer';
import {readMembers} from '../../system/index.js';

/** A place where they differ, in words. */
export type Difference = {readonly member: string; readonly how: string};

/**
Compares two wheels whose bytes differ.

@returns the first member, by name, that is in one of them alone or has other bytes; undefined when all are equal, so
that only the archives differ.
*/
export async function compareWheels(before: string, now: string): Promise<Difference | undefined> {
	const [first, second] = await Promise.all([before, now].map(async file => readMembers(file, () => true))) as [Map<string, Buffer>, Map<string, Buffer>];
	const names = [...new Set([...first.keys(), ...second.keys()])].toSorted();
	for (const member of names) {
		const [a, b] = [first.get(member), second.get(member)];
		if (!a || !b) {
			return {member, how: a ? 'is not there any more' : 'was not there'};
		}

		if (Buffer.compare(a, b) !== 0) {
			return {member, how: `differs from byte ${firstDifference(a, b) + 1} on${a.length === b.length ? '' : `, and has ${b.length} bytes instead of ${a.length}`}`};
		}
	}

	return undefined;
}

function firstDifference(a: Buffer, b: Buffer): number {
	const length = Math.min(a.length, b.length);
	for (let index = 0; index < length; index++) {
		if (a[index] !== b[index]) {
			return index;
		}
	}

	return length;
}
