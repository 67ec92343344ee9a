import {Command} from 'clipanion';
import {maskSetting, settingNames, settingTable} from '../workspace/index.js';
import {SettingsCommand} from './base-command.js';

export class ConfigShowCommand extends SettingsCommand {
	static override readonly paths = [['config', 'show']];
	static override readonly usage = Command.Usage({
		category: 'Look',
		description: 'show each setting, its value, and where it came from',
		details: 'A setting counts from its option, else from the environment, else from build-config/stx-build.ini in your folder, else from the one in the package, else by default. Of the environment, USER is such a default.',
		examples: [
			['What holds here', 'stx-build config show'],
			['What an option changes', 'stx-build config show --os-codename bookworm'],
			['For a script', 'stx-build config show --json'],
		],
	});

	override async run(): Promise<number> {
		const {sourced} = await this.readSettings();
		const rows = settingNames.map(name => {
			const {value, from} = sourced[name];
			return {
				name: settingTable[name].key, section: settingTable[name].section, value: typeof value === 'string' ? maskSetting(name, value) : value, from,
			};
		});
		if (this.json) {
			this.printJson(rows.map(row => ({...row, value: row.value ?? null})));
			return 0;
		}

		const nameWidth = Math.max(...rows.map(row => row.name.length));
		const valueWidth = Math.min(48, Math.max(...rows.map(row => String(row.value ?? '-').length)));
		for (const {name, value, from} of rows) {
			this.print(`${name.padEnd(nameWidth)}  ${String(value ?? '-').padEnd(valueWidth)}  ${from}`);
		}

		return 0;
	}
}
