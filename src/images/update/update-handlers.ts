/** The steps of an update: the image is brought, updated in one build, and looked at from inside and outside. */
import {
	chmod, copyFile, mkdir, rm, writeFile, readFile,
} from 'node:fs/promises';
import path from 'node:path';
import {
	formatLabels, formatLocalReference, normalizeReference, withSecrets, type Engine,
} from '../../engine/index.js';
import {BuildError} from '../../errors.js';
import type {Handler, Handlers, StepContext} from '../../plan/index.js';
import {parseWheelFilename} from '../../python/index.js';
import {digestOfFile, fileError, withTemporaryFolder} from '../../system/index.js';
import type {FileResult, WheelRef} from '../../wheels/index.js';
import {explainBuildFailure} from '../build/explain-build-failure.js';
import {proxiesOf} from '../builders/run-build.js';
import type {ImageEffects} from '../effects.js';
import {holdsImage} from '../holds-image.js';
import type {Check, ImageVerifyResult, PlannedFile} from '../image-steps.js';
import {formatUpdateDockerfile} from './format-update-dockerfile.js';
import {updateRecordHandler} from './update-record.js';
import type {
	InstalledWheel, StagedFile, UpdateFromInputs, UpdateFromResult, UpdateInputs, UpdateResult, UpdateVerifyInputs,
} from './update-steps.js';

/** What the handlers have of the world. */
export type UpdateEffects = Pick<ImageEffects, 'store' | 'engine' | 'registry' | 'clock' | 'version' | 'caBundle' | 'httpProxy' | 'httpsProxy' | 'noProxy'>;

const longestCheckSeconds = 300;

/** The handlers of the steps that `planUpdate` plans, but for `image.update-fetch`, and the tags and pushes that images have too. */
export const updateHandlers = (effects: UpdateEffects): Handlers => ({
	'image.update-from': fromHandler(effects),
	'image.update': buildHandler(effects),
	'image.update-verify': verifyHandler(effects),
	'image.update-record': updateRecordHandler(effects),
});

/** An image is fetched by its digest, and gets a name that it keeps: its tag may mean another one any time. */
function fromHandler(effects: UpdateEffects): Handler {
	return {
		async holds(result) {
			const {image, reference} = result as UpdateFromResult;
			const engine = await effects.engine();
			return await engine.find(reference) === image;
		},
		async run(step, context) {
			const {reference, digest, image} = step.inputs as UpdateFromInputs;
			const engine = await effects.engine();
			const found = digest === null ? await engine.find(reference) : undefined;
			if (digest === null && found !== image) {
				throw new BuildError('STX0643', `\`${reference}\` is not the image \`${image!}\` any more`, {hint: 'run stx-build again'});
			}

			const pulled = digest === null ? undefined : `${nameOf(reference)}@${digest}`;
			const id = pulled === undefined ? found! : (await engine.pull(pulled, {signal: context.signal})).id;
			const local = formatLocalReference('update-from', id);
			await engine.tag(id, local);
			const result: UpdateFromResult = {
				image: id, reference: local, from: reference, digest, names: [local, ...(pulled === undefined ? [] : [pulled])],
			};
			return result;
		},
	};
}

/** A reference without tag and digest. */
function nameOf(reference: string): string {
	const [name = ''] = normalizeReference(reference).split('@');
	return name.slice(name.lastIndexOf('/')).includes(':') ? name.slice(0, name.lastIndexOf(':')) : name;
}

function buildHandler(effects: UpdateEffects): Handler {
	return {
		logFile: step => (step.inputs as UpdateInputs).log,
		holds: holdsImage(effects),
		async run(step, context) {
			const inputs = step.inputs as UpdateInputs;
			const from = context.result(inputs.from) as UpdateFromResult;
			const started = effects.clock.monotonic();
			const engine = await effects.engine();
			if (await engine.find(from.reference) !== from.image) {
				throw new BuildError('STX0643', `\`${from.reference}\` is not the image \`${from.image}\` any more`, {hint: 'run stx-build again'});
			}

			return withTemporaryFolder('context', async folder => {
				const wheels = await stage(inputs, path.join(folder, 'context'), context, effects);
				const {user} = await engine.inspect(from.reference);
				const file = path.join(folder, 'Dockerfile');
				await writeFile(file, formatUpdateDockerfile(from.reference, user));
				await rm(inputs.log, {force: true});
				// What the image says of its source stays true of it.
				const labels = {...formatLabels({base: {reference: normalizeReference(from.from), digest: from.digest}}), 'io.stx-build.key': step.key, 'io.stx-build.update-of': from.image};
				const image = await withSecrets(effects, async secrets => build(engine, {
					context: path.join(folder, 'context'), file, buildArgs: {}, labels, proxies: proxiesOf(effects), secrets,
				}, inputs, context));
				const result: UpdateResult = {
					image, from, wheels, labels, built: effects.clock.now().toISOString(), seconds: (effects.clock.monotonic() - started) / 1000,
				};
				return result;
			}, inputs.context);
		},
	};
}

