import {rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {BuildError} from '../errors.js';
import type {Settings, Sourced} from './settings.js';

/**
Makes the workspace and tries to write there.

@throws BuildError STX0105 when results could not be written.
*/
export async function checkWorkspace({workspace}: Pick<Settings, 'workspace'>, {from}: Sourced): Promise<void> {
	// Loaded only now: what everything imports must load fast.
	const {makeFolder} = await import('../system/index.js');
	const probe = path.join(workspace, '.stx-build-write-test');
	try {
		await makeFolder(workspace);
		await writeFile(probe, '');
		await rm(probe, {force: true});
	} catch (error) {
		throw new BuildError('STX0105', `the workspace \`${workspace}\` (from ${from}) cannot be written: ${error instanceof Error ? error.message : String(error)}`, {cause: error, hint: 'name a writable folder with --workspace or MY_WORKSPACE'});
	}
}
