import {Command} from 'clipanion';
import {BuildCommand, from, refresh} from './build-command.js';

export class BaseImageCommand extends BuildCommand {
	static override readonly paths = [['base']];
	static override readonly usage = Command.Usage({
		category: 'Build',
		description: 'make the base image',
		details: 'From Debian itself, with the signatures of its packages verified, or from an image of a registry; then with what LOCI expects of a base. An existing base image stays as it is until you ask for a new one.',
		examples: [
			['From Debian packages', 'stx-build base'],
			['From a registry', 'stx-build base --from docker.io/library/debian:trixie'],
			['Anew, with today\'s packages', 'stx-build base --refresh'],
		],
	});

	from = from();
	refresh = refresh();

	protected override request() {
		return {
			parts: {wheels: false, base: true, images: false},
			base: {from: this.from, refresh: this.refresh},
		};
	}
}
