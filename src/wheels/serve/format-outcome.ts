/** What the log of `wheels serve` says of a request. Pure. */
import type {HttpOutcome, HttpRequest} from '../../system/index.js';

/** `127.0.0.1 GET /simple/pbr/ 200`, and after it what else there is to say. One line, whatever a client sends. */
export function formatOutcome({client, method, target}: HttpRequest, {status, isWhole, note, error}: HttpOutcome): string {
	const more = [
		...(isWhole ? [] : ['broken off']),
		...(note === undefined ? [] : [note]),
		...(error === undefined ? [] : [error instanceof Error ? error.message : 'it failed']),
	];
	const line = `${client} ${method} ${target} ${status}${more.map(text => `; ${text}`).join('')}`;
	return line.replaceAll(/[^ -~]/gu, letter => String.raw`\u{${letter.codePointAt(0)!.toString(16)}}`);
}
