/** `wheels.check`: the target's own pip installs what an image asks for, from its wheels and nothing else. */
import {
	chmod, mkdir, readdir, rm,
} from 'node:fs/promises';
import path from 'node:path';
import {text} from 'node:stream/consumers';
import {BuildError} from '../../errors.js';
import type {Handler, Step, StepContext} from '../../plan/index.js';
import {normalizeName, rewriteConstraints} from '../../python/index.js';
import {withTemporaryFolder, writeWhole, type RunResult} from '../../system/index.js';
import {readWheelMetadata} from '../build/wheel-file.js';
import type {WheelEffects} from '../effects.js';
import {servicesLeftOut} from '../inputs/services-left-out.js';
import type {FileResult, WheelRef} from '../step-inputs.js';
import type {Member} from '../tarball/closure.js';
import {explainPipFailure} from './explain-pip-failure.js';
import type {CheckInputs} from './plan-checks.js';

export type CheckResult = {readonly label: string; readonly wheels: number; readonly pip: string};

type WheelFile = Pick<FileResult, 'filename' | 'digest'>;

/** Where the check finds its files. */
const mounted = '/mnt';

/** Who installs: a user without rights. */
const user = '1000:1000';

/** The exit code of the script when there is no pip to be had. */
const noPip = 90;

/**
Makes an empty environment and installs into it. pip is the one that the base image's own ensurepip gives, and is only on
the path of modules: it does not count as installed, so that what the image asks for comes from its wheels, pip too.
pip explains an error on standard output: both go the same way, so that they stay in order.

The arguments are the requirements.
*/
const script = `set -eu
exec 2>&1
/usr/bin/python3 -m venv /tmp/tool || exit ${noPip}
mkdir /tmp/pip
ln -s /tmp/tool/lib/python3*/site-packages/pip /tmp/pip/pip
/usr/bin/python3 -m venv --without-pip /tmp/env
export PYTHONPATH=/tmp/pip
/tmp/env/bin/python -m pip --version
/tmp/env/bin/python -m pip install --no-index --find-links ${mounted}/wheels --constraint ${mounted}/upper-constraints.txt --only-binary :all: --no-compile -- "$@"
/tmp/env/bin/python -m pip check
`;

const environment: Readonly<Record<string, string>> = {
	PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
	HOME: '/tmp',
	LANG: 'C.UTF-8',
	LC_ALL: 'C.UTF-8',
	PIP_CONFIG_FILE: '/dev/null',
	PIP_DISABLE_PIP_VERSION_CHECK: '1',
	PIP_NO_CACHE_DIR: '1',
	PIP_NO_COLOR: '1',
	PIP_NO_INPUT: '1',
	PIP_PROGRESS_BAR: 'off',
	PYTHONDONTWRITEBYTECODE: '1',
};

export function createCheckHandler(effects: WheelEffects): Handler {
	const logFile = (step: Step): string => path.join(effects.logs, `check-${(step.inputs as CheckInputs).label}.log`);
	return {
		logFile,
		// What was proved stays proved: the key holds all that it depends on.
		holds: async () => true,
		async run(step, context) {
			await rm(logFile(step), {force: true});
			return withTemporaryFolder('check', async folder => {
				// The container's user is another.
				await chmod(folder, 0o755);
				return checkWheels(step.inputs as CheckInputs, context, {...effects, folder, logFile: logFile(step)});
			}, path.join(effects.cache, 'tmp'));
		},
	};
}

async function checkWheels(inputs: CheckInputs, context: StepContext, effects: WheelEffects & {readonly folder: string; readonly logFile: string}): Promise<CheckResult> {
	const {label, requirements} = inputs;
	const {folder, logFile, engine, target} = effects;
	const wheels = path.join(folder, 'wheels');
	await bringWheels(inputs.wheels, wheels, context, effects);
	const constraints = path.join(folder, 'upper-constraints.txt');
	await writeWhole(constraints, await constraintsFor(inputs, wheels, effects));
	await chmod(constraints, 0o644);
	const {image} = context.result(inputs.base) as {readonly image: string};
	const result = await (await engine()).run({
		image,
		argv: ['/bin/sh', '-c', script, 'check', ...requirements],
		network: 'none',
		untrusted: true,
		user,
		workdir: '/tmp',
		env: environment,
		mounts: [{source: folder, target: mounted, readOnly: true}],
	}, {
		signal: context.signal,
		logFile,
		onLine(line) {
			context.progress({text: line});
		},
	});
	const at = {file: logFile};
	if (result.exitCode === noPip) {
		throw new BuildError('STX0451', `the wheels of \`${label}\` could not be checked: the base image has no pip of its own\n${lastLines(result)}`, {at, hint: 'the base image must have Debian\'s python3-venv; `stx-build base` makes one that has it'});
	}

	if (result.exitCode !== 0) {
		const members = new Map((await readMembers(wheels)).map(member => [normalizeName(member.name), member]));
		throw new BuildError('STX0450', `pip cannot install what \`${label}\` asks for from its wheels\n${explainPipFailure(result.output, {requirements, members, target})}`, {at, hint: 'what the wheels are made of is in the wheel list, the constraints and the image\'s directive; `stx-build wheels why NAME` tells of one'});
	}

	return {label, wheels: inputs.wheels.length, pip: /^pip (?<version>\S+)/m.exec(result.stdout)?.groups?.version ?? 'unknown'};
}

/** Writes the wheels to a folder under their own names. */
async function bringWheels(wheels: readonly WheelRef[], folder: string, context: StepContext, {store}: WheelEffects): Promise<void> {
	await mkdir(folder);
	await chmod(folder, 0o755);
	for (const wheel of wheels) {
		const {filename, digest}: WheelFile = 'step' in wheel ? context.result(wheel.step) as FileResult : wheel;
		const file = path.join(folder, filename);
		await store.extractTo(digest, file);
		await chmod(file, 0o644);
	}
}

/** The tarball's constraints: those it came with, or the upper constraints with the versions of the wheels. */
async function constraintsFor({constraints}: CheckInputs, wheels: string, effects: WheelEffects): Promise<string> {
	if (constraints !== null) {
		return text(effects.store.open(constraints));
	}

	const pins = new Map((await readMembers(wheels)).map(member => [normalizeName(member.name), member]));
	return rewriteConstraints(effects.constraints, pins, {leaveOut: servicesLeftOut, target: effects.target});
}

/** What the wheels of a folder say of themselves. */
async function readMembers(folder: string): Promise<readonly Member[]> {
	const names = await readdir(folder);
	return Promise.all(names.map(async name => readWheelMetadata(path.join(folder, name), name, {file: path.join(folder, name)})));
}

const lastLines = ({output}: RunResult): string => output.trimEnd().split('\n').slice(-12).join('\n');
