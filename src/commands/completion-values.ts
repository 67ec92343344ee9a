import {Option} from 'clipanion';
import {lockFile} from '../workspace/index.js';
import {SettingsCommand} from './base-command.js';

/** What completion scripts ask: names, one a line. It is in no help. Whatever is wrong is told when the command is run, not while it is written. */
export class CompletionValuesCommand extends SettingsCommand {
	static override readonly paths = [['completion', 'values']];

	of = Option.Rest({required: 1, name: 'WHAT'});

	override async run(): Promise<number> {
		const asked: Readonly<Record<string, () => Promise<readonly string[]>>> = {images: async () => this.images(), wheels: async () => this.wheels()};
		for (const what of this.of) {
			const names = await asked[what]?.().catch(() => []);
			if (names && names.length > 0) {
				this.print(names.join('\n'));
			}
		}

		return 0;
	}

	/** Labels, and behind them the names without `stx-`. */
	private async images(): Promise<readonly string[]> {
		const {findDirectives, readDirectives} = await import('../images/index.js');
		const {settings: {repo, os, codename, stream}} = await this.readSettings();
		const checkout = repo !== undefined && {
			repo, os, codename, stream,
		};
		const found = checkout ? await findDirectives(checkout) : undefined;
		const labels = (await readDirectives(this.folders, [], found?.files)).map(({label}) => label);
		return [...new Set([...labels, ...labels.map(label => label.replace(/^stx-/, ''))])];
	}

	private async wheels(): Promise<readonly string[]> {
		const {readLock} = await import('../wheels/index.js');
		const {settings} = await this.readSettings();
		const {packages} = await readLock(lockFile(settings));
		return packages.map(({name}) => name);
	}
}
