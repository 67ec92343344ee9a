/** Effects for command lines that run in the test's process: a store in memory, no network, and an engine that only says what it would do. */
import type {Effects} from '../../src/loadbuild/index.js';
import type {Engine} from '../../src/engine/index.js';
import type {PlanEvent} from '../../src/plan/index.js';
import {createHttp, createRetryPolicy, type Command} from '../../src/system/index.js';
import {createMemoryStore} from './memory-store.js';
import {registryClient} from './registry-client.js';

const refuse = (what: string) => (): never => {
	throw new Error(`${what} was not expected`);
};

export type FakeEffects = Effects & {
	/** What was reported. */
	readonly events: PlanEvent[];
	/** What was run. */
	readonly commands: Command[];
};

/** @param changes effects that a test brings itself. */
export function fakeEffects(changes: Partial<Effects> = {}): FakeEffects {
	const events: PlanEvent[] = [];
	const commands: Command[] = [];
	const clock = {now: () => new Date('2026-11-20T18:05:00Z'), monotonic: () => 0};
	const retry = createRetryPolicy({limit: 0, random: () => 0});
	const engine: Engine = {
		name: 'docker',
		imageStore: 'docker',
		facts: {},
		find: async () => undefined,
		inspect: refuse('inspect'),
		importRoot: refuse('importRoot'),
		build: refuse('build'),
		run: refuse('run'),
		tag: refuse('tag'),
		remove: refuse('remove'),
		pull: refuse('pull'),
		push: refuse('push'),
		buildCommand: ({file, buildArgs}) => ['engine', 'build', '--file', file, ...Object.entries(buildArgs).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`])],
	};
	return {
		async run(command) {
			commands.push(command);
			throw new Error(`${command.argv.join(' ')} was not expected`);
		},
		clock,
		retry,
		signal: new AbortController().signal,
		http: createHttp({userAgent: 'test', clock, retry}),
		store: createMemoryStore(),
		engine: async () => engine,
		registry: async () => registryClient(),
		reporter: {
			event(event) {
				events.push(event);
			},
			async close() {
				// Nothing is drawn.
			},
		},
		machine: 'x64',
		events,
		commands,
		...changes,
	};
}
