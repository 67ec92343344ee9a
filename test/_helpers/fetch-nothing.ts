import {AssertionError} from 'node:assert';

/** For inputs that name no address: asking for one is a mistake. */
export async function fetchNothing(url: string): Promise<never> {
	throw new AssertionError({message: `nothing was to be fetched, and ${url} is`});
}
