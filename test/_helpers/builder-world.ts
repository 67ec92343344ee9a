/** Images with a Dockerfile or a script of their own, from directive files on the disk to what an engine has. */
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import type {Engine} from '../../src/engine/index.js';
import {dockerHandler} from '../../src/images/builders/docker-handler.js';
import {planBuilderImage, planTry} from '../../src/images/builders/plan-builder-image.js';
import type {TarballSource} from '../../src/images/builders/builder-source.js';
import {readBuilderSources} from '../../src/images/builders/read-builder-sources.js';
import {scriptHandler} from '../../src/images/builders/script-handler.js';
import {tryHandler} from '../../src/images/builders/try-image.js';
import {parseDirectiveFile} from '../../src/images/directives/parse-directive-file.js';
import {parseImageIni} from '../../src/images/directives/parse-image-ini.js';
import type {ImageEffects} from '../../src/images/effects.js';
import type {ImageBuildResult, ImageVerifyResult} from '../../src/images/image-steps.js';
import {
	planSource, sourceHandlers, sourceName,
} from '../../src/images/sources/index.js';
import type {Json, Step, StepContext} from '../../src/plan/index.js';
import {
	createGit, createRetryPolicy, createRunner, createStore, systemClock,
} from '../../src/system/index.js';
import {digestOf} from './image-inputs.js';

export type BuilderOptions = {
	readonly engine: Engine;
	/** Of the test's own; below it are the cache and the workspace. */
	readonly folder: string;
	/** Reference of the base image. */
	readonly base: string;
	readonly tarball?: TarballSource;
	/** Commits by branch or tag, for repositories. */
	readonly commits?: Readonly<Record<string, string>>;
	readonly allowHostScripts?: boolean;
	readonly effects?: Partial<ImageEffects>;
	readonly environment?: Readonly<Record<string, string | undefined>>;
	readonly signal?: AbortSignal;
};

export type Made = {
	readonly build: Step;
	readonly result: ImageBuildResult;
	readonly warnings: readonly string[];
	readonly log: string;
	/** Tries the image as it is tried before it gets a tag. */
	verify(): Promise<ImageVerifyResult>;
};

export const config = path.resolve('.');

/** Plans the image of a directive file and builds it. */
export async function buildDirective(file: string, options: BuilderOptions): Promise<Made> {
	const {engine, folder, base, tarball, commits = {}, allowHostScripts = false, effects: more, environment = process.env, signal = new AbortController().signal} = options;
	const parse = file.endsWith('.ini') ? parseImageIni : parseDirectiveFile;
	const directive = parse(await readFile(file, 'utf8'), file);
	const store = createStore(path.join(folder, 'cache'));
	const run = createRunner(environment);
	const git = createGit({
		run, store, cache: path.join(folder, 'cache'), retry: createRetryPolicy({limit: 0, random: () => 0.5}), network: {
			offline: false, caBundle: undefined, httpProxy: undefined, httpsProxy: undefined, noProxy: undefined,
		},
	});
	const builders = await readBuilderSources({roots: [config]}, [directive], store);
	const trees = [...builders.sources.values()].flatMap(source => source.kind === 'folder' ? [] : [source.tree]);
	const steps = new Map(trees.map(tree => [sourceName(tree), planSource({...tree, commit: commits[tree.ref] ?? tree.ref})]));
	const request = {
		builders,
		base: {id: 'base', key: digestOf('b') as unknown as Step['key']},
		tarball,
		treeOf: (tree: (typeof trees)[number]) => ({step: steps.get(sourceName(tree))!, commit: commits[tree.ref] ?? tree.ref}),
		allowHostScripts,
	};
	const workspace = path.join(folder, 'workspace');
	const log = path.join(workspace, `${directive.label}.log`);
	const build: Step = {
		id: `image:${directive.label}`, title: 'build', group: 'images', ...planBuilderImage(directive, request, {
			tags: {build: `stx-build-test/${directive.label}:build`, versioned: `stx-build-test/${directive.label}:1.0`}, context: path.join(workspace, 'context'), log,
		}),
	};
	const verify: Step = {
		id: `verify:${directive.label}`, title: 'verify', group: 'images', ...planTry(directive, request, {build, log: `${log}-verify`}),
	};
	const results = new Map<string, Json>([['base', {image: await engine.find(base) ?? '', reference: base}]]);
	const warnings: string[] = [];
	const context: StepContext = {
		result: id => results.get(id)!,
		progress: () => undefined,
		warn(message) {
			warnings.push(message);
		},
		signal,
	};
	const effects: ImageEffects = {
		store,
		run,
		git,
		engine: async () => engine,
		async registry() {
			throw new Error('no registry was expected to be asked');
		},
		clock: systemClock,
		version: '0.1.0',
		caBundle: undefined,
		httpProxy: undefined,
		httpsProxy: undefined,
		noProxy: undefined,
		...more,
	};
	for (const step of steps.values()) {
		results.set(step.id, await sourceHandlers({git})[step.kind]!.run(step, context));
	}

	const handler = directive.builder === 'script' ? scriptHandler(effects) : dockerHandler(effects);
	const result = await handler.run(build, context) as ImageBuildResult;
	results.set(build.id, result);
	return {
		build,
		result,
		warnings,
		log: await readFile(log, 'utf8').catch(() => ''),
		verify: async () => tryHandler(effects).run(verify, context) as Promise<ImageVerifyResult>,
	};
}
