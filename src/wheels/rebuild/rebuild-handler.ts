/** `wheels.rebuild`: builds a wheel again in another folder, with another umask, clock, time zone and locale, and compares the bytes. */
import {rm} from 'node:fs/promises';
import path from 'node:path';
import {BuildError} from '../../errors.js';
import type {Digest, Handler, Step} from '../../plan/index.js';
import {digestOfFile, withTemporaryFolder} from '../../system/index.js';
import type {BuilderResult} from '../build/builder-handler.js';
import type {BuildWheel, Manner} from '../build/build-wheel.js';
import type {WheelEffects} from '../effects.js';
import type {FileResult} from '../step-inputs.js';
import {compareWheels} from './compare-wheels.js';
import type {RebuildInputs} from './plan-rebuilds.js';

export type RebuildResult = {readonly filename: string; readonly digest: Digest; readonly isSame: boolean};

/** What may be otherwise on another machine, and must make no difference. The environment is that of the first build: it is not made again. */
const otherManner: Manner = {
	project: '/build/elsewhere/again/tree',
	umask: '077',
	env: {
		TZ: 'Elsewhere-14',
		LANG: 'C',
		LC_ALL: 'C',
		// More than a year later, by libfaketime: another day, month and year.
		LD_PRELOAD: '/usr/$LIB/faketime/libfaketime.so.1',
		FAKETIME: '+400d',
		FAKETIME_DONT_FAKE_MONOTONIC: '1',
		NO_FAKE_STAT: '1',
	},
};

export function createRebuildHandler({store, cache, logs}: WheelEffects, buildWheel: BuildWheel): Handler {
	const logFile = (step: Step): string => {
		const {build: {name, version}} = step.inputs as RebuildInputs;
		return path.join(logs, `${name}-${version}-again.log`);
	};

	return {
		logFile,
		// Asked for in order to be done.
		holds: async () => false,
		async run(step, context) {
			const log = logFile(step);
			await rm(log, {force: true});
			return withTemporaryFolder('rebuild', async folder => {
				const {build, wheel, exception} = step.inputs as RebuildInputs;
				const stored = context.result(wheel) as FileResult;
				const {image} = context.result(build.builder) as BuilderResult;
				const {file, filename} = await buildWheel({
					inputs: build, image, folder, logFile: log, manner: otherManner,
				}, context);
				const digest = await digestOfFile(file);
				const isSame = digest === stored.digest && filename === stored.filename;
				if (isSame && exception) {
					throw new BuildError('STX0442', `\`${filename}\` is the same when it is built again, and is listed as one that is not`, {at: exception.at, hint: `take [${build.name}] off the list`});
				}

				if (!isSame) {
					const difference = await store.use(stored.digest, async before => compareWheels(before, file));
					const where = filename === stored.filename
						? (difference ? `\`${difference.member}\` ${difference.how}` : 'its archive differs')
						: `it is \`${filename}\` now`;
					if (!exception) {
						throw new BuildError('STX0442', `\`${stored.filename}\` is not the same when it is built again: ${where}`, {at: {file: log}, hint: 'mend it with `env[]` or `patch[]` in wheels/build-settings.ini, or say in wheels/not-reproducible.ini why it cannot be'});
					}

					context.warn(`\`${stored.filename}\` is not the same when it is built again: ${where} (${exception.reason})`);
				}

				return {filename, digest, isSame} satisfies RebuildResult;
			}, path.join(cache, 'tmp'));
		},
	};
}
