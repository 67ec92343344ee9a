/** The command blocks of the README, run as they stand there, from the quick start to a service of one's own. */
import {
	mkdir, mkdtemp, readFile, rm, writeFile,
} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import {run} from '../../_helpers/engines.js';
import {findLacks, needs, type Need} from '../../_helpers/needs.js';
import {packageFolder} from '../../_helpers/run-cli.js';
import {runProgram} from '../../_helpers/run-program.js';
import {keptCache} from '../../_helpers/user-place.js';

const readme = await readFile(path.join(packageFolder, 'README.md'), 'utf8');
const blocks = [...readme.matchAll(/^```(?<language>\w+)\n(?<text>.*?)^```$/gms)].map(({groups}) => ({language: groups!.language!, text: groups!.text!}));
const commands = blocks.filter(({language}) => language === 'sh').flatMap(({text}) => text.split('\n')).map(line => line.replace(/\s+#.*$/, '').trim()).filter(line => line !== '');
const folder = await mkdtemp(path.join(tmpdir(), 'stx-build-readme-'));

/** Name space of the images: this run's own, as the names that a developer's images have are theirs. */
const user = path.basename(folder).toLowerCase();

/** The store is that of the other end-to-end tests: what one has made the other takes. */
const variables = {
	STX_BUILD_CACHE: keptCache,
	USER: user,
	LOGNAME: user,
	MY_WORKSPACE: path.join(folder, 'workspace'),
	PATH: `${path.join(packageFolder, 'bin')}:${process.env.PATH ?? ''}`,
};

/** Of the engines docker is taken where it answers; the storage of the others belongs to the tests beside these. Of buildah bin/setup alone wants to know. */
const need: Need = {engine: 'docker', program: ['buildah', 'mmdebstrap', 'python3'], root: true};

/** References of this run's images. */
const ownImages = async (): Promise<readonly string[]> => {
	const {stdout} = await run({argv: ['docker', 'images', '--format', '{{.Repository}}:{{.Tag}}']});
	return stdout.split('\n').filter(reference => reference.includes(`${user}/`));
};

test.after.always(async () => {
	await rm(folder, {recursive: true, force: true});
	const own = findLacks(need).length === 0 ? await ownImages() : [];
	if (own.length > 0) {
		await run({argv: ['docker', 'rmi', '--force', ...own]});
	}
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
		if (!needs(t, need)) {
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

test.serial('the image is then in the engine, under the name that the README says', async t => {
	if (!needs(t, need)) {
		return;
	}

	const [, rest] = /`\$USER(\/[^`]+)`/.exec(readme)!;
	t.true((await ownImages()).includes(`${user}${rest!}`));
});
