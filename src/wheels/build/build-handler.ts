/** `wheels.build`: one wheel from its source, inside the builder, without network. */
import {
	chmod, mkdir, readdir, rm, stat,
} from 'node:fs/promises';
import path from 'node:path';
import {BuildError} from '../../errors.js';
import type {Handler, Step, StepContext} from '../../plan/index.js';
import {canonicalVersion, parseWheelFilename} from '../../python/index.js';
import {canonicalizeZip, extractArchive, withTemporaryFolder} from '../../system/index.js';
import type {WheelEffects} from '../effects.js';
import {copyModule} from '../inputs/module-tree.js';
import type {BuildInputs, FileResult} from '../plan-wheels.js';
import type {BuilderResult} from './builder-handler.js';
import {storeWheel, verifyInstallable} from './wheel-file.js';

/** The earliest time a zip can state. Fixed, so that no file's age gets into a wheel. */
const sourceDateEpoch = '315532800';

/** What each build gets; settings of a distribution come on top. Debian's own flags for C are in sysconfig. */
const buildEnvironment: Readonly<Record<string, string>> = {
	PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
	HOME: '/build/home',
	TMPDIR: '/tmp',
	LANG: 'C.UTF-8',
	LC_ALL: 'C.UTF-8',
	TZ: 'UTC',
	SOURCE_DATE_EPOCH: sourceDateEpoch,
	PYTHONHASHSEED: '0',
	PYTHONDONTWRITEBYTECODE: '1',
	CFLAGS: '-ffile-prefix-map=/build/work/project=.',
	CXXFLAGS: '-ffile-prefix-map=/build/work/project=.',
	UV_CACHE_DIR: '/build/home/uv',
	UV_NO_CONFIG: '1',
	UV_NO_PROGRESS: '1',
	UV_OFFLINE: '1',
	UV_PYTHON_DOWNLOADS: 'never',
	NO_COLOR: '1',
};

/** Who builds: a user without rights, whom the builder's folders belong to. */
const user = '1000:1000';

export function createBuildHandler(effects: WheelEffects): Handler {
	const logFile = (step: Step): string => {
		const {name, version} = step.inputs as BuildInputs;
		return path.join(effects.logs, `${name}-${version}.log`);
	};

	return {
		logFile,
		async holds(result) {
			return effects.store.has((result as FileResult).digest);
		},
		async run(step, context) {
			await rm(logFile(step), {force: true});
			return withTemporaryFolder('build', async folder => buildWheel(step, context, {folder, logFile: logFile(step), ...effects}), path.join(effects.cache, 'tmp'));
		},
	};
}

async function buildWheel(step: Step, context: StepContext, {folder, logFile, store, engine, uv, target}: WheelEffects & {readonly folder: string; readonly logFile: string}): Promise<FileResult> {
	const {name, version, env, environment, recipe} = step.inputs as BuildInputs;
	// Other users must get through: the build runs as one.
	await chmod(folder, 0o755);
	const [wheels, out] = await Promise.all(['wheels', 'out'].map(async item => {
		const made = path.join(folder, item);
		await mkdir(made);
		await chmod(made, item === 'out' ? 0o777 : 0o755);
		return made;
	})) as [string, string];
	const source = await bringSource(step.inputs as BuildInputs, context, {folder, store});
	for (const id of environment) {
		const {digest, filename} = context.result(id) as FileResult;
		await store.extractTo(digest, path.join(wheels, filename));
	}

	const {image} = context.result(builderOf(step)) as BuilderResult;
	const tools = path.dirname((await uv()).file);
	const result = await (await engine()).run({
		image,
		argv: ['/bin/sh', '/build/recipe/build-wheel'],
		network: 'none',
		user,
		workdir: '/build/work',
		env: {...buildEnvironment, ...env},
		mounts: [
			{source: recipe, target: '/build/recipe', readOnly: true},
			{source, target: '/build/source', readOnly: true},
			{source: tools, target: '/build/tools', readOnly: true},
			{source: wheels, target: '/build/wheels', readOnly: true},
			{source: out, target: '/build/out', readOnly: false},
		],
	}, {
		signal: context.signal,
		logFile,
		onLine(line) {
			context.progress({text: line});
		},
	});
	const at = {file: logFile};
	if (result.exitCode !== 0) {
		throw failedBuild(step.inputs as BuildInputs, result.output, at);
	}

	const made = (await readdir(out)).filter(file => file.endsWith('.whl'));
	if (made.length !== 1) {
		throw new BuildError('STX0416', `the build of ${name} ${version} gave ${made.length} wheels instead of one`, {at});
	}

	const [filename] = made as [string];
	const parsed = parseWheelFilename(filename, at);
	if (parsed.normalized !== name || canonicalVersion(parsed.version) !== canonicalVersion(version)) {
		throw new BuildError('STX0416', `the build of ${name} ${version} gave \`${filename}\``, {at, hint: 'correct the name or the version in the wheel list or in wheels/modules.ini'});
	}

	verifyInstallable(filename, target, at);
	const canonical = path.join(folder, 'canonical.whl');
	await canonicalizeZip(path.join(out, filename), canonical, {signal: context.signal});
	return storeWheel(canonical, filename, store, at);
}

const builderOf = (step: Step): string => step.needs[0]!;

/** Unpacks the sdist or copies the module. @returns the project's folder */
async function bringSource({source, name}: BuildInputs, context: StepContext, {folder, store}: Pick<WheelEffects, 'store'> & {readonly folder: string}): Promise<string> {
	const unpacked = path.join(folder, 'source');
	if ('folder' in source) {
		await copyModule(source.folder, unpacked, source.digest);
		return unpacked;
	}

	const {digest, filename} = context.result(source.step) as FileResult;
	const archive = path.join(folder, 'sdist');
	await store.extractTo(digest, archive);
	await extractArchive(archive, unpacked);
	const entries = await readdir(unpacked);
	const basedir = source.basedir ?? (entries.length === 1 ? entries[0]! : '');
	const project = path.join(unpacked, basedir);
	if (!await stat(project).then(found => found.isDirectory(), () => false)) {
		throw new BuildError('STX0416', `\`${filename}\` has no folder \`${basedir}\``, {hint: `correct the basedir of ${name}: the archive has ${entries.slice(0, 5).map(entry => `\`${entry}\``).join(', ')}`});
	}

	return project;
}

/** A failed build, with the last lines of its output and what usually helps. */
function failedBuild({name, version}: BuildInputs, output: string, at: {readonly file: string}): BuildError {
	const lines = output.trimEnd().split('\n');
	const missingModule = /(?:ModuleNotFoundError|ImportError): No module named '?(?<module>[\w.]+)/v.exec(output)?.groups?.module;
	const missingHeader = /fatal error: (?<header>\S+): No such file/v.exec(output)?.groups?.header;
	const missingEgg = /(?:Could not find suitable distribution for Requirement.parse\('|No matching distribution found for )(?<requirement>[^'\s]+)/v.exec(output)?.groups?.requirement;
	const required = missingEgg ?? missingModule;
	const hint = missingHeader === undefined
		? (required === undefined ? 'read the log; what a build needs beyond its own files goes into wheels/build-settings.ini' : `if the build needs \`${required}\`, add [${name}] \`build-requires = …\` to wheels/build-settings.ini`)
		: `add the Debian package with \`${missingHeader}\` to builder-packages`;
	return new BuildError('STX0417', `the build of ${name} ${version} failed\n${lines.slice(-12).join('\n')}`, {at, hint});
}
