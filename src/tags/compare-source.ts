/** Whether an image was built from the commit that is stated for it. */
import {revisionLabel, sourceLabel} from '../engine/index.js';
import {BuildError} from '../errors.js';

/**
Compares the address of a commit, as `https://opendev.org/starlingx/root/commit/ID`, with the labels of an image. Only an
image that names the same repository says something of the commit: labels are also inherited from base images.

@returns what cannot be told; undefined when the image is of that commit.
@throws BuildError STX0641 when it is of another one.
*/
export function compareSource(sourceRef: string, labels: Readonly<Record<string, string>>, image: string): string | undefined {
	const {repository, commit} = /^(?<repository>.+?)\/(?:commit|src\/commit|-\/commit)\/(?<commit>[\da-f]{7,40})\/?$/.exec(sourceRef)?.groups ?? {};
	if (repository === undefined || commit === undefined) {
		return `\`${sourceRef}\` names no commit`;
	}

	const {[sourceLabel]: source, [revisionLabel]: revision} = labels;
	if (source === undefined || revision === undefined || bareAddress(source) !== bareAddress(repository)) {
		return 'the image does not say which commit of that repository it was built from';
	}

	if (!revision.startsWith(commit)) {
		throw new BuildError('STX0641', `\`${image}\` was built from the commit \`${revision}\` of \`${source}\`, and not from \`${commit}\``, {hint: 'correct src_ref or src_build_tag'});
	}

	return undefined;
}

const bareAddress = (address: string): string => address.replace(/^[a-z+]+:\/\/(?:[^@/]*@)?/i, '').replace(/\/+$/, '').replace(/\.git$/, '').toLowerCase();
