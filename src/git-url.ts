/** Repositories and commits as people write them. Pure. */
import {BuildError, type SourceLocation} from './errors.js';

/** Whether a text is a whole commit id: SHA-1, or SHA-256. */
export const isCommitId = (text: string): boolean => /^(?:[\da-f]{40}|[\da-f]{64})$/v.test(text);

const protocols: ReadonlySet<string> = new Set(['http:', 'https:', 'ssh:', 'git:', 'file:']);

/** Whether a text names a repository of a host, or of this machine by a URL; a path does not. */
export const isRepositoryUrl = (text: string): boolean => /^[a-z][a-z+\-]*:\/\//v.test(text) || /^[\w.\-]+@[\w.\-]+:[^:]/v.test(text);

/**
@param text a URL, or ssh's short form `user@host:path`.
@returns the URL.
@throws BuildError STX0915 for what names no repository, or one of a protocol that runs programs (`ext::`).
*/
export function parseGitUrl(text: string, at?: SourceLocation): string {
	const short = /^(?<user>[\w.\-]+)@(?<host>[\w.\-]+):(?<path>[^:].*)$/v.exec(text)?.groups;
	const url = short ? `ssh://${short.user!}@${short.host!}/${short.path!.replace(/^\/+/v, '')}` : text;
	if (/[\s\p{Cc}]/v.test(url) || !URL.canParse(url) || !protocols.has(new URL(url).protocol)) {
		throw new BuildError('STX0915', `\`${text}\` is not the URL of a git repository`, {...(at && {at}), hint: 'give one that begins with https://, ssh://, git:// or file://'});
	}

	return url;
}
