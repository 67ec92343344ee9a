import path from 'node:path';
import {Command, Option} from 'clipanion';
import {BaseCommand} from './base-command.js';

export class DirectiveShowCommand extends BaseCommand {
	static override readonly paths = [['directive', 'show']];
	static override readonly usage = Command.Usage({
		category: 'Look',
		description: 'show the values of directive files',
		details: 'Reads StarlingX directive files (bash assignments, read without bash) and image ini files. Of each key it shows the value as the tools use it; with --json also the raw text as bash would assign it.',
		examples: [
			['One of ours', 'stx-build directive show build-config/images/keystone.ini'],
			['StarlingX\'s, for a script', 'stx-build directive show debian/all/nova-api-proxy.stable_docker_image --json'],
		],
	});

	files = Option.Rest({required: 1, name: 'FILE'});

	override async run(): Promise<number> {
		const {showDirectives} = await import('../images/index.js');
		const shown = await showDirectives(this.files.map(file => path.resolve(this.context.surroundings.workingFolder, file)));
		const failed = shown.some(entry => 'error' in entry);
		if (this.json) {
			this.printJson(shown);
			return failed ? 2 : 0;
		}

		for (const entry of shown) {
			if ('error' in entry) {
				const {code, message, line, hint} = entry.error;
				this.context.stderr.write(`error ${code} ${message}\n  at ${entry.file}${line === undefined ? '' : `:${line}`}\n${hint === undefined ? '' : `hint: ${hint}\n`}`);
				continue;
			}

			this.print(`${entry.file}`);
			const width = Math.max(...Object.keys(entry.keys).map(key => key.length));
			for (const [key, {value}] of Object.entries(entry.keys)) {
				this.print(`  ${key.padEnd(width)}  ${value.replaceAll('\n', `\n${' '.repeat(width + 4)}`)}`);
			}
		}

		return failed ? 2 : 0;
	}
}
