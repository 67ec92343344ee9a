/* eslint-disable no-template-curly-in-string -- variables of Dockerfiles and shells */
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import {BuildError} from '../../src/errors.js';
import {buildDirective} from '../_helpers/builder-world.js';
import {engineTests, storageEngines, writeFiles} from '../_helpers/engines.js';
import {makeGitWorld} from '../_helpers/git-world.js';

const testEngines = engineTests(test, storageEngines);

/** A directive as StarlingX had them for its device plugins: a Makefile builds, the script gives the image its name. */
const directive = (url: string, label: string, more = ''): string => `BUILDER=script\nLABEL=${label}\nSOURCE_REPO=${url}\nSOURCE_REF=main\nCOMMAND=bash\nSCRIPT=make-image.sh\nARGS="device-plugin --fast"\n${more}`;

/** In our own words; StarlingX's call docker. */
const makeImage = [
	'#!/bin/bash',
	'set -e',
	'image=$3 made=$3-devel',
	'git rev-parse --quiet --verify HEAD',
	'test "$(git status --short)" = "?? make-image.sh"',
	'docker build --quiet --tag "$made" .',
	'docker tag "$made" "$image"',
	'docker rmi "$made"',
	'',
].join('\n');

testEngines('a script in a container has no engine: it fails, and the hint says how it can have one', async (t, {engine, reference, folder}) => {
	const label = `script-${path.basename(folder).toLowerCase()}`;
	const world = await makeGitWorld(t);
	const {url, commit} = await world.repository('source', {Dockerfile: 'FROM scratch\n'});
	await writeFiles(folder, {'d.stable_docker_image': directive(url, label), 'make-image.sh': 'docker build .\n'});
	await t.throwsAsync(buildDirective(path.join(folder, 'd.stable_docker_image'), {
		engine, folder, base: reference, commits: {main: commit},
	}), {
		instanceOf: BuildError, code: 'STX0610', message: /the script of `script-[\w-]+` ended with exit code 127\n.*docker: command not found/s,
	});
	const error = await t.throwsAsync<BuildError>(buildDirective(path.join(folder, 'd.stable_docker_image'), {
		engine, folder, base: reference, commits: {main: commit},
	}));
	t.regex(error?.hint ?? '', /--allow-host-scripts/);
});

testEngines('W38: a script that ends well without having made its image fails; the container has its own copy of the source', async (t, {engine, reference, folder}) => {
	const label = `script-${path.basename(folder).toLowerCase()}`;
	const world = await makeGitWorld(t);
	const {url, commit} = await world.repository('source', {file: 'source\n'});
	await writeFiles(folder, {
		'd.stable_docker_image': directive(url, label, 'SOURCE_PATCHES=change.patch\n'),
		'make-image.sh': 'echo "arguments: $*"; cat file; echo more >> file; echo "home $HOME, display ${STX_TEST_SECRET-unset}"; echo "trusts $(cat "$PIP_CERT")"\n',
		'ca.pem': 'these\n',
		'change.patch': 'From: A <a@example.org>\nSubject: change\n\ndiff --git a/file b/file\n--- a/file\n+++ b/file\n@@ -1 +1 @@\n-source\n+patched\n',
	});
	const log = path.join(folder, `workspace/${label}.log`);
	const error = await t.throwsAsync<BuildError>(buildDirective(path.join(folder, 'd.stable_docker_image'), {
		engine, folder, base: reference, commits: {main: commit}, environment: {...process.env, STX_TEST_SECRET: 'secret'}, effects: {httpsProxy: 'http://proxy.example.org:3128', caBundle: path.join(folder, 'ca.pem')},
	}), {instanceOf: BuildError, code: 'STX0614', message: /ended well, but \w+ has no image `stx-build-test\/script-[\w-]+:build`/});
	t.regex(error?.hint ?? '', /--allow-host-scripts/);
	t.regex(await readFile(log, 'utf8'), /arguments: device-plugin --fast stx-build-test\/script-[\w-]+:build http:\/\/proxy\.example\.org:3128\npatched\nhome \/root, display unset\ntrusts these/);
	t.is(await readFile(path.join(world.folder, 'source/file'), 'utf8'), 'source\n', 'the repository is left alone');
});

