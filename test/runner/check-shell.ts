/** Runs shellcheck over every shell script of the project: by its name, or by its first line. */
import {spawnSync} from 'node:child_process';
import {readFileSync, statSync} from 'node:fs';
import process from 'node:process';
import {findProgram, isCi} from '../_helpers/needs.js';

const {stdout} = spawnSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {encoding: 'utf8'});
const scripts = stdout.split('\0').filter(file => {
	if (file === '' || file.startsWith('test/fixtures/') || !statSync(file, {throwIfNoEntry: false})?.isFile()) {
		return false;
	}

	return file.endsWith('.sh') || (!/\.\w+$/.test(file) && /^#!.*\b(?:ba|da)?sh\b/.test(readFileSync(file, 'latin1').slice(0, 100)));
});

if (findProgram('shellcheck') === undefined) {
	process.stdout.write('SKIPPED: the program `shellcheck` is missing\n');
	process.exitCode = isCi(process.env) ? 1 : 0;
} else {
	process.exitCode = spawnSync('shellcheck', scripts, {stdio: 'inherit'}).status ?? 1;
}
