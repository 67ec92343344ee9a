import {Command, Option} from 'clipanion';
import {showDirectives} from '../images/index.js';
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
		const shown = await showDirectives(this.files.map(file => path.resolve(this.context.surroundings.workingFolder, file)));
		const failed = shown.some(entry => 'error' in entry);
		if (this.json) {
			this.printJson(shown);
			return failed ? 2 : 0;
		}

		return failed ? 2 : 0;
	}
}
