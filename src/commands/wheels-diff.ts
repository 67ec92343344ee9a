import {Command, Option} from 'clipanion';
import {lockFile} from '../workspace/index.js';
import {SettingsCommand} from './base-command.js';

export class WheelsDiffCommand extends SettingsCommand {
	static override readonly paths = [['wheels', 'diff']];
	static override readonly usage = Command.Usage({
		category: 'Look',
		description: 'tell two locks apart: what is added, removed and changed',
		details: 'A lock is a file, or a revision of the git repository that the lock of the workspace is kept in. Without a second one, the first is compared with the lock of the workspace.',
		examples: [
			['Two files', 'stx-build wheels diff old/pylock.debian-trixie-stable.toml new/pylock.debian-trixie-stable.toml'],
			['What has changed since the last commit', 'stx-build wheels diff HEAD'],
			['For a script', 'stx-build wheels diff HEAD~1 HEAD --json'],
		],
	});

	old = Option.String({name: 'OLD', required: true});
	new = Option.String({name: 'NEW', required: false});

	override async run(): Promise<number> {
		const {settings} = await this.readSettings();
		const {diffLocks, readLock, readNamedLock} = await import('../wheels/index.js');
		const [old, now] = await this.withEffects(settings, 'people', async ({run}) => {
			const where = {folder: this.context.surroundings.workingFolder, lockFile: lockFile(settings), run};
			return Promise.all([
				readNamedLock(this.old, where),
				this.new === undefined ? readLock(lockFile(settings)) : readNamedLock(this.new, where),
			]);
		});
		const difference = diffLocks(old, now);
		if (this.json) {
			this.printJson(difference);
		} else {
			const {renderLockDifference} = await import('../report/index.js');
			this.print(renderLockDifference(difference));
		}

		return 0;
	}
}
