import path from 'node:path';
import {Command, Option} from 'clipanion';
import {BuildError} from '../errors.js';
import {SettingsCommand} from './base-command.js';

export class WheelsInitCommand extends SettingsCommand {
	static override readonly paths = [['wheels', 'init']];
	static override readonly usage = Command.Usage({
		category: 'Look',
		description: 'reduce a StarlingX wheel list to the lines that the constraints do not make needless',
		details: 'A line whose version is that of the upper constraints, with a file of PyPI, says nothing that is not found without it. What stays has a version of its own, is named by no constraint, or comes from elsewhere. Comments stay with what they are about. The new list goes to standard output, or to --output; what was dropped is told on standard error. Lines that are wrong stay as they are: `wheels lint` tells of them.',
		examples: [
			['To a file', 'stx-build wheels init --from debian-trixie/stable-wheels.cfg --output wheels/debian-trixie/stable-wheels.cfg'],
			['What would stay, and why, for a script', 'stx-build wheels init --from stable-wheels.cfg --json'],
		],
	});

	from = Option.String('--from', {description: 'FILE: the wheel list to begin with'});
	output = Option.String('--output', {description: 'FILE: where the new list is written; it must not be there yet'});

	override async run(): Promise<number> {
		const {surroundings: {workingFolder}, stderr} = this.context;
		const {from, output} = this;
		if (from === undefined) {
			throw new BuildError('STX0001', 'stx-build wheels init: it needs --from FILE, the wheel list to begin with', {hint: 'name StarlingX\'s list: build-tools/build-wheels/debian-trixie/stable-wheels.cfg of a checkout of starlingx/root'});
		}

		const {settings} = await this.readSettings();
		const {createInputFetcher} = await import('../loadbuild/index.js');
		const {initWheelList} = await import('../wheels/index.js');
		const {text, dropped, kept, findings} = await this.withEffects(settings, 'people', async effects => initWheelList({
			folders: this.folders,
			settings,
			from: path.resolve(workingFolder, from),
			output: output === undefined ? undefined : path.resolve(workingFolder, output),
		}, await createInputFetcher(settings, effects)));
		const wrong = findings.filter(({severity}) => severity === 'error');
		if (this.json) {
			this.printJson({
				dropped: dropped.map(({name, version, wheel, at}) => ({
					name, version, wheel, line: at.line,
				})),
				kept: kept.map(({name, version, wheel, at, because, constraint}) => ({
					name, version, wheel, line: at.line, because, constraint: constraint ?? null,
				})),
				wrong: wrong.map(({at, problem}) => ({line: at.line, code: problem.code, message: problem.message})),
			});
			return 0;
		}

		if (this.output === undefined) {
			this.print(text);
		}

		const wrongLines = new Set(wrong.map(({at}) => at.line)).size;
		const told = [
			...dropped.map(({at, wheel}) => `dropped line ${at.line}: ${wheel}`),
			...wrong.map(({at, problem}) => `kept line ${at.line}, which is wrong: ${problem.message}`),
			`${dropped.length} of ${dropped.length + kept.length + wrongLines} lines repeat the constraints and are dropped; ${count('version')} have a version of their own, ${count('extra')} are named by no constraint, ${count('source')} come from elsewhere, ${wrongLines} are wrong`,
		];
		stderr.write(`${told.join('\n')}\n`);
		return 0;

		function count(why: string): number {
			return kept.filter(({because}) => because === why).length;
		}
	}
}
