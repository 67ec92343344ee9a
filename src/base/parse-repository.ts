/** Package repositories as a line of sources.list names them, sources.list(5). */
import {BuildError, type SourceLocation} from '../errors.js';

export type AptRepository = {
	readonly type: 'deb' | 'deb-src';
	/** Between the brackets, by name; without what is meant for all. */
	readonly options: ReadonlyArray<readonly [string, string]>;
	readonly url: string;
	readonly suite: string;
	readonly components: readonly string[];
};

/** What a message says of where a repository was named. */
export type NamedAt = {readonly from: string; readonly at?: SourceLocation};

/**
Reads `TYPE [OPTION=VALUE...] URL SUITE [COMPONENT...]`.

@throws BuildError STX0505 for anything else, and for what must not be written into an image: a user and a password.
*/
export function parseRepository(line: string, {from, at}: NamedAt): AptRepository {
	const {type, options, url, suite, components} = /^(?<type>deb|deb-src)\s+(?:\[(?<options>[^\[\]]*)\]\s+)?(?<url>[^\s\[\]]+)\s+(?<suite>[^\s\[\]]+)(?<components>(?:\s+[^\s\[\]]+)*)$/v.exec(line.trim())?.groups ?? {};
	const place = {...(at && {at}), hint: 'write it as `deb [signed-by=/usr/share/keyrings/name.gpg] http://host/path suite component`, as sources.list(5) has it'};
	const listed = (components ?? '').split(/\s+/v).filter(word => word !== '');
	if (type === undefined || (suite!.endsWith('/') ? listed.length > 0 : listed.length === 0)) {
		throw new BuildError('STX0505', `a repository (from ${from}) is not written as apt reads it`, place);
	}

	if (!/^https?:\/\/[^\s@'"\\]+$/v.test(url!)) {
		throw new BuildError('STX0505', `a repository (from ${from}) must have an http or https URL without user, password and quotes: it is written into the image`, place);
	}

	return {
		type: type as AptRepository['type'],
		options: (options ?? '').split(/\s+/v).filter(word => word !== '').map(word => [word.split('=', 1)[0]!, word.slice(word.indexOf('=') + 1)] as const),
		url: url!,
		suite: suite!,
		components: listed,
	};
}

export function formatRepository({type, options, url, suite, components}: AptRepository): string {
	return [type, ...(options.length === 0 ? [] : [`[${options.map(([name, value]) => `${name}=${value}`).join(' ')}]`]), url, suite, ...components].join(' ');
}

/** Whether apt is told to take what it gives without a signature. */
export const isTrusted = ({options}: Pick<AptRepository, 'options'>): boolean => options.some(([name, value]) => name === 'trusted' && /^(?:yes|true|1)$/iv.test(value));
