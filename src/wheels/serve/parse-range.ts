/** Which bytes of a file a client wants (RFC 9110, 14). Pure. */

/** Bytes from `start` to before `end`. */
export type ByteRange = {readonly start: number; readonly end: number};

/**
@param header the header Range.
@param size of the file.
@returns undefined when the whole file is to be sent: no range is wanted, or several, or in a unit or form that is
not understood, which the RFC says to pass over; `unsatisfiable` when no byte of the file is in it.
*/
export function parseRange(header: string | undefined, size: number): ByteRange | 'unsatisfiable' | undefined {
	const {first, last} = /^bytes=\s*(?<first>\d*)-(?<last>\d*)\s*$/i.exec(header ?? '')?.groups ?? {};
	if (first === undefined || last === undefined || (first === '' && last === '')) {
		return undefined;
	}

	if (first === '') {
		const length = Math.min(Number(last), size);
		return length === 0 ? 'unsatisfiable' : {start: size - length, end: size};
	}

	if (last !== '' && Number(last) < Number(first)) {
		return undefined;
	}

	const start = Number(first);
	const end = last === '' ? size : Math.min(Number(last) + 1, size);
	return start >= size ? 'unsatisfiable' : {start, end};
}

/**
Whether one of the entity tags of a header is this one.

@param header If-None-Match: a list, or `*`. Weak tags match too, as RFC 9110, 13.1.2 asks.
*/
export function matchesTag(header: string, tag: string): boolean {
	return header.trim() === '*' || header.split(',').some(candidate => candidate.trim().replace(/^W\//, '') === tag);
}