testEngines('with --allow-host-scripts a script makes its image on this machine, and what the directive asks for afterwards is done', async (t, {engine, reference, folder, keep}) => {
	const label = `script-${path.basename(folder).toLowerCase()}`;
	const program = engine.facts.program ?? engine.name;
	const world = await makeGitWorld(t);
	const {url, commit} = await world.repository('source', {Dockerfile: `FROM ${reference}\nCOPY file /file\nUSER 5\nCMD ["cat", "/file"]\n`, file: 'of the source\n'});
	const name = `stx-build-test/${label}:build`;
	const build = engine.name === 'buildah' ? makeImage.replace('build --quiet', 'build --isolation chroot --quiet') : makeImage;
	await writeFiles(folder, {
		'd.stable_docker_image': directive(url, label, 'POSTBUILD_COMMAND="id -u > /finished"\n'),
		'make-image.sh': build.replaceAll('docker', program),
	});
	// A name from an earlier run does not count for an image of this one.
	await engine.tag(reference, name);
	try {
		const made = await buildDirective(path.join(folder, 'd.stable_docker_image'), {
			engine, folder, base: reference, commits: {main: commit}, allowHostScripts: true,
		});
		const image = await keep(made.result.image);
		t.deepEqual(made.result.source, {url, commit});
		t.is(made.result.base, null);
		const inspected = await engine.inspect(image);
		t.deepEqual([inspected.user, inspected.cmd], ['5', ['cat', '/file']]);
		t.is((await engine.run({image, argv: ['cat', '/file', '/finished'], network: 'none'})).stdout, 'of the source\n0\n');
		const {checks} = await made.verify();
		t.true(checks.every(({status}) => status === 'passed'), JSON.stringify(checks));
	} finally {
		await engine.remove(name);
	}
});

testEngines('W58: a script that fails on this machine leaves the image of an earlier run its name, and this process its folder', async (t, {engine, reference, folder}) => {
	const label = `script-${path.basename(folder).toLowerCase()}`;
	const world = await makeGitWorld(t);
	const {url, commit} = await world.repository('source', {file: ''});
	await writeFiles(folder, {'d.stable_docker_image': directive(url, label), 'make-image.sh': 'mkdir deep; cd deep; echo no >&2; exit 3\n'});
	const before = process.cwd();
	const name = `stx-build-test/${label}:build`;
	await engine.tag(reference, name);
	try {
		await t.throwsAsync(buildDirective(path.join(folder, 'd.stable_docker_image'), {
			engine, folder, base: reference, commits: {main: commit}, allowHostScripts: true,
		}), {instanceOf: BuildError, code: 'STX0610', message: `the script of \`${label}\` ended with exit code 3\nno`});
		t.is(await engine.find(name), await engine.find(reference));
		t.is(process.cwd(), before);
		await writeFiles(folder, {'make-image.sh': 'pwd; exit 4\n'});
		const next = await t.throwsAsync<BuildError>(buildDirective(path.join(folder, 'd.stable_docker_image'), {
			engine, folder, base: reference, commits: {main: commit}, allowHostScripts: true,
		}));
		t.regex(next.message, /exit code 4\n\/\S+\/source$/v, 'the next one is run in a checkout of its own');
	} finally {
		await engine.remove(name);
	}
});

testEngines('an image of a repository: its only Dockerfile, with the patches of the directive', async (t, {engine, reference, folder, keep}) => {
	const world = await makeGitWorld(t);
	const {url, commit} = await world.repository('source', {'images/one/Dockerfile': 'FROM scratch\n', 'images/one/file': 'source\n'});
	await writeFiles(folder, {
		'd.stable_docker_image': `BUILDER=docker\nLABEL=of-a-repository\nDOCKER_REPO=${url}\nDOCKER_REF=v1\nDOCKER_PATCHES="patches/1.patch"\n`,
		'patches/1.patch': 'diff --git a/images/one/Dockerfile b/images/one/Dockerfile\n--- a/images/one/Dockerfile\n+++ b/images/one/Dockerfile\n@@ -1 +1,3 @@\n-FROM scratch\n+ARG BASE\n+FROM ${BASE}\n+COPY file /file\n',
	});
	const made = await buildDirective(path.join(folder, 'd.stable_docker_image'), {
		engine, folder, base: reference, commits: {v1: commit},
	});
	const image = await keep(made.result.image);
	t.is((await engine.run({image, argv: ['cat', '/file'], network: 'none'})).stdout, 'source\n');
	t.deepEqual(made.result.source, {url, commit});
	const {labels} = await engine.inspect(image);
	t.like(labels, {...made.result.labels, 'org.opencontainers.image.revision': commit});
	t.false(Object.hasOwn(labels, 'org.opencontainers.image.source'), 'a folder of this machine is nobody else\'s address');
});

