import {Command} from 'clipanion';
import {SettingsCommand} from './base-command.js';

export class DoctorCommand extends SettingsCommand {
	static override readonly paths = [['doctor']];
	static override readonly usage = Command.Usage({
		category: 'Look',
		description: 'try what a build needs of this machine, and say how to mend what lacks',
		details: 'Tries folders, free room, programs, certificates and sources, LOCI among them, and each container engine: that it builds, mounts, keeps secrets out of images, and really cuts a container off the network. Nothing is left behind. Exit code 1 when something lacks; when LOCI\'s host does not answer that is a warning, since --dialect builtin needs none. With --offline no host is asked.',
		examples: [
			['Is this machine ready?', 'stx-build doctor'],
			['For images without LOCI', 'stx-build doctor --dialect builtin'],
			['With another index and its CA', 'stx-build doctor --index https://pypi.example.com/simple --ca-bundle /etc/ssl/certs/ca-certificates.crt'],
		],
	});

	override async run(): Promise<number> {
		const {settings} = await this.readSettings();
		const {checkMachine} = await import('../doctor/index.js');
		const findings = await this.withEffects(settings, 'people', async effects => checkMachine(settings, effects));
		const lacks = findings.filter(({ok, only}) => !ok && only === undefined);
		const limits = findings.flatMap(({ok, only}) => !ok && only !== undefined ? [only] : []);
		if (this.json) {
			this.printJson(findings);
		} else {
			const width = Math.max(...findings.map(({name}) => name.length));
			for (const {name, ok, detail, hint, only} of findings) {
				this.print(`${ok ? 'ok  ' : (only === undefined ? 'LACK' : 'WARN')}  ${name.padEnd(width)}  ${detail}`);
				if (!ok && hint !== undefined) {
					this.print(`      ${' '.repeat(width)}  hint: ${hint}`);
				}
			}

			this.print(lacks.length === 0 ? `\nThis machine is ready${limits.length === 0 ? '' : `, but not for ${limits.join(', ')}`}.` : `\n${lacks.length} of ${findings.length} checks found something that lacks.`);
		}

		return lacks.length === 0 ? 0 : 1;
	}
}
