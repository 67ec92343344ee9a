/** The step image.verify: tries an image from inside, without a network. */
import {chmod, copyFile, rm} from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import {BuildError} from '../../errors.js';
import type {Handler, StepContext} from '../../plan/index.js';
import {
	digestOfFile, withTemporaryFolder, type RunResult,
} from '../../system/index.js';
import type {ImageEffects} from '../effects.js';
import {holdsImage} from '../holds-image.js';
import type {
	ImageBuildResult, ImageVerifyInputs, ImageVerifyResult, Inventory,
} from '../image-steps.js';
import {refuseFailed} from './refuse-failed.js';

/** Where the image's environment is: LOCI's place. */
const python = '/var/lib/openstack/bin/python';
const mounted = '/mnt';
const longestSeconds = 1800;

const versions = z.record(z.string(), z.string());

const outcome = z.object({
	checks: z.array(z.object({
		check: z.string(), status: z.enum(['passed', 'failed', 'warning']), seconds: z.number(), detail: z.string(),
	})),
	inventory: z.object({packages: versions, distributions: versions}),
});

type Outcome = Pick<ImageVerifyResult, 'checks'> & {readonly inventory: Inventory};

export function verifyHandler(effects: ImageEffects): Handler {
	return {
		logFile: step => (step.inputs as ImageVerifyInputs).log,
		holds: holdsImage(effects),
		async run(step, context) {
			const inputs = step.inputs as ImageVerifyInputs;
			const build = context.result(inputs.build) as ImageBuildResult;
			const started = effects.clock.monotonic();
			const {checks, inventory} = readOutcome(await runVerifier(inputs, build, context, effects), inputs);
			for (const {check, detail, status} of checks) {
				if (status === 'warning') {
					context.warn(`${inputs.label}: ${check}: ${detail.split('\n').find(line => line.trim() !== '') ?? 'in doubt'}`);
				}
			}

			refuseFailed(checks, inputs);
			const result: ImageVerifyResult = {
				image: build.image, build, checks, inventory, seconds: (effects.clock.monotonic() - started) / 1000,
			};
			return result;
		},
	};
}

async function runVerifier(inputs: ImageVerifyInputs, build: ImageBuildResult, context: StepContext, {engine, store}: ImageEffects): Promise<RunResult> {
	const pip = build.wheels.find(({name}) => name === 'pip');
	if (pip === undefined) {
		throw new BuildError('STX0613', `\`${inputs.label}\` cannot be verified: its wheels have no pip`, {hint: 'add pip to the toolchain of the dialect'});
	}

	return withTemporaryFolder('verify', async folder => {
		const verifier = path.join(folder, 'verify.py');
		await copyFile(inputs.verifier.file, verifier);
		if (await digestOfFile(verifier) !== inputs.verifier.digest) {
			throw new BuildError('STX0613', 'the verifier has changed since the build was planned', {at: {file: inputs.verifier.file}, hint: 'run stx-build again'});
		}

		await store.extractTo(pip.digest, path.join(folder, pip.filename));
		// The image's user may be another than this process's.
		await chmod(folder, 0o755);
		await rm(inputs.log, {force: true});
		const running = await engine();
		return running.run({
			image: build.image,
			argv: [python, `${mounted}/verify.py`],
			mounts: [{source: folder, target: mounted, readOnly: true}],
			network: 'none',
			input: JSON.stringify(requestOf(inputs, `${mounted}/${pip.filename}`)),
		}, {
			signal: context.signal,
			logFile: inputs.log,
			timeoutSeconds: longestSeconds,
			onLine(line) {
				const made = /^(?:passed|failed|warning): (?<check>.+)$/.exec(line)?.groups?.check;
				if (made !== undefined) {
					context.progress({text: made});
				}
			},
		});
	});
}

/** What verify.py reads. */
function requestOf({expected, spec}: ImageVerifyInputs, pip: string) {
	const service = spec.service && {
		start: null, wsgi: null, port: null, ...spec.service,
	};
	return {
		pip, ...expected, skip: spec.skipScripts, setup: spec.setup, service: service ?? null,
	};
}

function readOutcome(result: RunResult, {label, log}: ImageVerifyInputs): Outcome {
	const last = result.stdout.trimEnd().split('\n').at(-1) ?? '';
	const parsed = result.exitCode === 0 ? parse(last) : undefined;
	if (parsed === undefined) {
		const tail = result.output.trimEnd().split('\n').slice(-15).join('\n');
		const ended = result.timedOut ? `the checks took longer than ${longestSeconds} s` : `the checks ended with exit code ${result.exitCode}`;
		throw new BuildError('STX0613', `\`${label}\` could not be verified: ${ended}${tail === '' ? '' : `\n${tail}`}`, {at: {file: log}, hint: 'the image must run, and have /var/lib/openstack/bin/python'});
	}

	return parsed;
}

function parse(line: string): Outcome | undefined {
	try {
		return outcome.parse(JSON.parse(line));
	} catch {
		return undefined;
	}
}
