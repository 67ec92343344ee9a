import {mkdir, writeFile} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {BuildError} from '../../../src/errors.js';
import type {LoadbuildRequest} from '../../../src/loadbuild/index.js';
import {readInputs} from '../../../src/loadbuild/read-inputs.js';
import {withTemporaryFolder} from '../../../src/system/index.js';
import {readSettings} from '../../../src/workspace/index.js';
import {failureOf, problemsOf} from '../../_helpers/failure.js';
import {fakeEffects} from '../../_helpers/fake-effects.js';
import {packageFolder} from '../../_helpers/run-cli.js';

/** What is wrong with the inputs of images, where git ends with an error and a directive file is not there. */
async function fail(error: BuildError): Promise<BuildError> {
	return withTemporaryFolder('inputs', async folder => {
		const wheels = path.join(folder, 'wheels/debian-trixie');
		await mkdir(path.join(wheels, 'requirements'), {recursive: true});
		for (const [name, text] of Object.entries({
			'openstack.cfg': 'STABLE_OPENSTACK_REQ_URL=requirements\n', 'stable-wheels.cfg': '', 'requirements/upper-constraints.txt': '', 'requirements/global-requirements.txt': '',
		})) {
			await writeFile(path.join(wheels, name), text);
		}

		const folders = {roots: [folder, packageFolder]};
		const {settings} = await readSettings({dialect: 'pinned'}, folders, {
			workingFolder: folder, homeFolder: path.join(folder, 'home'), environment: {}, machine: 'x64', processors: 2, memory: 8,
		});
		const request: LoadbuildRequest = {
			settings, folders, workingFolder: folder, version: '0', dryRun: true, parts: {wheels: false, base: false, images: true}, select: {only: [], skip: [], directiveFiles: ['missing.ini']},
		};
		const effects = fakeEffects({
			async run() {
				throw error;
			},
		});
		return failureOf(async () => readInputs(request, effects, {} as never));
	});
}

test('all that is wrong is told at once', async t => {
	const error = await fail(new BuildError('STX0901', '`git` was not found on PATH'));
	t.deepEqual(problemsOf(error).map(({code}) => code), ['STX0903', 'STX0901']);
});

test('an interruption is told alone: nobody asks any more what is wrong', async t => {
	const error = await fail(new BuildError('STX0003', 'interrupted while running `git`'));
	t.deepEqual(problemsOf(error).map(({code}) => code), ['STX0003']);
	t.is(error.exitCode, 130);
});
