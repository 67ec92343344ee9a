/**
stx-build with a stub for its engine and its registry; all else of it is as it is.
Usage: node --import tsx bench/stubbed-command.ts PACKAGE STATE SECONDS ARGUMENT...

PACKAGE is the folder of the compiled package, STATE where the stub keeps its names, SECONDS how long a build takes.
*/
import path from 'node:path';
import process from 'node:process';
import {pathToFileURL} from 'node:url';
import type {createContext as CreateContext, runCommandLine as RunCommandLine} from '../src/cli.js';
import {createStubEngine, createStubRegistry} from './stub-engine.js';

const [packageFolder, folder, seconds, ...argv] = process.argv.slice(2) as [string, string, string, ...string[]];
const {createContext, runCommandLine} = await import(pathToFileURL(path.join(packageFolder, 'dist', 'cli.js')).href) as {
	createContext: typeof CreateContext; runCommandLine: typeof RunCommandLine;
};
const context = createContext(new AbortController().signal);
const engine = createStubEngine({folder, buildSeconds: Number(seconds)});
const registry = createStubRegistry(folder);
process.exitCode = await runCommandLine(argv, {
	...context,
	async effects(settings, format) {
		const effects = await context.effects(settings, format);
		return {...effects, engine: async () => engine, registry: async () => registry};
	},
});
