/** How the steps that lead to the base image are done. */
import {createReadStream} from 'node:fs';
import {rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {
	formatLabels, formatLocalReference, roomyFolder, type Engine,
} from '../engine/index.js';
import {BuildError} from '../errors.js';
import type {Registry} from '../registry/index.js';
import type {
	Handler, Handlers, Step, StepContext, Store,
} from '../plan/index.js';
import {
	readText, withTemporaryFolder, type Runner, type RunOptions,
} from '../system/index.js';
import {bootstrapRoot} from './bootstrap-root.js';
import {buildWithApt} from './build-with-apt.js';
import {formatAptConf, type AptSurroundings} from './format-apt-conf.js';
import {
	describePackages, findArchitecture, findTarget, parseDpkgStatus,
} from './parse-dpkg-status.js';
import {parseOsRelease} from './parse-os-release.js';
import {parseAptNote} from './parse-release.js';
import type {BaseResult, RootResult} from './plan-base.js';
import {stageContext} from './stage-context.js';
import type {BootstrapInputs, BootstrapRepositories} from './plan-bootstrap.js';
import {pushHandler, tagHandler} from './name-base.js';

export type BaseEffects = {
	readonly run: Runner;
	readonly store: Store;
	engine(): Promise<Engine>;
	/** The client of registries; made on the first call. */
	registry(): Promise<Registry>;
	/** Folder of the logs. */
	readonly logs: string;
	/** PEM file with the certificates to trust. */
	readonly caBundle?: string | undefined;
	readonly httpProxy?: string | undefined;
	readonly httpsProxy?: string | undefined;
	readonly noProxy?: string | undefined;
};

type ImportInputs = {readonly name: string; readonly arch: string; readonly trusted: readonly string[]};
type TakeInputs = {readonly reference: string; readonly codename: string; readonly os: string; readonly arch: string; readonly digest: string | null};
type ImageInputs = {
	readonly name: string; readonly codename: string; readonly arch: string; readonly reference: string; readonly packages: readonly string[]; readonly dockerfile: string; readonly script: string;
	readonly sources: readonly string[];
	readonly repositories?: BootstrapRepositories; readonly trusted: readonly string[];
};
type PullResult = {readonly image: string; readonly reference: string; readonly digest: string | null};

/** The handlers of the steps that `planBase` plans. */
export function baseHandlers(effects: BaseEffects): Handlers {
	return {
		'base.bootstrap': bootstrapHandler(effects),
		'base.import': importHandler(effects),
		'base.pull': pullHandler(effects),
		'base.image': imageHandler(effects),
		'base.take': takeHandler(effects),
		'base.tag': tagHandler(effects),
		'base.push': pushHandler(effects),
	};
}

const logFile = (effects: BaseEffects, step: Step): string => path.join(effects.logs, `${step.id.replaceAll(':', '-')}.log`);

/** What programs print goes to a new log, and its last line is shown. */
async function startLog(effects: BaseEffects, step: Step, context: StepContext): Promise<RunOptions> {
	const log = logFile(effects, step);
	await rm(log, {force: true});
	return {
		signal: context.signal,
		logFile: log,
		onLine(line) {
			const text = line.replace(/^I: /, '').trim();
			if (text !== '' && !text.includes(' hook: ')) {
				context.progress({text});
			}
		},
	};
}

function aptSurroundings({httpProxy, httpsProxy, noProxy}: BaseEffects, caFile: string | undefined): AptSurroundings {
	return {
		httpProxy, httpsProxy, noProxy, caFile,
	};
}

function bootstrapHandler(effects: BaseEffects): Handler {
	return {
		logFile: step => logFile(effects, step),
		async holds(result, step) {
			const earlier = result as RootResult;
			return hasSources(earlier, step) && effects.store.has(earlier.digest);
		},
		run: async (step, context) => withTemporaryFolder('bootstrap', async folder => {
			const {tar, apt, target} = await bootstrapRoot(step.inputs as BootstrapInputs, {
				run: effects.run, folder, surroundings: aptSurroundings(effects, effects.caBundle), options: await startLog(effects, step, context),
			});
			const {digest, size} = await effects.store.add(createReadStream(tar));
			const {sources} = step.inputs as BootstrapInputs;
			const result: RootResult = {
				digest, size, apt, target, sources,
			};
			return result;
		}, roomyFolder),
	};
}

/** Whether it was made with the mirrors that count now: later packages are had from those, and from those that images switch on. */
function hasSources(earlier: {readonly sources: readonly string[]}, step: Step): boolean {
	return earlier.sources.join('\n') === (step.inputs as {readonly sources: readonly string[]}).sources.join('\n');
}

/** Whether the image is there, under the name that stands for it. */
async function isThere(effects: BaseEffects, {reference, image}: {readonly reference: string; readonly image: string}): Promise<boolean> {
	const engine = await effects.engine();
	return await engine.find(reference) === image;
}

function importHandler(effects: BaseEffects): Handler {
	return {
		async holds(result, step) {
			const earlier = result as BaseResult;
			return hasSources(earlier, step) && isThere(effects, earlier);
		},
		async run(step, context) {
			const {name, arch, trusted} = step.inputs as ImportInputs;
			const {digest, size, apt, target, sources} = context.result(step.needs[0]!) as RootResult;
			const engine = await effects.engine();
			const image = await engine.importRoot({
				arch, digest, size, open: () => effects.store.open(digest),
			}, {signal: context.signal});
			const reference = formatLocalReference(name, image);
			await engine.tag(image, reference);
			const result: BaseResult = {
				image, reference, apt, target, sources, trusted,
			};
			return result;
		},
	};
}

function pullHandler(effects: BaseEffects): Handler {
	return {
		logFile: step => logFile(effects, step),
		holds: async result => isThere(effects, result as PullResult),
		async run(step, context) {
			const {reference, isAnew} = step.inputs as {readonly reference: string; readonly isAnew: boolean};
			const engine = await effects.engine();
			const there = isAnew ? undefined : await engine.find(reference);
			const options = await startLog(effects, step, context);
			const pulled = there === undefined ? await engine.pull(reference, options) : undefined;
			const result: PullResult = {image: pulled?.id ?? there!, reference, digest: pulled?.digest ?? null};
			return result;
		},
	};
}

function imageHandler(effects: BaseEffects): Handler {
	return {
		logFile: step => logFile(effects, step),
		async holds(result, step) {
			const earlier = result as BaseResult;
			return hasSources(earlier, step) && isThere(effects, earlier);
		},
		run: async (step, context) => withTemporaryFolder('base', async folder => {
			const inputs = step.inputs as ImageInputs;
			const engine = await effects.engine();
			const {digest} = context.result(step.needs[0]!) as PullResult;
			await checkTarget(engine, inputs, context);
			const {labels: inherited} = await engine.inspect(inputs.reference);
			const conf = path.join(folder, 'apt.conf');
			const {caBundle} = effects;
			// Docker 20.10 does not mount a secret that is empty.
			await writeFile(conf, `// For this build only.\n${formatAptConf(aptSurroundings(effects, caBundle === undefined ? undefined : '/run/stx-build/ca.pem'))}`, {mode: 0o600});
			const ca = path.join(folder, 'ca.pem');
			await writeFile(ca, caBundle === undefined ? '' : await readText(caBundle));
			const image = await buildWithApt(engine, {
				context: await stageContext(inputs, path.join(folder, 'context')),
				file: inputs.dockerfile,
				buildArgs: {FROM: inputs.reference, CODENAME: inputs.codename, PACKAGES: inputs.packages.join(' ')},
				labels: formatLabels({base: {reference: inputs.reference, digest}}, inherited),
				secrets: [{id: 'apt.conf', source: conf}, {id: 'ca', source: ca}],
			}, await startLog(effects, step, context));
			const reference = formatLocalReference(inputs.name, image);
			await engine.tag(image, reference);
			return {
				...await describeBase(engine, image, reference, context), sources: inputs.sources, trusted: inputs.trusted, from: {reference: inputs.reference, digest},
			};
		}, roomyFolder),
	};
}

function takeHandler(effects: BaseEffects): Handler {
	return {
		holds: async result => isThere(effects, result as BaseResult),
		async run(step, context) {
			const {reference, digest, ...wanted} = step.inputs as TakeInputs;
			const engine = await effects.engine();
			const image = await engine.find(reference);
			if (image === undefined) {
				throw new BuildError('STX0503', `${engine.name} has no image \`${reference}\` to take as the base`, {hint: 'build it first with `stx-build base`, or take one from a registry with --from'});
			}

			await checkTarget(engine, {reference, ...wanted}, context);
			return {...await describeBase(engine, image, reference, context), ...(digest !== null && {digest})};
		},
	};
}

const dpkgStatus = '/var/lib/dpkg/status';

/** A file of an image; an empty text when it has none such. */
async function readInside(engine: Engine, image: string, file: string, {signal}: StepContext): Promise<string> {
	const {exitCode, stdout} = await engine.run({image, argv: ['cat', file], network: 'none'}, {signal});
	return exitCode === 0 ? stdout : '';
}

/** @throws BuildError STX0503 when the image is of another release, or for another architecture, than the settings say. */
async function checkTarget(engine: Engine, {reference, codename, arch}: Pick<TakeInputs, 'reference' | 'codename' | 'arch'>, context: StepContext): Promise<void> {
	const found = parseOsRelease(await readInside(engine, reference, '/etc/os-release', context)).get('VERSION_CODENAME');
	if (found !== codename) {
		throw new BuildError('STX0503', `\`${reference}\` is ${found === undefined ? 'no Debian' : `\`${found}\``}, but the settings say \`${codename}\``, {hint: 'take another image, or change --os-codename'});
	}

	// One that the machine can emulate would run, under a name that says another architecture.
	const has = findArchitecture(await readInside(engine, reference, dpkgStatus, context));
	if (has !== undefined && has !== arch) {
		throw new BuildError('STX0503', `\`${reference}\` is for \`${has}\`, but the settings say \`${arch}\``, {hint: 'take another image, or change --os-arch'});
	}
}

async function describeBase(engine: Engine, image: string, reference: string, context: StepContext): Promise<BaseResult> {
	const packages = parseDpkgStatus(await readInside(engine, image, dpkgStatus, context));
	const note = '/usr/share/stx-build/apt-state';
	const suites = parseAptNote(await readInside(engine, image, note, context), note);
	return {
		image, reference, apt: describePackages(packages, suites), target: findTarget(packages), sources: [],
	};
}
