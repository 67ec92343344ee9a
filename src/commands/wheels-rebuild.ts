import {Command, Option} from 'clipanion';
import {BuildError} from '../errors.js';
import {ChoosingCommand} from './choosing-command.js';

export class WheelsRebuildCommand extends ChoosingCommand {
	static override readonly paths = [['wheels', 'rebuild']];
	static override readonly usage = Command.Usage({
		category: 'Build',
		description: 'build wheels again, and compare the bytes',
		details: 'Each wheel that is built from source is built once more in another folder, with another umask, clock, time zone and locale. It must be the same, byte for byte; where it is not, the first member that differs is named. wheels/not-reproducible.ini lists those that may differ, with the reason; one of them that is the same is an error too. What has not been built yet is built first.',
		examples: [
			['All that are built from source', 'stx-build wheels rebuild --check'],
			['Some of them', 'stx-build wheels rebuild --check uwsgi cassandra-driver'],
		],
	});

	names = Option.Rest({name: 'WHEEL'});
	check = Option.Boolean('--check', false, {description: 'compare, and keep nothing; there is nothing else yet, and it must be given'});

	protected override request() {
		if (!this.check) {
			throw new BuildError('STX0001', 'a wheel is built again only to be compared', {hint: 'add --check'});
		}

		const {select, wheels} = this.choices;
		return {
			parts: {
				wheels: false, base: false, images: false, rebuilds: true,
			},
			select,
			wheels: {...wheels, rebuild: this.names},
			base: {from: this.from},
		};
	}
}
