/**
The walls of the house hold: each bad snippet is refused by the project's own lint, for the reason it is bad, and each
good one passes; and no pure module of src/ reaches an effect by way of others.
*/
import {
	mkdir, mkdtemp, readdir, rm, writeFile,
} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import test from 'ava';
import Xo from 'xo';
import {isEffect, isPure} from '../../lint/architecture.js';
import {createModuleReader, findEffect} from '../_helpers/module-graph.js';

const project = fileURLToPath(new URL('../..', import.meta.url));

/** Rules that guard the architecture. Others are not asked here. */
const rules = new Set(['architecture/imports', 'no-console', 'no-restricted-globals', 'no-restricted-properties', 'no-restricted-syntax', '@typescript-eslint/no-restricted-imports']);

/** A file that must be refused, with a part of the message. */
const bad: ReadonlyArray<readonly [title: string, file: string, text: string, message: RegExp]> = [
	['python reads a file', 'src/python/version.ts', 'import {readFileSync} from \'node:fs\';', /pure module does not import `node:fs`/],
	['python reads a file, without the prefix', 'src/python/version-other.ts', 'import {readFile} from \'fs/promises\';', /pure module does not import `fs\/promises`/],
	['python reads a file, later', 'src/python/version-third.ts', 'export const load = async () => import(\'node:fs\');', /pure module does not import `node:fs`/],
	['python passes an effect on', 'src/python/version-fourth.ts', 'export {readFileSync} from \'node:fs\';', /pure module does not import `node:fs`/],
	['python knows the process', 'src/python/version-fifth.ts', 'import process from \'node:process\';\nexport const {platform} = process;', /pure module does not import `node:process`/],
	['python asks the machine', 'src/python/target.ts', 'import {arch} from \'node:os\';', /pure module does not import `node:os`/],
	['plan uses the store\'s library', 'src/plan/store.ts', 'import cacache from \'cacache\';', /pure module does not import `cacache`/],
	['plan shows a list', 'src/plan/execute-plan.ts', 'import {Listr} from \'listr2\';', /`listr2` is not imported here/],
	['plan takes an effect of system', 'src/plan/execute-plan-other.ts', 'import {readText} from \'../system/index.js\';', /pure module does not import src\/system/],
	['a parser runs a program', 'src/wheels/parse-wheel-list.ts', 'import {execa} from \'execa\';', /`execa` is not imported here/],
	['a parser unpacks', 'src/wheels/source/parse-tar.ts', 'import {list} from \'tar/list\';', /pure module does not import `tar\/list`/],
	['a planner asks the network', 'src/images/plan-images.ts', 'import {request} from \'node:https\';', /pure module does not import `node:https`/],
	['a planner opens a socket', 'src/images/plan-images-other.ts', 'import {connect} from \'node:net\';', /pure module does not import `node:net`/],
	['a planner goes through a proxy', 'src/images/plan-images-third.ts', 'import {ProxyAgent} from \'proxy-agent\';', /`proxy-agent` is not imported here/],
	['a planner takes the runner', 'src/images/plan-images-fourth.ts', 'import {createRunner} from \'../system/index.js\';', /pure module does not import src\/system/],
	['a formatter prints', 'src/report/format-table.ts', 'console.log(1);', /console/],
	['a planner reads the clock', 'src/base/plan-base.ts', 'export const at = Date.now();', /Take the time from a Clock/],
	['a planner reads the date', 'src/base/plan-base-other.ts', 'export const at = new Date();', /Take the time from a Clock/],
	['a planner measures time', 'src/base/plan-base-third.ts', 'export const at = performance.now();', /Take the time from a Clock/],
	['a planner throws dice', 'src/base/plan-base-fourth.ts', 'export const id = Math.random();', /Take randomness as an argument/],
	['a planner makes an id', 'src/base/plan-base-fifth.ts', 'import {randomUUID} from \'node:crypto\';\nexport const id = randomUUID();', /Take randomness as an argument/],
	['a planner uses the global process', 'src/base/plan-base-sixth.ts', 'export const home = process.platform;', /Unexpected use of 'process'/],
	['a planner fetches', 'src/base/plan-base-seventh.ts', 'export const page = fetch;', /Unexpected use of 'fetch'/],
	['the help reads a file', 'src/help/explain-other.ts', 'import {readFile} from \'node:fs/promises\';', /pure module does not import `node:fs\/promises`/],
	['a completion knows the environment', 'src/completion/other-shell.ts', 'import {env} from \'node:process\';\nexport const shell = env.SHELL;', /pure module does not import `node:process`/],
	['a reach into another domain', 'src/images/read-images.ts', 'import {normalizeName} from \'../python/name.js\';', /inside of another domain: import `src\/python\/index.js`/],
	['a reach into another domain for a type', 'src/images/read-images-other.ts', 'import type {Version} from \'../python/version.js\';', /inside of another domain/],
	['a reach into another domain by a type expression', 'src/images/read-images-third.ts', 'export type Version = import(\'../python/version.js\').Version;', /inside of another domain/],
	['a reach from a folder of a domain', 'src/wheels/source/git.ts', 'import {readText} from \'../../system/files.js\';', /inside of another domain: import `src\/system\/index.js`/],
	['a deep index is inside too', 'src/images/read-images-fourth.ts', 'import {git} from \'../wheels/source/index.js\';', /inside of another domain: import `src\/wheels\/index.js`/],
	['a reach from the composition root', 'src/cli.ts', 'import {createStore} from \'./system/store.js\';', /inside of another domain/],
	['a domain imports the composition root', 'src/images/build-image.ts', 'import {createCli} from \'../cli.js\';', /effects are made there and handed over/],
	['a domain imports commands', 'src/images/build-image-other.ts', 'import {commands} from \'../commands/index.js\';', /a domain does not import commands/],
	['a command imports another', 'src/commands/loadbuild.ts', 'import {ImagesCommand} from \'./images.js\';', /commands do not import each other/],
	['a command imports another\'s type', 'src/commands/loadbuild-other.ts', 'import type {ImagesCommand} from \'./images.js\';', /commands do not import each other/],
	['src imports what is not published', 'src/images/build-image-third.ts', 'import {needs} from \'../../test/_helpers/needs.js\';', /outside of src/],
	['a second way to run programs', 'src/engine/docker.ts', 'import {execa} from \'execa\';', /`execa` is not imported here/],
	['Node\'s own way to run programs', 'src/system/git.ts', 'import {spawn} from \'node:child_process\';', /`node:child_process` is not imported here: only nobody/],
	['a second HTTP client', 'src/pypi/client.ts', 'import got from \'got\';', /`got` is not imported here/],
	['a command line below the commands', 'src/images/build-image-fourth.ts', 'import {Option} from \'clipanion\';', /`clipanion` is not imported here/],
	['a domain reads the environment', 'src/engine/docker-other.ts', 'import process from \'node:process\';\nexport const host = process.env.DOCKER_HOST;', /'process.env' is restricted/],
	['a domain takes the environment apart', 'src/engine/docker-third.ts', 'import process from \'node:process\';\nexport const {env} = process;', /'process.env' is restricted/],
	['a domain imports the environment', 'src/engine/docker-fourth.ts', 'import {env} from \'node:process\';\nexport const host = env;', /Only src\/main.ts and src\/cli.ts do this/],
	['a domain asks for the working folder', 'src/workspace/places.ts', 'import process from \'node:process\';\nexport const here = process.cwd();', /'process.cwd' is restricted/],
	['a command ends the process', 'src/commands/images.ts', 'import process from \'node:process\';\nprocess.exit(1);', /'process.exit' is restricted/],
	['a domain prints', 'src/images/build-image-fifth.ts', 'console.error(1);', /console/],
	['an error without a code', 'src/images/build-image-sixth.ts', 'throw new Error(\'no\');', /Throw a BuildError/],
	['a type error without a code', 'src/images/build-image-seventh.ts', 'throw new TypeError(\'no\');', /Throw a BuildError/],
	['an error without a code in the composition root', 'src/cli.ts', 'throw new Error(\'no\');', /Throw a BuildError/],
	['a shell', 'src/engine/docker-fifth.ts', 'export const options = {shell: true};', /No shell/],
	['a shell by its quoted name', 'src/engine/docker-sixth.ts', 'export const options = {\'shell\': \'/bin/sh\'};', /No shell/],
];

