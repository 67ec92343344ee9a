/** build-stx-base.sh's --config-file: `key=value` lines with options that the command line does not have. */
import {BuildError, throwProblems} from '../errors.js';

export type BaseConfig = {
	readonly version?: string;
	readonly user?: string;
	readonly proxy?: string;
	readonly registry?: string;
	/** With the line of the file. */
	readonly repos: ReadonlyArray<{readonly line: string; readonly from: string; readonly at: {readonly file: string; readonly line: number}}>;
};

const keys = ['version', 'user', 'proxy', 'registry', 'repo'] as const;

/** @throws BuildError STX0506 for each line that is none of these, and for a key that is there twice. */
export function parseBaseConfig(text: string, file: string): BaseConfig {
	const problems: BuildError[] = [];
	const values = new Map<string, string>();
	const repos: Array<BaseConfig['repos'][number]> = [];
	for (const [index, raw] of text.split(/\r?\n/v).entries()) {
		const at = {file, line: index + 1};
		const line = raw.trim();
		if (line === '' || line.startsWith('#')) {
			continue;
		}

		const {key, value} = /^(?<key>[\w\-]+)\s*=\s*(?<value>.*)$/v.exec(line)?.groups ?? {};
		if (key === undefined || !(keys as readonly string[]).includes(key)) {
			problems.push(new BuildError('STX0506', key === undefined ? 'a line that is not `key=value`' : `\`${key}\` is not a key of this file`, {at, hint: `there are ${keys.map(name => `\`${name}\``).join(', ')}`}));
		} else if (key === 'repo') {
			repos.push({line: value!, from: `${file}:${at.line}`, at});
		} else if (values.has(key)) {
			problems.push(new BuildError('STX0506', `\`${key}\` is given twice`, {at}));
		} else {
			values.set(key, value!);
		}
	}

	throwProblems(problems);
	return {...Object.fromEntries(values), repos};
}
