import {Command} from 'clipanion';
import {lockFile} from '../workspace/index.js';
import {SettingsCommand} from './base-command.js';
import {services, words} from './build-command.js';

export class WheelsListCommand extends SettingsCommand {
	static override readonly paths = [['wheels', 'list']];
	static override readonly usage = Command.Usage({
		category: 'Look',
		description: 'list the locked wheels, where each comes from, and who needs it',
		details: 'Reads the lock of the workspace and nothing else. The size is that of the file that is fetched.',
		examples: [
			['All that is locked', 'stx-build wheels list'],
			['What one image needs', 'stx-build wheels list --service keystone'],
			['For a script', 'stx-build wheels list --json'],
		],
	});

	service = services('images whose wheels are listed: labels or globs, comma-separated (default: all)');

	override async run(): Promise<number> {
		const {settings} = await this.readSettings();
		const [{listWheels, readLock}, {countOf, formatBytes, formatTable}] = await Promise.all([import('../wheels/index.js'), import('../report/index.js')]);
		const wheels = listWheels(await readLock(lockFile(settings)), words(this.service));
		if (this.json) {
			this.printJson(wheels);
			return 0;
		}

		this.print(formatTable(wheels.map(({name, version, source, size, labels}) => [name, version, source, size === null ? '-' : formatBytes(size), shortList(labels)]), ['NAME', 'VERSION', 'SOURCE', 'SIZE', 'NEEDED BY']));
		const built = wheels.filter(({source}) => !['wheel', 'local'].includes(source)).length;
		const bytes = wheels.reduce((sum, {size}) => sum + (size ?? 0), 0);
		const known = wheels.every(({size, source}) => size !== null || source === 'module' || source === 'git');
		this.context.stderr.write(`${countOf(wheels.length, 'wheel')}, ${built} of them built here${known ? `; ${formatBytes(bytes)} to fetch` : ''}\n`);
		return 0;
	}
}

/** So many labels are told; all of them with --json. */
const labelsShown = 4;

const shortList = (labels: readonly string[]): string => labels.length <= labelsShown ? labels.join(' ') : `${labels.slice(0, labelsShown - 1).join(' ')} and ${labels.length - labelsShown + 1} more`;