/** A file that must pass. */
const good: ReadonlyArray<readonly [title: string, file: string, text: string]> = [
	['python computes', 'src/python/version-sixth.ts', 'import {parse} from \'@renovatebot/pep440\';\nimport {BuildError} from \'../errors.js\';\nimport {name} from \'./name.js\';'],
	['plan takes digests', 'src/plan/key.ts', 'import {createHash} from \'node:crypto\';\nimport path from \'node:path\';'],
	['a date from a text is no clock', 'src/python/version-seventh.ts', 'export const at = new Date(0);'],
	['plan knows types of effects', 'src/plan/store-other.ts', 'import type {Readable} from \'node:stream\';\nimport type {Clock} from \'../system/index.js\';'],
	['a parser uses another domain by its face', 'src/wheels/parse-wheel-list-other.ts', 'import {normalizeName} from \'../python/index.js\';'],
	['a planner uses its own domain', 'src/images/plan-images-fifth.ts', 'import {tags} from \'./tags.js\';'],
	['a domain has effects', 'src/images/read-images-fifth.ts', 'import {readFile} from \'node:fs/promises\';\nimport {readText} from \'../system/index.js\';'],
	['a folder of a domain uses its domain', 'src/wheels/source/git-other.ts', 'import {list} from \'../wheel-list.js\';\nimport {key} from \'../../plan/index.js\';\nimport {BuildError} from \'../../errors.js\';'],
	['the one place that runs programs', 'src/system/run.ts', 'import {execa} from \'execa\';'],
	['the one clock', 'src/system/clock.ts', 'export const now = () => new Date();'],
	['the one HTTP client', 'src/system/http.ts', 'import got from \'got\';\nimport {ProxyAgent} from \'proxy-agent\';'],
	['the store', 'src/system/store.ts', 'import cacache from \'cacache\';\nimport type {Store} from \'../plan/index.js\';'],
	['types of a library are free', 'src/pypi/client-other.ts', 'import type {Got} from \'got\';'],
	['commands share a base', 'src/commands/images-other.ts', 'import {Command} from \'clipanion\';\nimport {BaseCommand} from \'./base-command.js\';\nimport type {Context} from \'./context.js\';\nimport {planImages} from \'../images/index.js\';'],
	['the list of commands', 'src/commands/index.ts', 'import {ImagesCommand} from \'./images.js\';'],
	['the composition root', 'src/cli.ts', 'import process from \'node:process\';\nimport {commands} from \'./commands/index.js\';\nimport {createRunner} from \'./system/index.js\';\nexport const here = process.cwd();'],
	['tests throw what they like', 'test/unit/some.ts', 'throw new Error(\'no\');'],
];