/** Puts all that is installed into a folder, each file with the digest that it was planned with. */
async function stage(inputs: UpdateInputs, folder: string, context: StepContext, {store}: UpdateEffects): Promise<readonly InstalledWheel[]> {
	const place = async ({name, digest, file}: StagedFile, below: string): Promise<void> => {
		const target = path.join(folder, below);
		await mkdir(target, {recursive: true});
		if (file === null) {
			await store.extractTo(digest, path.join(target, name));
			return;
		}

		await copyVerified({name: file, digest}, path.join(target, name));
	};

	const placeWheel = async (wheel: WheelRef, below: string): Promise<InstalledWheel> => {
		const {filename, digest} = 'step' in wheel ? context.result(wheel.step) as FileResult : wheel;
		await place({name: filename, digest, file: null}, below);
		return {
			name: wheel.name, version: wheel.version, filename, digest,
		};
	};

	try {
		await mkdir(folder, {recursive: true});
		await chmod(folder, 0o755);
		await copyVerified(inputs.script, path.join(folder, 'install.sh'));
		for (const file of inputs.packages) {
			await place(file, 'packages');
		}

		for (const file of inputs.extras) {
			await place(file, 'extras');
		}

		if (inputs.customize) {
			await place({...inputs.customize, name: 'customize.sh'}, '.');
		}

		const wheels: InstalledWheel[] = [];
		for (const file of inputs.wheels) {
			const {normalized, version} = parseWheelFilename(file.name);
			await place(file, 'wheels');
			wheels.push({
				name: normalized, version, filename: file.name, digest: file.digest,
			});
		}

		for (const wheel of inputs.modules) {
			wheels.push(await placeWheel(wheel, 'wheels'));
		}

		if (inputs.pip) {
			await placeWheel(inputs.pip, 'pip');
		}

		return wheels;
	} catch (error) {
		throw fileError(error, folder);
	}
}

async function copyVerified({name, digest}: PlannedFile, target: string): Promise<void> {
	await copyFile(name, target);
	if (await digestOfFile(target) !== digest) {
		throw new BuildError('STX0643', `\`${name}\` has changed since the update was planned`, {at: {file: name}, hint: 'run stx-build again'});
	}
}

async function build(engine: Engine, request: Parameters<Engine['build']>[0], {label, log}: UpdateInputs, context: StepContext): Promise<string> {
	try {
		return await engine.build(request, {
			signal: context.signal,
			logFile: log,
			onLine(line) {
				const heading = /==> (?<text>.+)$/.exec(line)?.groups?.text;
				if (heading !== undefined) {
					context.progress({text: heading});
				}
			},
		});
	} catch (error) {
		if (!(error instanceof BuildError) || error.code !== 'STX0703') {
			throw error;
		}

		const failure = explainBuildFailure(await readFile(log, 'utf8').catch(() => ''));
		const why = failure.kind === 'installer' ? failure.message : error.message;
		throw new BuildError('STX0643', `\`${label}\` could not be updated${why === '' ? '' : `: ${why}`}`, {at: {file: log}, hint: 'the log has the whole output', cause: error});
	}
}

function verifyHandler(effects: UpdateEffects): Handler {
	return {
		logFile: step => (step.inputs as UpdateVerifyInputs).log,
		holds: holdsImage(effects),
		async run(step, context) {
			const inputs = step.inputs as UpdateVerifyInputs;
			const built = context.result(inputs.build) as UpdateResult;
			const started = effects.clock.monotonic();
			const engine = await effects.engine();
			const checks = [...await compareConfigs(built, engine), ...await look(inputs, built, {engine, context})];
			const failed = checks.filter(({status}) => status === 'failed');
			if (failed.length > 0) {
				throw new BuildError('STX0612', `\`${inputs.label}\` was updated, but ${failed.length} of ${checks.length} checks failed, and it has no tag\n${failed.map(({check, detail}) => `${check}: ${detail}`).join('\n')}`, {at: {file: inputs.log}});
			}

			const result: ImageVerifyResult<UpdateResult> = {
				image: built.image, build: built, checks, seconds: (effects.clock.monotonic() - started) / 1000,
			};
			return result;
		},
	};
}

/** What is run by the image, and as whom, is what it was. */
async function compareConfigs({image, from}: UpdateResult, engine: Engine): Promise<readonly Check[]> {
	const [before, after] = await Promise.all([engine.inspect(from.reference), engine.inspect(image)]);
	return (['entrypoint', 'cmd', 'user', 'env'] as const).map((part): Check => {
		const [was, is] = [before, after].map(config => JSON.stringify(config[part])) as [string, string];
		return {
			check: part, status: was === is ? 'passed' : 'failed', seconds: 0, detail: was === is ? is : `it was ${was}, and is ${is}`,
		};
	});
}

async function look({label, script, log}: UpdateVerifyInputs, {image, wheels}: UpdateResult, {engine, context}: {readonly engine: Engine; readonly context: StepContext}): Promise<readonly Check[]> {
	const {exitCode, stdout, output} = await withTemporaryFolder('update', async folder => {
		await chmod(folder, 0o755);
		await copyVerified(script, path.join(folder, 'check.sh'));
		await rm(log, {force: true});
		return engine.run({
			image, argv: ['/bin/sh', '/mnt/check.sh', ...wheels.map(({name, version}) => `${name}==${version}`)], mounts: [{source: folder, target: '/mnt', readOnly: true}], network: 'none',
		}, {signal: context.signal, logFile: log, timeoutSeconds: longestCheckSeconds});
	});
	const checks = stdout.split('\n').flatMap((line): readonly Check[] => {
		const {status, check, detail} = /^(?<status>passed|failed): (?<check>.+?): (?<detail>.*)$/.exec(line)?.groups ?? {};
		return status === undefined
			? []
			: [{
				check: check!, status: status as Check['status'], seconds: 0, detail: detail!,
			}];
	});
	if (exitCode !== 0 || checks.length <= wheels.length) {
		throw new BuildError('STX0613', `\`${label}\` could not be verified\n${output.trimEnd().split('\n').slice(-15).join('\n')}`.trimEnd(), {at: {file: log}});
	}

	return checks;
}
