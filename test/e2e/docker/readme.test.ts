/** The command blocks of the README, run as they stand there, from the quick start to a service of one's own. */
import {
	mkdir, mkdtemp, readFile, rm, writeFile,
} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import {needs} from '../../_helpers/needs.js';
import {packageFolder} from '../../_helpers/run-cli.js';
import {runProgram} from '../../_helpers/run-program.js';

const readme = await readFile(path.join(packageFolder, 'README.md'), 'utf8');
const blocks = [...readme.matchAll(/^```(?<language>\w+)\n(?<text>.*?)^```$/gms)].map(({groups}) => ({language: groups!.language!, text: groups!.text!}));
const commands = blocks.filter(({language}) => language === 'sh').flatMap(({text}) => text.split('\n')).map(line => line.replace(/\s+#.*$/, '').trim()).filter(line => line !== '');
const folder = await mkdtemp(path.join(tmpdir(), 'stx-build-readme-'));

/** The store of the other end-to-end tests: what one has made the other takes. */
const variables = {
	STX_BUILD_CACHE: path.join(packageFolder, 'node_modules/.cache/stx-build-test/e2e'),
	MY_WORKSPACE: path.join(folder, 'workspace'),
	PATH: `${path.join(packageFolder, 'bin')}:${process.env.PATH ?? ''}`,
};

test.after.always(async () => {
	await rm(folder, {recursive: true, force: true});
});

test('the README begins with the two commands, and this is one of them', t => {
	t.deepEqual(commands.slice(0, 2), ['bin/quickstart', 'npm test']);
});

test('every path and page that the README names is there', async t => {
	for (const [, target] of readme.matchAll(/]\((?!https?:)(?<target>[^)#]+)\)/g)) {
		await t.notThrowsAsync(readFile(path.join(packageFolder, target!)), target);
	}
});

for (const command of commands.filter(line => line !== 'npm test')) {
	test.serial(`\`${command}\` does what it says`, async t => {
		t.timeout(1_800_000);
		if (!needs(t, {engine: 'buildah', program: ['mmdebstrap', 'python3'], root: true})) {
			return;
		}

		const isOwnService = command.startsWith('stx-build ');
		if (isOwnService) {
			await mkdir(path.join(folder, 'build-config/images'), {recursive: true});
			await writeFile(path.join(folder, 'build-config/images/barbicanclient.ini'), blocks.find(({language}) => language === 'ini')!.text);
		}

		const [program, ...argv] = command.split(' ');
		const {code, err} = await runProgram(program!, argv, {folder: isOwnService ? folder : packageFolder, environment: variables});
		t.is(code, 0, err.slice(-4000));
	});
}
