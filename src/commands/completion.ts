import {Command, Option} from 'clipanion';
import {BuildError} from '../errors.js';
import {BaseCommand} from './base-command.js';

export class CompletionCommand extends BaseCommand {
	static override readonly paths = [['completion']];
	static override readonly usage = Command.Usage({
		category: 'Look',
		description: 'print a script with which a shell completes the command line',
		details: 'For bash, zsh or fish. It completes commands, options, their values, files, and the names of images and wheels as they are in the folder where you are. For every shell to come, write it to ~/.local/share/bash-completion/completions/stx-build, to a file _stx-build in a folder of zsh\'s fpath, or to ~/.config/fish/completions/stx-build.fish.',
		examples: [
			['To be read by `source <(…)` in bash', 'stx-build completion bash'],
			['For a folder of fpath in zsh', 'stx-build completion zsh'],
			['To be read by `| source` in fish', 'stx-build completion fish'],
		],
	});

	shell = Option.String({name: 'SHELL', required: true});

	override async run(): Promise<number> {
		const {formatCompletion, shells} = await import('../completion/index.js');
		const shell = shells.find(name => name === this.shell);
		if (shell === undefined) {
			throw new BuildError('STX0001', `there is no completion for \`${this.shell}\``, {hint: `there is one for ${shells.join(', ')}`});
		}

		const script = formatCompletion(shell, this.context.describeCommands());
		if (this.json) {
			this.printJson({for: shell, script});
		} else {
			this.print(script);
		}

		return 0;
	}
}
