/** Finding the addresses of hosts. */
import type {LookupFunction} from 'node:net';

/**
Asks once for all connections to a host that are opened at the same time. Each question takes one of libuv's four threads
until it is answered, which files and hashes wait for; and where the resolver loses one of forty, all behind it wait the
5 s until it is asked again. An answer is not kept: the system does that, where it is wanted.

@param find `lookup` of node:dns.
*/
export function createLookup(find: LookupFunction): LookupFunction {
	const waiting = new Map<string, Array<Parameters<LookupFunction>[2]>>();
	return (host, options, callback) => {
		const question = JSON.stringify([host, options]);
		const others = waiting.get(question);
		if (others) {
			others.push(callback);
			return;
		}

		const all = [callback];
		waiting.set(question, all);
		find(host, options, (...answer) => {
			waiting.delete(question);
			for (const each of all) {
				each(...answer);
			}
		});
	};
}
