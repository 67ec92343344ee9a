/** Patches of a directive, on the tree of a repository. */
import path from 'node:path';
import {BuildError, type SourceLocation} from '../../errors.js';
import {digestOfFile, type Runner} from '../../system/index.js';
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

		const result = await run({
			argv: ['git', 'apply', '--whitespace=nowarn', '--', file],
			cwd: folder,
			// Of no repository above: in one, git would pass over what lies outside of it.
			env: {GIT_CEILING_DIRECTORIES: path.dirname(folder), GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null'},
		}, {signal});
		if (result.exitCode !== 0) {
			throw new BuildError('STX0441', `the patch \`${file}\` does not apply\n${result.output.trim().split('\n').slice(0, 5).join('\n')}`, {at: [{file}, at], hint: 'make it anew for the commit that is built'});
		}
	}
}
