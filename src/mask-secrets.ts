/** What stands between `scheme://` and the last `@` before the path; a `#` or `?` right behind the host is one of a password. */
const credentials = /\b(?<scheme>[a-z][a-z\d+.-]{0,20}:\/\/)(?<user>[^\s/?#'"`]+)@(?:[^\s/?#@'"`]*[?#][^\s/'"`]*@)?/gi;

/** A password with `/`, `#`, `?` or blanks in it, as nobody should write one in a URL: what is behind the colon is no port. */
const unquoted = /\b(?<scheme>[a-z][a-z\d+.-]{0,20}:\/\/)[^\s/?#@:[\]'"`]+:(?!\d{1,5}(?:[\s/?#:,;.)\]}>'"`]|$))(?=[^\n@'"`]*[\s/?#])[^\s@'"`][^\n@'"`]*@(?:[^\s'"`]*@)?/gim;

/** The same without a scheme, before a host: neither `debian:trixie@sha256:…` nor `demo:extra@1.2`. */
const bare = /(?<=^|[\s'"`=(<,])(?!mailto:)[\w.+%-]+:[^\s/'"`]+@(?!sha\d+:)(?=[a-z[]|\d{1,3}(?:\.\d{1,3}){3})/gim;

/** It behind the login of ssh's short form: `git@user:password@host/path`. */
const behindLogin = /(?<=^|[\s'"`=(<,])(?<login>[\w.-]+@)[\w.-]+:[^\s/:'"`]+@(?=[\w.-]+\/)/gim;

/**
Hides user names and passwords in URLs, for everything that people or files get to see: `https://user:pass@host` and
`https://token@host` become `https://***@host`. A user name alone stays where it is no secret, as in `ssh://git@host`.
*/
export function maskSecrets(text: string): string {
	// Most texts have none, and there are many.
	return text.includes('@')
		? text
			.replaceAll(unquoted, '$<scheme>***@')
			.replaceAll(credentials, (whole, scheme: string, user: string) => /^https?:/i.test(scheme) || user.includes(':') ? `${scheme}***@` : whole)
			.replaceAll(bare, '***@')
			.replaceAll(behindLogin, '$<login>***@')
		: text;
}

/** The same for what is to be the address of a host and nothing else, as that of a proxy: all before the last `@` is hidden. */
export const maskAddress = (text: string): string => text.replace(/^(?<scheme>[a-z][a-z\d+.\-]*:\/\/)?.*@/isv, '$<scheme>***@');
