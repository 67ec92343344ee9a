/* eslint-disable no-template-curly-in-string -- variables of Dockerfiles and shells */
/** Images of a repository with several Dockerfiles, and the commands of [verify] in them. */
import path from 'node:path';
import test from 'ava';
import {BuildError} from '../../src/errors.js';
import {buildDirective} from '../_helpers/builder-world.js';
import {engineTests, storageEngines, writeFiles} from '../_helpers/engines.js';
import {makeGitWorld} from '../_helpers/git-world.js';

const testEngines = engineTests(test, storageEngines);

const image = (url: string, more: string): string => `[image]\nBUILDER = docker\nLABEL = placed\nDOCKER_REPO = ${url}\nDOCKER_REF = v1\n${more}`;

testEngines('an image of a repository with several Dockerfiles: the one that is named, with its context, and what it is to do', async (t, {engine, reference, folder, keep}) => {
	const world = await makeGitWorld(t);
	const {url, commit} = await world.repository('source', {
		Dockerfile: 'FROM nothing.example.org/at-all\n',
		'one/context/file': 'of one\n',
		'one/debian/Dockerfile': 'ARG BASE\nFROM ${BASE}\nCOPY file /file\n',
		'two/Dockerfile': 'FROM scratch\n',
	});
	const ini = path.join(folder, 'placed.ini');
	const options = {
		engine, folder, base: reference, commits: {v1: commit},
	};
	const place = 'DOCKER_CONTEXT = one/context\nDOCKER_FILE = one/debian/Dockerfile\n';
	await writeFiles(folder, {'placed.ini': image(url, `${place}[verify]\nsetup[] = test "$(cat /file)" = "of one"\nsetup[] = test "$PWD" = "$HOME"\n`)});
	const made = await buildDirective(ini, options);
	await keep(made.result.image);
	const {checks} = await made.verify();
	t.deepEqual(checks.filter(({check}) => check === 'setup').map(({status}) => status), ['passed', 'passed']);

	await writeFiles(folder, {'placed.ini': image(url, `${place}[verify]\nsetup[] = echo it is gone; exit 4\nsetup[] = true\n`)});
	const failing = await buildDirective(ini, options);
	await keep(failing.result.image);
	t.is(failing.build.key, made.build.key, 'what is tried is no part of what is built');
	await t.throwsAsync(failing.verify(), {instanceOf: BuildError, code: 'STX0612', message: /1 of \d+ checks failed.*\nsetup: echo it is gone; exit 4: exit code 4: it is gone$/v});
});

testEngines('a place that the repository does not have, or that a link leads out of, is an error', async (t, {engine, reference, folder}) => {
	const world = await makeGitWorld(t);
	const {url, commit} = await world.repository('source', {'one/Dockerfile': 'FROM scratch\n'});
	const build = async (more: string) => {
		await writeFiles(folder, {'placed.ini': image(url, more)});
		return buildDirective(path.join(folder, 'placed.ini'), {
			engine, folder, base: reference, commits: {v1: commit},
		});
	};

	await t.throwsAsync(build('DOCKER_CONTEXT = two\n'), {instanceOf: BuildError, code: 'STX0610', message: /has no `two`/v});
	await t.throwsAsync(build('DOCKER_CONTEXT = one\nDOCKER_FILE = two/Dockerfile\n'), {instanceOf: BuildError, code: 'STX0610', message: /has no `two\/Dockerfile`/v});
});
