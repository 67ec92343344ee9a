/** The name of an updated image, by the rules of StarlingX's update-stx-image.sh where they are safe. Pure. */
import {explainReference, explainWrittenReference, splitReference} from '../../engine/index.js';
import {BuildError} from '../../errors.js';

export type UpdatedName = {
	readonly label: string;
	readonly tag: string;
	/** With registry and name space. */
	readonly reference: string;
};

/** The version of a product, as in `stx.13.0-v1.0.2`: its last number counts no updates. A fourth one does. */
const endsInVersion = /-v?\d+\.\d+\.\d+(?:-[a-z]+)?$/;

/** A build of a day with the number of its update: `…-20260714T041000Z.0`, `…-2026.11.21.18.05.0`, `…-v1.0.2.1`. */
const endsInNumber = /^(?<before>.+)\.(?<number>\d{1,9})$/;

/**
The name of an image with an update: of a tag that ends in `.N` the number is replaced by that of the update, which is the
next one where none is given; to another tag it is appended, and must be given.

@param from with a tag; a digest after it is not part of the name.
@param options.updateVersion 0 and undefined stand for the next one.
@param options.registry and `user` of the updated image, where one of them is given.
@throws BuildError STX0642 where there is no tag to go by, and where the name would be that of the image itself.
*/
export function planUpdatedName(from: string, {updateVersion = 0, registry, user, defaultUser}: {
	readonly updateVersion?: number | undefined; readonly registry?: string | undefined; readonly user?: string | undefined; readonly defaultUser: string;
}): UpdatedName {
	const [name = ''] = from.split('@');
	const hasTag = name.slice(name.lastIndexOf('/') + 1).includes(':');
	if (!hasTag) {
		throw new BuildError('STX0642', `\`${from}\` has no tag, by which the updated image could be named`, {hint: 'name the image by its tag, as `starlingx/stx-nova:master-debian-trixie-amd64-stable-20260714T041000Z.0`; a digest may come after it'});
	}

	const wrong = explainWrittenReference(from);
	if (wrong) {
		throw new BuildError('STX0642', wrong.what, {hint: 'correct the name of the image to update'});
	}

	const {tag = '', repository} = splitReference(name);
	const updated = planUpdatedTag(tag, updateVersion);
	const label = repository.slice(repository.lastIndexOf('/') + 1);
	const place = registry === undefined && user === undefined ? name.slice(0, name.lastIndexOf(':')) : `${registry === undefined ? '' : `${registry}/`}${user ?? defaultUser}/${label}`;
	const reference = `${place}:${updated}`;
	const refused = explainReference(reference);
	if (refused) {
		throw new BuildError('STX0642', refused.what, {hint: refused.hint});
	}

	return {label, tag: updated, reference};
}

function planUpdatedTag(tag: string, updateVersion: number): string {
	const found = endsInVersion.test(tag) ? undefined : endsInNumber.exec(tag)?.groups;
	if (!found) {
		if (updateVersion === 0) {
			throw new BuildError('STX0642', `the tag \`${tag}\` does not end in the number of an update`, {hint: `give one: --version 1 makes the tag \`${tag}.1\``});
		}

		return `${tag}.${updateVersion}`;
	}

	const current = Number(found.number);
	if (updateVersion !== 0 && updateVersion === current) {
		throw new BuildError('STX0642', `update ${updateVersion} of \`${tag}\` would have the tag of the image itself`, {hint: `leave --version and IMAGE_UPDATE_VER out, for \`${found.before!}.${current + 1}\``});
	}

	return `${found.before!}.${updateVersion === 0 ? current + 1 : updateVersion}`;
}
