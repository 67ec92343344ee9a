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
		const [{showDirectives}, {errorJson}] = await Promise.all([import('../images/index.js'), import('../report/index.js')]);
		const shown = await showDirectives(this.files.map(file => path.resolve(this.context.surroundings.workingFolder, file)));
		const exitCode = shown.some(entry => 'error' in entry) ? 2 : 0;
		if (this.json) {
			this.printJson(shown.map(entry => 'error' in entry ? {file: entry.file, error: errorJson(entry.error)} : entry));
			return exitCode;
		}

		for (const entry of shown) {
			if ('error' in entry) {
				await this.printError(entry.error);
				continue;
			}

			this.print(`${entry.file}`);
			const width = Math.max(...Object.keys(entry.keys).map(key => key.length));
			for (const [key, {value}] of Object.entries(entry.keys)) {
				this.print(`  ${key.padEnd(width)}  ${value.replaceAll('\n', `\n${' '.repeat(width + 4)}`)}`);
			}
		}

		return exitCode;
	}
}
