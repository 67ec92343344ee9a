import {
	Listr, ListrDefaultRendererLogLevels as Level, ListrLogger, type DefaultRenderer, type ListrTaskWrapper,
} from 'listr2';
import type {PlanEvent, Reporter} from '../plan/index.js';
import {cleanLine} from './clean-text.js';
import {
	colorsOf, createRendererClass, OneStreamOutput, sizeOf,
} from './list-renderer.js';
import {
	createProgressModel, describeFailure, type Group, type ProgressModel,
} from './progress-model.js';
import {createStyle, type Style} from './style.js';

const refreshMilliseconds = 200;
const mostMessageLines = 6;
const mostRunningLines = 8;
const fewestRunningLines = 2;

export type TerminalReporterOptions = {
	readonly stderr: NodeJS.WriteStream;
	readonly color: boolean;
	/** Monotonic milliseconds. */
	readonly now: () => number;
};

/**
A list that is redrawn in place: a line for each group of steps, below it what runs now, and at the bottom the last
failures and warnings. Its height does not grow with the plan. Warnings and notes are written once more when the list is
done, since the bottom goes with it.
*/
export function createTerminalReporter(options: TerminalReporterOptions): Reporter {
	const {stderr, color} = options;
	const style = createStyle(color);
	let list: List | undefined;
	// Lists follow each other; what is written between them waits for the one before to end.
	let drawn = Promise.resolve();
	let closed = false;
	const endList = (): void => {
		const ending = list;
		list = undefined;
		drawn = drawn.then(async () => ending?.end());
	};

	const handle = (event: PlanEvent): void => {
		if (event.type === 'plan') {
			endList();
			if (event.steps.some(({state}) => state === 'run')) {
				const next = createList(event, {...options, style});
				list = next;
				drawn = drawn.then(next.begin);
			}

			return;
		}

		const message = messageOf(event, style);
		if (list) {
			list.event(event, message);
		} else if (message !== undefined) {
			drawn = drawn.then(() => {
				stderr.write(`${message}\n`);
			});
		}
	};

	return {
		event(event) {
			if (!closed) {
				handle(event);
			}
		},
		async close() {
			closed = true;
			endList();
			await drawn;
		},
	};
}

/** The line that stays to be read after an event; most events have none. */
function messageOf(event: PlanEvent, style: Style): string | undefined {
	switch (event.type) {
		case 'warning': {
			return `${style('yellow', 'warning:')} ${event.step ? `${cleanLine(event.step.title)}: ` : ''}${cleanLine(event.message)}`;
		}

		case 'note': {
			return cleanLine(event.message);
		}

		case 'end': {
			return event.outcome.status === 'failed' ? `${style('red', 'failed:')} ${describeFailure(event.outcome)}` : undefined;
		}

		case 'plan':
		case 'progress':
		case 'start': {
			return undefined;
		}
	}
}

type List = {
	readonly begin: () => void;
	event(event: PlanEvent, message: string | undefined): void;
	end(): Promise<void>;
};

function createList(plan: PlanEvent & {readonly type: 'plan'}, {stderr, style, now}: TerminalReporterOptions & {readonly style: Style}): List {
	const model = createProgressModel(now);
	model.apply(plan);
	/** What is written again at the end: failures are told by the summary. */
	const lasting: string[] = [];
	let messageLines = 0;
	const views = new Map<Group, GroupView>(model.groups().map(group => [group, createGroupView(group, model)]));
	const {promise: ended, resolve: endMessages} = createGate();
	let messages: ListrTaskWrapper<unknown, typeof DefaultRenderer, typeof DefaultRenderer> | undefined;
	const refresh = (): void => {
		// What is higher than the terminal cannot be redrawn in place.
		const room = sizeOf(stderr).rows - views.size - messageLines - 2;
		const busy = Math.max(1, model.groups().filter(group => model.running(group, 1).length > 0).length);
		const most = Math.min(mostRunningLines, Math.max(fewestRunningLines, Math.floor(room / busy)));
		for (const view of views.values()) {
			view.refresh(most);
		}
	};

	const listr = new Listr<unknown, typeof DefaultRenderer, typeof DefaultRenderer>([
		...[...views.values()].map(view => ({title: view.title(), task: view.run})),
		{
			// A task without a title is drawn nowhere but at the bottom.
			rendererOptions: {bottomBar: mostMessageLines},
			async task(_, wrapper) {
				messages = wrapper;
				await ended;
			},
		},
	], {
		renderer: createRendererClass(stderr),
		rendererOptions: {
			logger: new ListrLogger({useIcons: true, processOutput: new OneStreamOutput(stderr)}),
			collapseErrors: false,
			icon: {[Level.OUTPUT_WITH_BOTTOMBAR]: ''},
			color: colorsOf(style),
		},
		concurrent: true,
		exitOnError: false,
		// Ctrl+C is handled in one place, which lets every step clean up; listr2 would end the process.
		registerSignalListeners: false,
	});
	let timer: NodeJS.Timeout | undefined;
	let running: Promise<unknown> = Promise.resolve();
	return {
		begin() {
			timer = setInterval(refresh, refreshMilliseconds);
			running = listr.run();
		},
		event(event, message) {
			model.apply(event);
			if (message !== undefined) {
				messageLines = Math.min(mostMessageLines, messageLines + 1);
				if (event.type !== 'end') {
					lasting.push(message);
				}

				if (messages) {
					messages.output = message;
				}
			}
		},
		async end() {
			clearInterval(timer);
			for (const view of views.values()) {
				view.end();
			}

			endMessages();
			await running;
			for (const message of lasting) {
				stderr.write(`${message}\n`);
			}
		},
	};
}

type GroupView = {
	title(): string;
	readonly run: (context: unknown, wrapper: {title: unknown; output: unknown}) => Promise<void>;
	/** @param most how many lines what runs now may take */
	refresh(most: number): void;
	end(): void;
};

/** One line of the list, and what runs below it. */
function createGroupView(group: Group, model: ProgressModel): GroupView {
	const gate = createGate();
	let wrapper: {title: unknown; output: unknown} | undefined;
	const title = (): string => model.title(group);
	const refresh = (most: number): void => {
		if (wrapper) {
			wrapper.title = title();
			wrapper.output = model.running(group, most).join('\n');
			if (model.state(group) !== 'going on') {
				gate.resolve();
			}
		}
	};

	return {
		title,
		async run(_, given) {
			wrapper = given;
			refresh(fewestRunningLines);
			await gate.promise;
			wrapper = undefined;
			given.title = title();
			if (model.state(group) !== 'done') {
				// Listr2 marks a task as failed by what it throws; its title says all there is to say.
				// eslint-disable-next-line no-restricted-syntax -- no one sees it but listr2.
				throw new Error(title());
			}
		},
		refresh,
		end() {
			refresh(fewestRunningLines);
			gate.resolve();
		},
	};
}

/** A promise and the function that resolves it. */
function createGate(): {readonly promise: Promise<void>; readonly resolve: () => void} {
	let open: (() => void) | undefined;
	const promise = new Promise<void>(resolve => {
		open = resolve;
	});
	return {
		promise, resolve() {
			open!();
		},
	};
}
