/** The completion scripts in the shells they are for. */
import {spawnSync} from 'node:child_process';
import {chmod, mkdir, writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import {execa} from 'execa';
import {withTemporaryFolder} from '../../src/system/index.js';
import {formatLock} from '../../src/wheels/lock/format-lock.js';
import {lockOf, wheelIn} from '../_helpers/locks.js';
import {needs} from '../_helpers/needs.js';
import {packageFolder, runCli} from '../_helpers/run-cli.js';

/** A user's folder: two images, a lock, a file, a folder, and stx-build on PATH. */
async function inFolder(shell: string, use: (run: (driver: string, ...args: readonly string[]) => Promise<string>) => Promise<void>): Promise<void> {
	await withTemporaryFolder('completion', async folder => {
		const write = async (name: string, text: string) => {
			await mkdir(path.dirname(path.join(folder, name)), {recursive: true});
			await writeFile(path.join(folder, name), text);
		};

		await write('build-config/images/demo.ini', '[image]\nBUILDER = loci\nLABEL = stx-demo\nPROJECT = infra\nPROJECT_REPO = nil\n');
		await write('build-config/images/other.ini', '[image]\nBUILDER = loci\nLABEL = plain\nPROJECT = infra\nPROJECT_REPO = nil\n');
		await write('workspace/std/build-wheels-debian-trixie-stable/pylock.debian-trixie-stable.toml', formatLock(lockOf({packages: [wheelIn('uwsgi', '2'), wheelIn('urllib3', '2')]})));
		await write('NOTES', '');
		const program = path.join(folder, 'bin', 'stx-build');
		await write('bin/stx-build', `#!/bin/sh\nexec '${path.join(packageFolder, 'bin/stx-build')}' "$@"\n`);
		await chmod(program, 0o755);
		const {out} = await runCli(['completion', shell], {folder});
		await write(`completion.${shell}`, out);
		await use(async (driver, ...args) => {
			const {all} = await execa(shell, [...({bash: ['--norc'], zsh: ['-f'], fish: ['--no-config']}[shell] ?? []), '-c', driver, ...args], {
				cwd: folder, all: true, extendEnv: false, env: {
					PATH: `${path.dirname(program)}:${process.env.PATH ?? ''}`, HOME: folder, TERM: 'dumb', LANG: 'C.UTF-8',
				},
			});
			return all;
		});
	});
}

/** What each line is completed to by all three; the last word may be one of several. */
const lines: ReadonlyArray<readonly [line: string, completed: readonly string[]]> = [
	['stx-build load', ['loadbuild']],
	['stx-build wheels ch', ['check']],
	['stx-build config ', ['show']],
	['stx-build wheels check --froz', ['--frozen']],
	['stx-build images --engine d', ['docker']],
	['stx-build images --service stx-dem', ['stx-demo']],
	['stx-build images --service plain,stx-dem', ['plain,stx-demo']],
	['stx-build loadbuild --without wheels,ba', ['wheels,base']],
	['stx-build wheels why uw', ['uwsgi']],
	['stx-build why stx-dem', ['stx-demo']],
	['stx-build wheels --only u', ['urllib3', 'uwsgi']],
	['stx-build images --wheels NO', ['NOTES']],
	['stx-build directive show NO', ['NOTES']],
	['stx-build images --config work', ['workspace']],
	['stx-build completion f', ['fish']],
	['stx-build doctor no', []],
];

test('bash completes commands, options, values and files', async t => {
	if (!needs(t, 'bash')) {
		return;
	}

	t.timeout(120_000);
	const driver = `
		source completion.bash
		complete -p stx-build
		for line in "$@"; do
			COMP_WORDS=($line)
			[[ $line == *' ' ]] && COMP_WORDS+=('')
			COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)) COMPREPLY=()
			_stx_build 2>/dev/null
			mapfile -t COMPREPLY < <(printf '%s\\n' "\${COMPREPLY[@]}" | sort)
			printf '%s\\n' "$line:\${COMPREPLY[*]}"
		done`;
	await inFolder('bash', async run => {
		const completed = await run(driver, 'bash', ...lines.map(([line]) => line), 'stx-build images --service = plain,stx-dem');
		t.deepEqual(completed.trimEnd().split('\n'), [
			'complete -F _stx_build stx-build',
			...lines.map(([line, words]) => `${line}:${words.join(' ')}`),
			// Bash takes `=` for a word of its own.
			'stx-build images --service = plain,stx-dem:plain,stx-demo',
		]);
	});
});

test('fish completes commands, options, values and files', async t => {
	if (!needs(t, 'fish')) {
		return;
	}

	t.timeout(120_000);
	// `string` takes the descriptions away, and a folder has a slash.
	const driver = String.raw`source completion.fish; for line in $argv; set -l words (complete -C $line | string replace -r "/?\t.*" ""); echo "$line:$words"; end`;
	await inFolder('fish', async run => {
		const all = [...lines, ['stx-build images --service=plain,stx-dem', ['--service=plain,stx-demo']] as const];
		const completed = await run(driver, ...all.map(([line]) => line));
		t.deepEqual(completed.trimEnd().split('\n'), all.map(([line, words]) => `${line}:${words.join(' ')}`));
	});
});

test('zsh completes commands, options, values and files', async t => {
	if (!needs(t, 'zsh')) {
		return;
	}

	t.timeout(240_000);
	// Zsh completes in its line editor only: a shell in a terminal gets the line and a tab, and then prints what became of it.
	const driver = `
		zmodload zsh/zpty
		zpty shell zsh -f -i
		zpty -w shell "PS1= PROMPT_EOL_MARK=; stty -echo; autoload -Uz compinit && compinit -D -u; . ./completion.zsh; bindkey -e; setopt no_beep no_auto_list; print RE''ADY"
		zpty -r -m shell out '*READY*'
		for line in "$@"; do
			zpty -w -n shell "$line"$'\\t'
			zpty -w -n shell $'\\x01print -r -- RE""SULT=\\'\\x05\\'\\n'
			zpty -r -m shell out '*RESULT=*'$'\\n'
			print -r -- "\${\${out##*RESULT=}%%$'\\r'*}"
		done
		zpty -d shell`;
	await inFolder('zsh', async run => {
		const unique = [...lines.filter(([line, completed]) => completed.length === 1 && !line.endsWith(' ')), ['stx-build images --service=plain,stx-dem', ['--service=plain,stx-demo']] as const];
		const completed = await run(driver, 'zsh', ...unique.map(([line]) => line));
		t.deepEqual(completed.trimEnd().split('\n').map(line => line.trim()), unique.map(([line, [word]]) => [...line.split(' ').slice(0, -1), word].join(' ')));
	});
});

test('the bash script is as shellcheck wants it', async t => {
	if (!needs(t, 'shellcheck')) {
		return;
	}

	const {out} = await runCli(['completion', 'bash'], {folder: packageFolder});
	const {status, stdout} = spawnSync('shellcheck', ['--shell=bash', '-'], {input: out, encoding: 'utf8'});
	t.is(status, 0, stdout);
});

test('a shell that there is no script for is an error that names those there are', async t => {
	const {code, err} = await runCli(['completion', 'tcsh'], {folder: packageFolder});
	t.is(code, 2);
	t.regex(err, /STX0001 there is no completion for `tcsh`\nhint: there is one for bash, zsh, fish/v);
});

test('what is asked for while a line is written never fails and never speaks of errors', async t => {
	await withTemporaryFolder('completion', async folder => {
		await mkdir(path.join(folder, 'build-config/images'), {recursive: true});
		await writeFile(path.join(folder, 'build-config/images/broken.ini'), 'not an ini file\n');
		t.deepEqual(await runCli(['completion', 'values', 'images', 'wheels', 'nonsense'], {folder}), {code: 0, out: '', err: ''});
	});
});
