/** What stands between `scheme://` and the last `@` before the path. */
const credentials = /\b(?<scheme>[a-z][a-z\d+.-]*:\/\/)(?<user>[^\s/?#'"`]+)@/gi;

/**
Hides user names and passwords in URLs, for everything that people or files get to see: `https://user:pass@host` and
`https://token@host` become `https://***@host`. A user name alone stays where it is no secret, as in `ssh://git@host`.
*/
export function maskSecrets(text: string): string {
	return text.replaceAll(credentials, (whole, scheme: string, user: string) => /^https?:/i.test(scheme) || user.includes(':') ? `${scheme}***@` : whole);
}
