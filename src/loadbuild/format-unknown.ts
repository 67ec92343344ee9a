/** What cannot be told with what this machine has, and why, as one line. Pure. */
import {formatPlace, problemsOf, type BuildError} from '../errors.js';
import {maskSecrets} from '../mask-secrets.js';

/** So many places are named. */
const placesShown = 2;

/** @param what begins the sentence: `whether the lock is stale`. */
export function formatUnknown(what: string, error: BuildError): string {
	const problems = problemsOf(error);
	const [other, ...more] = problems.filter(({code}) => code !== 'STX0306');
	if (other) {
		return `${what} cannot be told: ${other.message}${more.length === 0 ? '' : `, and ${more.length} more errors`}${other.hint === undefined ? '' : `; ${other.hint}`}`;
	}

	const places = [...new Set(problems.flatMap(({at}) => at.findLast(place => 'url' in place) ?? []).map(place => formatPlace(place)))];
	const shown = places.length > placesShown ? [...places.slice(0, placesShown - 1), `${places.length - placesShown + 1} others`] : places;
	return `${what} cannot be told without asking ${shown.length === 0 ? 'the network' : maskSecrets(shown.join(' and '))}`;
}
