/**
A process that executes a plan on a store and can be killed, for test/integration/executor-resume.test.ts.
Usage: node plan-runner.js FOLDER, as bin/build has made it

Writes `start ID`, and `kept ID` when the result of a step is in the store, on standard output.
*/
import path from 'node:path';
import process from 'node:process';
import {setTimeout} from 'node:timers/promises';
import {executePlan} from '../../src/plan/index.js';
import {createStore} from '../../src/system/index.js';
import {handlersOf, planOf} from './plan-of.js';

const folder = process.argv[2]!;
const interrupt = new AbortController();
process.on('SIGINT', () => {
	interrupt.abort(new Error('interrupted'));
});

const plan = planOf(Array.from({length: 12}, (_, index) => ({id: `s${index}`, needs: index > 1 ? [`s${index - 2}`] : []})));
const outcomes = await executePlan(plan, {
	handlers: handlersOf({
		async run(step, {signal, result}) {
			process.stdout.write(`start ${step.id}\n`);
			try {
				await setTimeout(40, undefined, {signal});
			} catch (error) {
				process.stdout.write(`cleaned ${step.id}\n`);
				throw error;
			}

			return [step.id, ...step.needs.map(id => result(id))];
		},
	}),
	store: createStore(path.join(folder, 'store')),
	reporter: {
		event(event) {
			if (event.type === 'end') {
				process.stdout.write(`${event.outcome.status === 'built' ? 'kept' : event.outcome.status} ${event.outcome.step.id}\n`);
			}
		},
		async close() {
			// Nothing is drawn.
		},
	},
	signal: interrupt.signal,
	capacity: {network: 2, cpu: 2},
	now: () => performance.now(),
});
process.stdout.write(`end ${outcomes.map(({status}) => status).join(' ')}\n`);
