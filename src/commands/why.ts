import {Command, Option} from 'clipanion';
import {ExplainingCommand} from './explaining-command.js';

export class WhyCommand extends ExplainingCommand {
	static override readonly paths = [['why']];
	static override readonly usage = Command.Usage({
		category: 'Look',
		description: 'say what made an image or a wheel be made anew, or would',
		details: 'Of an image, what changed since the last run in this workspace: the directive, the dialect, the base image, a wheel, and what changed in that. Of a wheel, what `wheels why` says. It answers from the lock as it is and asks nobody over the network: where LOCI is not on this machine, it tells what made the last run build an image.',
		examples: [
			['Of an image', 'stx-build why stx-keystone'],
			['Of a wheel', 'stx-build why oslo.policy'],
		],
	});

	name = Option.String({name: 'IMAGE|WHEEL', required: true});
	protected override readonly images = true;
}
