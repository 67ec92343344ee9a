import path from 'node:path';
import {Command, Option} from 'clipanion';
import type {ImageReport} from '../tags/index.js';
import {SettingsCommand} from './base-command.js';

export class TagsReportCommand extends SettingsCommand {
	static override readonly paths = [['tags', 'report']];
	static override readonly usage = Command.Usage({
		category: 'Look',
		description: 'tell which images and tags charts, packages and ISOs ask for',
		details: 'Reads the values of Helm charts (folders and .tgz), the overrides and manifests of applications, the applications in Debian packages, and the packages on an ISO, as deep as they are packed. The order of keys does not matter, and digests count. An ISO takes the program bsdtar; its ostree repository is not read, and named when there is one. Exit code 1 when something could not be read.',
		examples: [
			['A chart and an application', 'stx-build tags report ./keystone-helm stx-openstack-1.0.tgz'],
			['All packages of a build', 'stx-build tags report $MY_WORKSPACE/std'],
			['What an ISO asks for, for a script', 'stx-build tags report bootimage.iso --json'],
		],
	});

	files = Option.Rest({name: 'FILE', required: 1});

	override async run(): Promise<number> {
		const {settings} = await this.readSettings();
		const {reportImages} = await import('../tags/index.js');
		const {surroundings, signal} = this.context;
		const files = this.files.map(file => path.resolve(surroundings.workingFolder, file));
		const report = await this.withEffects(settings, 'people', async ({run}) => reportImages(files, {run, signal}));
		if (this.json) {
			this.printJson(report);
		} else {
			this.print(formatReport(report));
		}

		this.context.stderr.write(report.notes.map(note => `${note}\n`).join(''));
		return report.notes.length > 0 ? 1 : 0;
	}
}

/** Each image once, with the places that ask for it. */
function formatReport({images, texts}: ImageReport): string {
	const byImage = new Map<string, string[]>();
	for (const {image, key, line, ...place} of images) {
		byImage.set(image, [...byImage.get(image) ?? [], `  ${place.in}:${line}  ${key}`]);
	}

	const sorted = [...byImage].toSorted(([a], [b]) => a < b ? -1 : 1);
	return [...sorted.flatMap(([image, places]) => [image, ...places]), `${byImage.size} images in ${texts} files`].join('\n');
}
