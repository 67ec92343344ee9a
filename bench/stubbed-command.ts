/**
stx-build with a stub for its engine and its registry; all else of it is as it is.
Usage: stubbed-command STATE SECONDS ARGUMENT...

STATE is the folder where the stub keeps its names, SECONDS how long a build takes.
*/
import process from 'node:process';
import {createContext, runCommandLine} from '../src/cli.js';
import {createStubEngine, createStubRegistry} from './stub-engine.js';

const [folder, seconds, ...argv] = process.argv.slice(2) as [string, string, ...string[]];
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
