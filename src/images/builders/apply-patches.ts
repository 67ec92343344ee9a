/** Patches of a directive, on the tree of a repository. */
import {BuildError, type SourceLocation} from '../../errors.js';
import {commandInFolder, digestOfFile, type Runner} from '../../system/index.js';
import type {PlannedFile} from '../image-steps.js';

/**
Applies patches in their order. What git's mailbox form has besides the changes does not count: there is no history here
that it would belong to.

@param patches with their absolute paths as names.
@throws BuildError STX0441 for one that does not apply, STX0610 for one that has changed since the build was planned.
*/
export async function applyPatches(folder: string, patches: readonly PlannedFile[], {run, at, signal}: {
	readonly run: Runner; readonly at: SourceLocation; readonly signal: AbortSignal;
}): Promise<void> {
	for (const {name: file, digest} of patches) {
		if (await digestOfFile(file) !== digest) {
			throw new BuildError('STX0610', `the patch \`${file}\` has changed since the build was planned`, {at: {file}, hint: 'run stx-build again'});
		}

		// In a repository above, git would pass over what lies outside of it.
		const result = await run(commandInFolder(folder, ['apply', '--whitespace=nowarn', '--', file]), {signal});
		if (result.exitCode !== 0) {
			throw new BuildError('STX0441', `the patch \`${file}\` does not apply\n${result.output.trim().split('\n').slice(0, 5).join('\n')}`, {at: [{file}, at], hint: 'make it anew for the commit that is built'});
		}
	}
}
