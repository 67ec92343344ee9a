import {Command, Option} from 'clipanion';
import {formatPlace} from '../errors.js';
import type {Locked} from '../loadbuild/index.js';
import {checkWorkspace} from '../workspace/index.js';
import {SettingsCommand} from './base-command.js';
import {
	allowUnusable, directiveFiles, extraWheels, fromIndex, fromSource, imageChoices, skipped, wheelChoices,
} from './shared-options.js';

export class WheelsLockCommand extends SettingsCommand {
	static override readonly paths = [['wheels', 'lock']];
	static override readonly usage = Command.Usage({
		category: 'Build',
		description: 'bring the lock of the wheels up to date, and build nothing',
		details: 'The one command that takes a listed file of which nobody states a digest as it is now, and locks its digest: from then on a changed file is an error. A build refuses such a file. Versions stay as they are locked where nothing speaks against them.',
		examples: [
			['What a build would lock, and files whose digest nobody states', 'stx-build wheels lock'],
			['The newest versions that the constraints allow', 'stx-build wheels lock --upgrade'],
		],
	});

	service = Option.Array('--service', {description: 'IMAGES: images whose needs count: labels or globs, comma-separated (default: all configured; repeatable)'});
	skip = skipped();
	directives = directiveFiles();
	fromSource = fromSource();
	fromIndex = fromIndex();
	allowUnusable = allowUnusable();
	extraWheels = extraWheels();
	upgrade = Option.Boolean('--upgrade', false, {description: 'forget what is locked: take the newest versions, and of each address what is there now'});

	override async run(): Promise<number> {
		const {surroundings, version} = this.context;
		const select = imageChoices(this);
		const wheels = wheelChoices(this);
		const {settings, sourced} = await this.readSettings();
		await checkWorkspace(settings, sourced);
		const {lockLoadbuild} = await import('../loadbuild/index.js');
		this.printLocked(await this.withEffects(settings, 'people', async effects => lockLoadbuild({
			settings,
			folders: this.folders,
			workingFolder: surroundings.workingFolder,
			version,
			dryRun: false,
			parts: {wheels: true, base: false, images: false},
			select,
			wheels: {
				frozen: false, ...wheels, upgrade: this.upgrade, trust: true,
			},
		}, effects)));
		return 0;
	}

	private printLocked({file, lock: {packages, builds, documents}, leftOut}: Locked): void {
		if (this.json) {
			this.printJson({
				file, packages: packages.length, builds: builds.length, documents, leftOut,
			});
			return;
		}

		this.print([
			`${file}: ${packages.length} distributions, ${packages.filter(({source}) => source.kind !== 'wheel').length} of them to be built`,
			...leftOut.map(({at, code, message}) => `left out: ${formatPlace(at)}  ${code} ${message}`),
		].join('\n'));
	}
}