type Case = {readonly title: string; readonly file: string; readonly text: string; readonly message?: RegExp};

/** Deals the cases out to as few projects as can be, in none of which two have the same file. */
function dealOut(cases: readonly Case[]): ReadonlyArray<ReadonlyMap<string, Case>> {
	const projects: Array<Map<string, Case>> = [];
	for (const one of cases) {
		const free = projects.find(files => !files.has(one.file));
		if (free) {
			free.set(one.file, one);
		} else {
			projects.push(new Map([[one.file, one]]));
		}
	}

	return projects;
}

test('lint refuses what breaks the architecture and passes what keeps it', async t => {
	t.timeout(180_000);
	const folder = await mkdtemp(path.join(tmpdir(), 'stx-build-architecture-'));
	t.teardown(async () => rm(folder, {recursive: true, force: true}));

	const cases = [...bad.map(([title, file, text, message]) => ({
		title, file, text, message,
	})), ...good.map(([title, file, text]) => ({title, file, text}))];
	for (const [index, files] of dealOut(cases).entries()) {
		const cwd = path.join(folder, String(index));
		for (const [file, {text}] of files) {
			const target = path.join(cwd, file);
			await mkdir(path.dirname(target), {recursive: true});
			await writeFile(target, `${text}\n`);
		}

		const linter = new Xo({cwd, configPath: path.join(project, 'xo.config.js'), ts: true});
		const {results} = await linter.lintFiles([...files.keys()]);
		t.is(results.length, files.size);
		for (const {filePath, messages} of results) {
			const {title, message} = files.get(path.relative(cwd, filePath).split(path.sep).join('/'))!;
			const problems = messages.filter(({ruleId, fatal}) => fatal === true || rules.has(ruleId ?? '')).map(problem => problem.message);
			if (message === undefined) {
				t.deepEqual(problems, [], title);
			} else {
				t.true(problems.some(problem => message.test(problem)), `${title}: ${JSON.stringify(problems)}`);
			}
		}
	}
});

