/**
What an image says of what it was made from, in the labels that
https://github.com/opencontainers/image-spec/blob/main/annotations.md has names for. Pure.
*/

export type Labels = Readonly<Record<string, string>>;

type Origin = {
	/** The repository and the commit that the image is of. */
	readonly source?: {readonly url: string; readonly commit: string} | undefined;
	/** Of the project that the image is of. */
	readonly version?: string | undefined;
	/** The image that it begins with; the digest is that of the manifest in the registry. */
	readonly base?: {readonly reference: string; readonly digest?: string | null | undefined} | null | undefined;
};

const prefix = 'org.opencontainers.image.';

export const sourceLabel = `${prefix}source`;
export const revisionLabel = `${prefix}revision`;

/** What no registry has by that name. */
const isOfThisMachine = /^(?:localhost\/|(?:sha256:)?[\da-f]{64}$)/v;

/**
No time is among the labels, and no path and no name of this machine: the same inputs give the same labels everywhere.

@param inherited labels of the image that it begins with. What these say in the standard's words is said of that one, and is emptied.
*/
export function formatLabels({source, version, base}: Origin, inherited: Labels = {}): Labels {
	const name = base && !isOfThisMachine.test(base.reference) ? base.reference : undefined;
	const own = {
		[sourceLabel]: source && publicAddress(source.url),
		[revisionLabel]: source?.commit,
		[`${prefix}version`]: version,
		[`${prefix}base.name`]: name,
		[`${prefix}base.digest`]: name === undefined ? undefined : base?.digest ?? undefined,
	};
	return {
		...Object.fromEntries(Object.keys(inherited).filter(label => label.startsWith(prefix) && inherited[label] !== '').map(label => [label, ''])),
		...Object.fromEntries(Object.entries(own).filter((entry): entry is [string, string] => entry[1] !== undefined)),
	};
}

/** The address of a repository without an account; undefined for one of this machine. */
function publicAddress(url: string): string | undefined {
	const {protocol, host, pathname} = new URL(url);
	return protocol === 'file:' ? undefined : `${protocol}//${host}${pathname}`;
}
