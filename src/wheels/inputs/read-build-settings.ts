/** wheels/build-settings.ini with the patches it names. */
import {BuildError, throwProblems} from '../../errors.js';
import type {NormalizedName} from '../../python/index.js';
import {digestOfFile} from '../../system/index.js';
import type {BuildPatch, BuildSettings} from './inputs.js';
import {parseBuildSettings, type PatchPlace} from './parse-build-settings.js';

/**
@param file its path: patches are meant from its folder.
@throws BuildError STX0406 with all that is wrong, also for patches that cannot be read.
*/
export async function readBuildSettings(text: string, file: string): Promise<ReadonlyMap<NormalizedName, BuildSettings>> {
	const problems: BuildError[] = [];
	const settings = new Map<NormalizedName, BuildSettings>();
	for (const [name, {patches, ...parsed}] of parseBuildSettings(text, file)) {
		const read = await Promise.all((patches ?? []).map(async patch => readPatch(patch, problems)));
		settings.set(name, {...parsed, ...(patches && {patches: read.filter(patch => patch !== undefined)})});
	}

	throwProblems(problems);
	return settings;
}

async function readPatch({at, ...patch}: PatchPlace, problems: BuildError[]): Promise<BuildPatch | undefined> {
	try {
		return {...patch, digest: await digestOfFile(patch.file)};
	} catch (error) {
		problems.push(new BuildError('STX0406', `the patch \`${patch.file}\` cannot be read`, {at, cause: error, hint: 'a patch is meant from the folder of build-settings.ini'}));
		return undefined;
	}
}