test('no pure module reaches an effect by way of others', async t => {
	const files = await readdir(path.join(project, 'src'), {recursive: true});
	const pure = files.map(file => `src/${file.split(path.sep).join('/')}`).filter(file => file.endsWith('.ts') && isPure(file));
	t.true(pure.length > 0);
	const readModule = createModuleReader(project);
	for (const file of pure) {
		t.is(findEffect(file, readModule, isEffect)?.join(' -> '), undefined);
	}
});

test('the way to an effect is found through files and index files, and only where the name comes from', async t => {
	const root = await mkdtemp(path.join(tmpdir(), 'stx-build-graph-'));
	t.teardown(async () => rm(root, {recursive: true, force: true}));
	const files = {
		'src/a/plan-near.ts': 'import {readFile} from \'node:fs/promises\';',
		'src/a/plan-far.ts': 'import {list} from \'./list.js\';',
		'src/a/list.ts': 'import {disk as wanted} from \'../b/index.js\';',
		'src/a/plan-clean.ts': 'import {text} from \'../b/index.js\';\nimport type {Disk} from \'../b/index.js\';\nimport path from \'node:path\';',
		'src/a/plan-all.ts': 'import * as b from \'../b/index.js\';',
		'src/a/plan-later.ts': 'export const load = async () => import(\'./list.js\');',
		'src/a/plan-round.ts': 'import {a} from \'./round.js\';',
		'src/a/round.ts': 'import {b} from \'./plan-round.js\';',
		'src/b/index.ts': 'export {realDisk as disk, type Disk} from \'./disk.js\';\nexport {text} from \'./text.js\';',
		'src/b/disk.ts': 'import fs from \'node:fs\';\nexport const realDisk = fs;',
		'src/b/text.ts': 'export const text = \'\';',
	};
	for (const [file, text] of Object.entries(files)) {
		await mkdir(path.join(root, path.dirname(file)), {recursive: true});
		await writeFile(path.join(root, file), text);
	}

	const wayOf = (file: string) => findEffect(file, createModuleReader(root), isEffect)?.join(' ');
	t.is(wayOf('src/a/plan-near.ts'), 'src/a/plan-near.ts node:fs/promises');
	t.is(wayOf('src/a/plan-far.ts'), 'src/a/plan-far.ts src/a/list.ts src/b/disk.ts node:fs');
	t.is(wayOf('src/a/plan-clean.ts'), undefined);
	t.is(wayOf('src/a/plan-all.ts'), 'src/a/plan-all.ts src/b/disk.ts node:fs');
	t.is(wayOf('src/a/plan-later.ts'), 'src/a/plan-later.ts src/a/list.ts src/b/disk.ts node:fs');
	t.is(wayOf('src/a/plan-round.ts'), undefined);
});
