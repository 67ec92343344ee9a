/** What a registry wants to see before it lets us in: `WWW-Authenticate`, RFC 9110, 11.6.1. */

/** Of a token: https://distribution.github.io/distribution/spec/auth/token/ */
export type Challenge
	= | {readonly scheme: 'basic'}
		| {readonly scheme: 'bearer'; readonly realm: string; readonly service: string | undefined; readonly scopes: readonly string[]};

const parameter = /(?<name>[\w-]+)\s*=\s*(?:"(?<quoted>(?:[^"\\]|\\.)*)"|(?<bare>[^\s",]+))/g;

/** @returns the challenge that can be met, Bearer before Basic; undefined when there is none. */
export function parseChallenge(header: string | undefined): Challenge | undefined {
	// A scheme is a word that no `=` follows; its parameters go up to the next one.
	const challenges = [...(header ?? '').matchAll(/(?:^|,)\s*(?<scheme>[A-Za-z]+)(?=\s+[\w-]+\s*=|\s*(?:,|$))(?<rest>(?:\s*,?\s*[\w-]+\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s",]+))*)/g)].map(({groups}) => ({
		scheme: groups!.scheme!.toLowerCase(),
		parameters: new Map([...groups!.rest!.matchAll(parameter)].map(({groups: found}) => [found!.name!.toLowerCase(), found!.quoted?.replaceAll(/\\(.)/g, '$1') ?? found!.bare!])),
	}));
	const bearer = challenges.find(({scheme, parameters}) => scheme === 'bearer' && parameters.has('realm'));
	if (bearer) {
		const {parameters} = bearer;
		return {
			scheme: 'bearer', realm: parameters.get('realm')!, service: parameters.get('service'), scopes: (parameters.get('scope') ?? '').split(' ').filter(scope => scope !== ''),
		};
	}

	return challenges.some(({scheme}) => scheme === 'basic') ? {scheme: 'basic'} : undefined;
}
