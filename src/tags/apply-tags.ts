/** Gives images in registries more names, by their manifests: no layer is pulled. */
import pMap from 'p-map';
import {asError, BuildError} from '../errors.js';
import type {Manifest, Registry} from '../registry/index.js';
import type {PlannedTag} from './plan-tags.js';
import {compareSource} from './compare-source.js';

export type AppliedTag = {
	readonly planned: PlannedTag;
	/** `unchanged`: the name has this image already. */
	readonly status: 'tagged' | 'unchanged' | 'failed';
	/** Of the manifest that the name has now. */
	readonly digest?: string;
	/** Blobs that went through this machine, as between registries, and their bytes. */
	readonly sent?: {readonly blobs: number; readonly bytes: number};
	/** What could not be found out. */
	readonly note?: string;
	readonly error?: Error;
};

export type ApplyEffects = {readonly registry: Registry; readonly signal: AbortSignal};

/** Requests at once; Docker Hub counts them. */
const imagesAtOnce = 6;

/**
Applies all of them, whatever fails. A name that another image has is an error, unless it may be overwritten; whether
that is the same image is told by the digests. An image that says which commit it was built from must have been built from
that of its list, also where the name has it already.

@param tell called with each as it ends.
@returns one for each, in their order.
@throws BuildError STX0003 when interrupted.
*/
export async function applyTags(planned: readonly PlannedTag[], {registry, signal}: ApplyEffects, tell: (applied: AppliedTag) => void): Promise<readonly AppliedTag[]> {
	return pMap(planned, async item => {
		let applied: AppliedTag;
		try {
			applied = {planned: item, ...await applyTag(item, registry)};
		} catch (error) {
			if (signal.aborted) {
				throw error;
			}

			applied = {planned: item, status: 'failed', error: located(asError(error), item)};
		}

		tell(applied);
		return applied;
	}, {concurrency: imagesAtOnce});
}

async function applyTag({source, target, sourceRef, overwrite}: PlannedTag, registry: Registry): Promise<Omit<AppliedTag, 'planned'>> {
	const [from, there] = await Promise.all([registry.manifest(source), registry.manifest(target)]);
	if (!from && there && !overwrite) {
		return {status: 'unchanged', digest: there.digest, note: `\`${source}\` is gone, so that it could not be compared`};
	}

	if (!from) {
		throw new BuildError('STX0725', `the registry does not have \`${source}\``, {hint: 'check `name` and `src_build_tag`; names of registries are part of `name`'});
	}

	const note = sourceRef === undefined ? undefined : compareSource(sourceRef, await registry.labels(source) ?? {}, source);
	if (there && isSame(from, there)) {
		return {status: 'unchanged', digest: there.digest, ...(note !== undefined && {note})};
	}

	if (there && !overwrite) {
		throw new BuildError('STX0722', `\`${target}\` names another image already: \`${there.digest}\`, and \`${source}\` is \`${from.digest}\``, {hint: 'give the image another tag, or --overwrite to replace the other one'});
	}

	const {digest, ...sent} = await registry.copy(source, target);
	const now = await registry.digest(target);
	if (digest !== from.digest || now !== digest) {
		throw new BuildError('STX0721', `\`${target}\` was given \`${from.digest}\`, and the registry has \`${now ?? 'nothing'}\` there`, {hint: 'apply the list again; when this comes back, somebody else pushes the same names'});
	}

	return {
		status: 'tagged', digest, ...(sent.blobs > 0 && {sent}), ...(note !== undefined && {note}),
	};
}

/** Equal bytes, or another manifest of the same image: engines write them anew when they push. */
const isSame = (a: Manifest, b: Manifest): boolean => a.digest === b.digest || (a.config !== undefined && a.config === b.config);

function located(error: Error, {at}: PlannedTag): Error {
	return error instanceof BuildError
		? new BuildError(error.code, error.message, {at: [at, ...error.at], ...(error.hint !== undefined && {hint: error.hint}), cause: error.cause})
		: error;
}
