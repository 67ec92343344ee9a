/** Where a locked distribution comes from, as people read it. Pure. */
import type {LockedSource} from '../lock/lock.js';

export type DescribedSource = {
	/** `wheel` of the index, `sdist` or `git` it is built from, local `module`, `local` wheel of this machine. */
	readonly kind: string;
	/** URL or path. */
	readonly location: string;
	readonly filename?: string;
	/** `sha256:` and 64 hex digits of the file. */
	readonly digest?: string;
	/** Whole id of the commit. */
	readonly commit?: string;
	/** Bytes, where somebody says it. */
	readonly size?: number;
};

/** How each kind of source is described. */
const descriptions: {readonly [Kind in LockedSource['kind']]: (source: Extract<LockedSource, {readonly kind: Kind}>) => Omit<DescribedSource, 'kind'>} = {
	wheel: ({file}) => describeFile(file),
	sdist: ({file}) => describeFile(file),
	directory: ({path}) => ({location: path}),
	git: ({url, commit}) => ({location: url, commit}),
	local: ({path, ...file}) => describeFile({...file, url: path}),
};

export function describeSource(source: LockedSource): DescribedSource {
	const describe = descriptions[source.kind] as (source: LockedSource) => Omit<DescribedSource, 'kind'>;
	return {kind: source.kind === 'directory' ? 'module' : source.kind, ...describe(source)};
}

const describeFile = ({filename, url, sha256, size}: {readonly filename: string; readonly url: string; readonly sha256: string; readonly size?: number}): Omit<DescribedSource, 'kind'> => ({
	location: url, filename, digest: `sha256:${sha256}`, ...(size !== undefined && {size}),
});
