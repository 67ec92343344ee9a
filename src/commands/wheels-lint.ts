import path from 'node:path';
import {Command, Option} from 'clipanion';
import {formatPlace} from '../errors.js';
import type {LintedList} from '../wheels/index.js';
import {SettingsCommand} from './base-command.js';

export class WheelsLintCommand extends SettingsCommand {
	static override readonly paths = [['wheels', 'lint']];
	static override readonly usage = Command.Usage({
		category: 'Look',
		description: 'say all that is wrong with wheel lists, line by line',
		details: 'Finds lines that StarlingX\'s own tools pass over in silence, wheels that the target cannot install, projects that are listed twice, URLs of something else, and versions that contradict the constraints. Nothing that is listed is fetched. A FILE is for the OS that --os-codename names, else for the one its folder is named for (debian-bullseye), else for that of the settings. Exit code 0 when there is nothing to say, 1 for warnings alone, 2 when there is an error: a build would refuse the list.',
		examples: [
			['The list that a build would take', 'stx-build wheels lint'],
			['Those of a StarlingX checkout', 'stx-build wheels lint cgcs-root/build-tools/build-wheels/debian-*/stable-wheels.cfg'],
			['For a script', 'stx-build wheels lint --os-codename trixie my-wheels.cfg --json'],
		],
	});

	files = Option.Rest({name: 'FILE'});

	override async run(): Promise<number> {
		const {surroundings} = this.context;
		const {settings, sourced} = await this.readSettings();
		const [{lintWheelLists}, {createInputFetcher}] = await Promise.all([import('../wheels/index.js'), import('../loadbuild/index.js')]);
		const lists = await this.withEffects(settings, 'people', async effects => lintWheelLists({
			folders: this.folders,
			settings,
			files: this.files.map(file => path.resolve(surroundings.workingFolder, file)),
			given: {codename: sourced.codename.origin === 'option', stream: sourced.stream.origin === 'option'},
			fetchDocument: await createInputFetcher(settings, effects),
		}));
		if (this.json) {
			this.printJson(lists.map(list => describeList(list)));
		} else {
			this.print(lists.map(list => formatList(list)).join('\n'));
		}

		const severities = lists.flatMap(({findings}) => findings.map(({severity}) => severity));
		return severities.includes('error') ? 2 : (severities.length > 0 ? 1 : 0);
	}
}

function describeList({file, os, target: {python, glibc, arch}, constraints, lines, usable, findings}: LintedList) {
	return {
		file,
		os,
		python,
		glibc,
		arch,
		constraints: constraints ?? null,
		lines,
		usable,
		findings: findings.map(({severity, at, wheel, problem: {code, message, hint, at: places}}) => ({
			severity, code, message, hint, ...at, wheel, at: places,
		})),
	};
}

function formatList({file, os, target: {python, glibc, arch}, constraints, lines, usable, findings}: LintedList): string {
	const told = findings.flatMap(({severity, at, problem: {code, message, hint, at: places}}) => [
		`${formatPlace(at)}: ${severity} ${code} ${message}`,
		...places.filter(place => !('file' in place && place.file === at.file && place.line === at.line)).map(place => `  see ${formatPlace(place)}`),
		...(hint === undefined ? [] : [`  hint: ${hint}`]),
	]);
	const errors = findings.filter(({severity}) => severity === 'error').length;
	const compared = constraints === undefined ? '; there are no constraints to compare it with' : '';
	const sums = [[errors, 'error'], [findings.length - errors, 'warning']] as const;
	return [
		...told,
		`${file}: ${usable} of ${lines} wheels can be used on ${os} (CPython ${python}, ${arch}, glibc ${glibc}); ${sums.map(([count, word]) => `${count} ${word}${count === 1 ? '' : 's'}`).join(', ')}${compared}`,
		'',
	].join('\n');
}
