/** The step image.try: tries from inside an image of which little is known. */
import {chmod, copyFile, rm} from 'node:fs/promises';
import path from 'node:path';
import {BuildError} from '../../errors.js';
import type {Handler} from '../../plan/index.js';
import {foldName} from '../../python/index.js';
import {digestOfFile, withTemporaryFolder, type RunResult} from '../../system/index.js';
import type {ImageEffects} from '../effects.js';
import {holdsImage} from '../holds-image.js';
import type {
	Check, ImageBuildResult, ImageVerifyResult, Inventory,
} from '../image-steps.js';
import {refuseFailed} from '../verify/refuse-failed.js';
import type {ImageTryInputs} from './builder-steps.js';
import {hasNoShell, tryBareImage, type Asked} from './try-bare-image.js';

const mounted = '/mnt';
const longestSeconds = 300;

export function tryHandler(effects: ImageEffects): Handler {
	return {
		logFile: step => (step.inputs as ImageTryInputs).log,
		holds: holdsImage(effects),
		async run(step, context) {
			const inputs = step.inputs as ImageTryInputs;
			const build = context.result(inputs.build) as ImageBuildResult;
			const {image} = build;
			const started = effects.clock.monotonic();
			const engine = await effects.engine();
			const {entrypoint, cmd} = await engine.inspect(image);
			const [program = ''] = [...entrypoint, ...cmd];
			const asked: Asked = {
				engine, image, program, signal: context.signal,
			};
			const tried = await runTester(inputs, asked);
			const checks = hasNoShell(tried) ? await tryBareImage(inputs, asked) : readChecks(tried, inputs);
			for (const {check, detail} of checks.filter(({status}) => status === 'warning')) {
				context.warn(`${inputs.label}: ${check}: ${detail}`);
			}

			refuseFailed(checks, inputs);

			const inventory = readInventory(tried);
			const result: ImageVerifyResult = {
				image, build, checks, ...(inventory && {inventory}), seconds: (effects.clock.monotonic() - started) / 1000,
			};
			return result;
		},
	};
}

async function runTester({tester, absent, setup, log}: ImageTryInputs, {engine, image, program, signal}: Asked): Promise<RunResult> {
	return withTemporaryFolder('try', async folder => {
		const script = path.join(folder, 'try-image.sh');
		await copyFile(tester.name, script);
		if (await digestOfFile(script) !== tester.digest) {
			throw new BuildError('STX0613', 'the script that tries images has changed since the build was planned', {at: {file: tester.name}, hint: 'run stx-build again'});
		}

		// The image's user may be another than this process's.
		await chmod(folder, 0o755);
		await rm(log, {force: true});
		return engine.run({
			image,
			argv: ['/bin/sh', `${mounted}/try-image.sh`, program, absent.packages.join(' '), absent.distributions.join(' '), ...setup],
			mounts: [{source: folder, target: mounted, readOnly: true}],
			network: 'none',
		}, {signal, logFile: log, timeoutSeconds: longestSeconds});
	});
}

function readChecks({exitCode, stdout, output, timedOut}: RunResult, {label, log}: ImageTryInputs): readonly Check[] {
	const checks = stdout.split('\n').flatMap((line): readonly Check[] => {
		const {status, check, detail} = /^(?<status>passed|failed): (?<check>.+?): (?<detail>.*)$/v.exec(line)?.groups ?? {};
		return status === undefined
			? []
			: [{
				check: check!, status: status as Check['status'], seconds: 0, detail: detail!,
			}];
	});
	if (exitCode === 0 && checks.length > 0) {
		return checks;
	}

	const ended = timedOut ? `the checks took longer than ${longestSeconds} s` : `the checks ended with exit code ${exitCode}`;
	throw new BuildError('STX0613', `\`${label}\` could not be verified: ${ended}\n${output.trimEnd().split('\n').slice(-15).join('\n')}`.trimEnd(), {at: {file: log}, hint: 'the image must be able to run on this machine'});
}

/** Undefined where the image tells of nothing that is installed. */
function readInventory({stdout}: RunResult): Inventory | undefined {
	const lines = [...stdout.matchAll(/^(?<kind>package|distribution): (?<name>\S+) (?<version>\S+)$/gmv)].map(({groups}) => groups as Readonly<Record<'kind' | 'name' | 'version', string>>);
	const listOf = (wanted: string, nameOf: (name: string) => string) => {
		const versions = lines.filter(({kind}) => kind === wanted).map(({name, version}) => [nameOf(name), version] as const);
		return Object.fromEntries(versions.toSorted(([a], [b]) => a < b ? -1 : 1));
	};

	return lines.length === 0 ? undefined : {packages: listOf('package', name => name), distributions: listOf('distribution', foldName)};
}
