import {BuildError, throwProblems} from '../errors.js';

/** A command that a distribution installs: its name, and the object that runs, `package.module:function`. */
export type ConsoleScript = {readonly name: string; readonly target: string};

export type EntryPoints = {readonly consoleScripts: readonly ConsoleScript[]};

/**
Reads the entry_points.txt of a wheel (entry points specification): ini with `=` only, names as written.

@param at the file it comes from, for the errors; lines are counted from 1.
@returns the commands of the group `console_scripts`; other groups are passed over. Of a doubled name the first counts.
@throws BuildError STX0211, all problems at once: a line of that group that is no entry point, or a name that is no file name.
*/
export function parseEntryPoints(text: string, at?: {readonly file: string}): EntryPoints {
	const problems: BuildError[] = [];
	const scripts = new Map<string, ConsoleScript>();
	let group: string | undefined;
	for (const [index, raw] of text.replace(/^\uFEFF/, '').split(/\r\n|[\r\n]/).entries()) {
		const line = raw.trim();
		const header = /^\[(.*)]$/.exec(line);
		if (header) {
			group = header[1]!.trim();
		} else if (group === 'console_scripts' && line !== '' && !/^[#;]/.test(line)) {
			// Extras after the object are of old times and have no effect on a command.
			const [, name, target] = /^([^\s=][^=]*?)\s*=\s*([\p{ID_Continue}.]+(?:\s*:\s*[\p{ID_Continue}.]+)?)\s*(?:\[[^\]]*\])?$/u.exec(line) ?? [];
			if (name === undefined || target === undefined || /[/\\\0]/.test(name) || name.startsWith('.')) {
				problems.push(new BuildError('STX0211', `\`${line}\` is not a console script: \`NAME = MODULE:FUNCTION\` expected`, at && {at: {...at, line: index + 1}}));
			} else if (!scripts.has(name)) {
				scripts.set(name, {name, target: target.replaceAll(/\s/g, '')});
			}
		}
	}

	throwProblems(problems);
	return {consoleScripts: [...scripts.values()]};
}
