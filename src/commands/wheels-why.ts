import {Command, Option} from 'clipanion';
import {ExplainingCommand} from './explaining-command.js';

export class WheelsWhyCommand extends ExplainingCommand {
	static override readonly paths = [['wheels', 'why']];
	static override readonly usage = Command.Usage({
		category: 'Look',
		description: 'say who needs a wheel, where it comes from, and what made it be made anew',
		details: 'Chains of requirements lead from images, wheel list and local modules to the distribution. What the inputs say of it is named with file and line. What changed is a part of its key that is not as the last run in this workspace had it. It answers from the lock as it is and asks nobody over the network; what that leaves open is said in a note.',
		examples: [
			['Of a requirement that nobody remembers', 'stx-build wheels why testresources'],
			['For a script', 'stx-build wheels why uwsgi --json'],
		],
	});

	name = Option.String({name: 'WHEEL', required: true});
	protected override readonly images = false;
}
