import {readFile} from 'node:fs/promises';
import test from 'ava';
import {parsePackages} from '../../../src/base/parse-packages.js';
import type {BuildError} from '../../../src/errors.js';

test('names, sorted, each once, without comments', t => {
	t.deepEqual(parsePackages('# what LOCI wants\ngit  sudo # twice on a line\r\n\r\nlibstdc++6\ngit\n', 'packages'), ['git', 'libstdc++6', 'sudo']);
	t.deepEqual(parsePackages('', 'packages'), []);
});

test('all that are no names of packages, with their lines', t => {
	const error = t.throws<BuildError>(() => parsePackages('git\nGit --option\n\n$(id)\n', 'packages'), {code: 'STX0002'});
	t.deepEqual(error.problems.map(({message, at}) => [message.split('`')[1], at[0]]), [
		['Git', {file: 'packages', line: 2}],
		['--option', {file: 'packages', line: 2}],
		['$(id)', {file: 'packages', line: 4}],
	]);
	t.is(error.exitCode, 2);
});

test('the list that comes with stx-build', async t => {
	const file = new URL('../../../build-config/base/debian-trixie/packages', import.meta.url);
	const packages = parsePackages(await readFile(file, 'utf8'), file.pathname);
	for (const name of ['ca-certificates', 'git', 'libpython3.13', 'lsb-release', 'patch', 'python3-virtualenv', 'sudo']) {
		t.true(packages.includes(name), name);
	}
});
