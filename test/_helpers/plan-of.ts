/** Plans and handlers for tests of what runs, shows and records them. */
import {
	keyOf, type Handler, type Handlers, type Plan, type PlanEvent, type Reporter, type Step,
} from '../../src/plan/index.js';

type StepParts = Partial<Step> & {readonly id: string};

/** A step with what a test does not care about filled in; its key follows from its id unless one is given. */
export function stepOf(parts: StepParts): Step {
	return {
		kind: 'test',
		title: `do ${parts.id}`,
		group: 'wheels',
		needs: [],
		key: keyOf({id: parts.id}),
		inputs: {},
		uses: 'cpu',
		...parts,
	};
}

/** A plan of steps, each given by its parts or as `id: needs` in a record. */
export function planOf(steps: readonly StepParts[] | Readonly<Record<string, readonly string[]>>): Plan {
	const list = Array.isArray(steps) ? steps as readonly StepParts[] : Object.entries(steps as Readonly<Record<string, readonly string[]>>).map(([id, needs]) => ({id, needs}));
	return {version: 1, steps: list.map(parts => stepOf(parts))};
}

/** Handlers for the kind `test`: results hold, and a step's result is its id. */
export function handlersOf(handler: Partial<Handler> = {}): Handlers {
	return {test: {holds: async () => true, run: async step => step.id, ...handler}};
}

export type RecordingReporter = Reporter & {readonly events: PlanEvent[]};

export function createRecordingReporter(): RecordingReporter {
	const events: PlanEvent[] = [];
	return {
		events,
		event(event) {
			events.push(event);
		},
		async close() {
			// Nothing is drawn.
		},
	};
}
