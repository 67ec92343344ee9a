/** How listr2 is made to draw on one stream, whatever standard output is. */
import {DefaultRenderer, ListrDefaultRendererLogLevels as Level, ProcessOutput} from 'listr2';
import {truncateLine} from './clean-text.js';
import type {Style} from './style.js';

/**
Listr2's own renderer with two differences: it does not fall back to another one when standard output is not a terminal,
and it cuts lines to the width of the stream it draws on, where listr2 goes by standard output.
*/
export function createRendererClass(stream: NodeJS.WriteStream): typeof DefaultRenderer {
	return class extends DefaultRenderer {
		// eslint-disable-next-line @typescript-eslint/naming-convention -- the name that listr2 looks for.
		static override nonTTY = true;

		protected override format(message: string, icon: string | undefined, level: number): string[] {
			const indent = '  '.repeat(level);
			const width = sizeOf(stream).columns - indent.length - 3;
			return message.split('\n').filter(line => line.trim() !== '').map((line, index) => {
				const mark = icon ? (index === 0 ? `${icon} ` : '  ') : '';
				return `${indent}${mark}${truncateLine(line, width)}`;
			});
		}
	};
}

/** The size of a terminal. Some say that it is 0 by 0, as those without anybody in front of them do: `ssh -tt`, `docker run -t`. */
export const sizeOf = ({columns, rows}: Pick<NodeJS.WriteStream, 'columns' | 'rows'>) => ({columns: columns > 0 ? columns : 80, rows: rows > 0 ? rows : 24});

/** Has listr2 draw on one stream and follow the size of its terminal. */
export class OneStreamOutput extends ProcessOutput {
	readonly #stream: NodeJS.WriteStream;

	constructor(stream: NodeJS.WriteStream) {
		super(stream, stream);
		this.#stream = stream;
	}

	override get stdout(): NodeJS.WriteStream {
		const out = super.stdout;
		for (const size of ['columns', 'rows'] as const) {
			Object.defineProperty(out, size, {get: () => sizeOf(this.#stream)[size]});
		}

		return out;
	}
}

/** Listr2 decides by itself whether there are colours, from standard output; here the caller does. */
export function colorsOf(style: Style): Partial<Record<Level, (text?: string) => string>> {
	const plain = (text = ''): string => text;
	return {
		...Object.fromEntries(Object.values(Level).map(level => [level, plain])),
		[Level.PENDING]: text => style('yellow', text ?? ''),
		[Level.COMPLETED]: text => style('green', text ?? ''),
		[Level.FAILED]: text => style('red', text ?? ''),
		[Level.OUTPUT]: text => style('dim', text ?? ''),
	};
}
