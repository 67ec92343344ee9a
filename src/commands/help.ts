import type {WriteStream} from 'node:tty';
import {Command, Option} from 'clipanion';
import {formatHelp} from '../help/index.js';
import {BaseCommand} from './base-command.js';

/** Also what `--help` behind a command stands for. */
export class HelpCommand extends BaseCommand {
	static override readonly paths = [['help']];
	static override readonly usage = Command.Usage({
		category: 'Look',
		description: 'tell the commands, or how one of them is used',
		details: 'The same as --help behind a command.',
		examples: [
			['All commands', 'stx-build help'],
			['The options of one', 'stx-build help images'],
			['Of one with two words', 'stx-build help wheels list'],
		],
	});

	command = Option.String({name: 'COMMAND', required: false});
	word = Option.String({name: 'WORD', required: false});

	override async run(): Promise<number> {
		const words = [this.command, this.word].filter(word => word !== undefined);
		const {version, stdout} = this.context;
		const commands = this.context.describeCommands();
		const text = formatHelp(words, commands, {version, columns: (stdout as Partial<WriteStream>).columns});
		if (this.json) {
			const path = words.join(' ');
			this.printJson(commands.filter(command => path === '' || command.path === path));
		} else {
			this.print(text);
		}

		return 0;
	}
}
