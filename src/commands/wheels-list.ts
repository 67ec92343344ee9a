import {Command} from 'clipanion';
import type {ListedWheel} from '../wheels/index.js';
import {lockFile} from '../workspace/index.js';
import {SettingsCommand} from './base-command.js';
import {services, words} from './shared-options.js';

export class WheelsListCommand extends SettingsCommand {
	static override readonly paths = [['wheels', 'list']];
	static override readonly usage = Command.Usage({
		category: 'Look',
		description: 'list the locked wheels, where each comes from, and who needs it',
		details: 'Reads the lock of the workspace, and says when the inputs are others than those it was made from. Nobody is asked over the network. The size is that of the file that is fetched; there is no such column where the index says none.',
		examples: [
			['All that is locked', 'stx-build wheels list'],
			['What one image needs', 'stx-build wheels list --service keystone'],
			['For a script', 'stx-build wheels list --json'],
		],
	});

	service = services('images whose wheels are listed: labels or globs, comma-separated (default: all)');

	override async run(): Promise<number> {
		const {surroundings, version, stderr} = this.context;
		const named = words('--service', 'image', this.service);
		const {settings} = await this.readSettings();
		const [{listWheels, readLock}, {countOf, formatBytes}, {checkLock}] = await Promise.all([import('../wheels/index.js'), import('../report/index.js'), import('../loadbuild/index.js')]);
		const lock = await readLock(lockFile(settings));
		const wheels = listWheels(lock, named);
		const stale = await this.withEffects(settings, 'people', async effects => checkLock(lock, {
			settings,
			folders: this.folders,
			workingFolder: surroundings.workingFolder,
			version,
			dryRun: true,
			parts: {wheels: true, base: false, images: false},
			wheels: {
				frozen: true, fromSource: [], fromIndex: [], allowUnusable: true,
			},
		}, effects));
		if (this.json) {
			this.printJson(wheels);
		} else {
			this.print(await formatWheels(wheels));
			const built = wheels.filter(({source}) => !['wheel', 'local'].includes(source)).length;
			const bytes = wheels.reduce((sum, {size}) => sum + (size ?? 0), 0);
			const known = wheels.every(({size, source}) => size !== null || source === 'module' || source === 'git');
			stderr.write(`${countOf(wheels.length, 'wheel')}, ${built} of them built here${known ? `; ${formatBytes(bytes)} to fetch` : ''}\n`);
		}

		if (stale !== undefined) {
			stderr.write(`note: ${stale}\n`);
		}

		return 0;
	}
}

/** Sizes have a column where somebody says one: an index without them is not rare. */
async function formatWheels(wheels: readonly ListedWheel[]): Promise<string> {
	const {formatBytes, formatTable} = await import('../report/index.js');
	const hasSizes = wheels.some(({size}) => size !== null);
	const sizeOf = ({size}: ListedWheel): string => size === null ? '-' : formatBytes(size);
	return formatTable(
		wheels.map(wheel => [wheel.name, wheel.version, wheel.source, ...(hasSizes ? [sizeOf(wheel)] : []), shortList(wheel.labels)]),
		['NAME', 'VERSION', 'SOURCE', ...(hasSizes ? ['SIZE'] : []), 'NEEDED BY'],
	);
}

/** So many labels are told; all of them with --json. */
const labelsShown = 4;

const shortList = (labels: readonly string[]): string => labels.length <= labelsShown ? labels.join(' ') : `${labels.slice(0, labelsShown - 1).join(' ')} and ${labels.length - labelsShown + 1} more`;
