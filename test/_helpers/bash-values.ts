/** What real bash makes of files of assignments. */
import {spawnSync} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';

/**
Each file is sourced in a shell of its own, which then tells what was assigned: name, value, and the value as an
unquoted `echo` without globbing has it. A file that ends its shell is told without `exit`.
*/
const script = `
while IFS= read -r file; do
	printf 'file\\0\\0\\0'
	(
		set -f
		. "$file" < /dev/null
		printf 'exit\\0%s\\0\\0' "$?"
		for name in "\${names[@]}"; do
			if [[ -v $name ]]; then
				value=\${!name}
				set -- $value
				printf '%s\\0%s\\0%s\\0' "$name" "$value" "$*"
			fi
		done
	)
done
`;

export type BashValues = {
	/** Exit code of sourcing the file; undefined when the shell ended over it. */
	readonly exit: string | undefined;
	readonly values: ReadonlyMap<string, {readonly raw: string; readonly echoed: string}>;
};

/**
@param names the variables to look at.
@returns what became of each text, and all that bash said on standard error.
*/
export function bashValues(texts: readonly string[], names: readonly string[]): {readonly answers: readonly BashValues[]; readonly errors: string} {
	const folder = mkdtempSync(path.join(tmpdir(), 'stx-build-bash-'));
	try {
		const files = texts.map((text, index) => {
			const file = path.join(folder, String(index));
			writeFileSync(file, text);
			return file;
		});
		const bash = spawnSync('/bin/bash', ['--norc', '--noprofile', '-c', `names=(${names.join(' ')})\n${script}`], {
			env: {PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8'}, input: files.map(file => `${file}\n`).join(''), encoding: 'utf8', maxBuffer: 256 * 1024 * 1024,
		});
		if (bash.status !== 0 && bash.status !== 1) {
			throw new Error(`bash ended with ${bash.status ?? bash.signal ?? ''}: ${bash.stderr}`);
		}

		return {answers: readAnswers(bash.stdout), errors: bash.stderr};
	} finally {
		rmSync(folder, {recursive: true, force: true});
	}
}

function readAnswers(output: string): readonly BashValues[] {
	const answers: Array<{exit: string | undefined; values: Map<string, {raw: string; echoed: string}>}> = [];
	const fields = output.split('\0');
	for (let index = 0; index + 2 < fields.length; index += 3) {
		const [name, raw, echoed] = fields.slice(index, index + 3) as [string, string, string];
		if (name === 'file') {
			answers.push({exit: undefined, values: new Map()});
		} else if (name === 'exit') {
			answers.at(-1)!.exit = raw;
		} else {
			answers.at(-1)!.values.set(name, {raw, echoed});
		}
	}

	return answers;
}
