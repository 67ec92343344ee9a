import path from 'node:path';
import test from 'ava';
import type {BuilderSource} from '../../../../src/images/builders/builder-source.js';
import {takesBase, takesWheels} from '../../../../src/images/builders/builder-needs.js';
import {readBuilderSources} from '../../../../src/images/builders/read-builder-sources.js';
import {parseDirectiveFile} from '../../../../src/images/directives/parse-directive-file.js';
import {parseImageIni} from '../../../../src/images/directives/parse-image-ini.js';
import {BuildError} from '../../../../src/errors.js';
import {withTemporaryFolder} from '../../../../src/system/index.js';
import {writeFiles} from '../../../_helpers/engines.js';
import {createMemoryStore} from '../../../_helpers/memory-store.js';

const read = async (folder: string, text: string) => {
	const file = path.join(folder, 'image/debian/d.stable_docker_image');
	return readBuilderSources({roots: [path.resolve('.')]}, [parseDirectiveFile(`LABEL=d\n${text}`, file)], createMemoryStore());
};

test('paths are meant from the folder of the directive file, as in StarlingX', async t => {
	await withTemporaryFolder('sources', async folder => {
		await writeFiles(folder, {'image/debian/docker/Dockerfile': 'FROM quay.io/a\n', 'image/docker/file': '', 'image/debian/Dockerfile': 'ARG BASE\nARG WHEELS\nFROM $BASE\n'});
		const usual = (await read(folder, 'BUILDER=docker\n')).sources.get('d')!;
		t.like(usual, {kind: 'folder', context: path.join(folder, 'image/debian/docker')});
		t.deepEqual([takesBase(usual), takesWheels(usual)], [false, false]);
		const named = (await read(folder, 'BUILDER=docker\nDOCKER_CONTEXT=../docker\nDOCKER_FILE=./Dockerfile\n')).sources.get('d')!;
		t.like(named, {kind: 'folder', context: path.join(folder, 'image/docker'), dockerfile: {name: path.join(folder, 'image/debian/Dockerfile')}});
		t.deepEqual([takesBase(named), takesWheels(named)], [true, true]);
	});
});

test('a repository has a ref, master where none is named; a script is a file beside the directive', async t => {
	await withTemporaryFolder('sources', async folder => {
		await writeFiles(folder, {'image/debian/1.patch': '+ARG WHEELS\n', 'image/debian/make.sh': '', 'image/debian/d.stable_docker_image': ''});
		const repository = (await read(folder, 'BUILDER=docker\nDOCKER_REPO=https://example.org/a.git\nDOCKER_PATCHES=1.patch\n')).sources.get('d')!;
		t.like(repository, {kind: 'repository', tree: {url: 'https://example.org/a.git', ref: 'master'}});
		t.true(takesWheels(repository));
		t.like((await read(folder, 'BUILDER=script\nSOURCE_REPO=https://example.org/a.git\nSOURCE_REF=v1\nCOMMAND=bash\nSCRIPT=make.sh\n')).sources.get('d')!, {kind: 'script', place: 'make.sh', tree: {ref: 'v1'}});
	});
});

test('the context and the Dockerfile of a repository are meant from its top', async t => {
	const placeOf = async (keys: string) => {
		const {sources} = await read('/nowhere', `BUILDER=docker\nDOCKER_REPO=https://example.org/a.git\n${keys}`);
		return (sources.get('d') as Extract<BuilderSource, {kind: 'repository'}>).place;
	};

	t.is(await placeOf(''), undefined);
	t.deepEqual(await placeOf('DOCKER_CONTEXT=a/docker/\n'), {context: 'a/docker', dockerfile: 'a/docker/Dockerfile'});
	t.deepEqual(await placeOf('DOCKER_CONTEXT=./a/docker\nDOCKER_FILE=a/debian/Dockerfile\n'), {context: 'a/docker', dockerfile: 'a/debian/Dockerfile'});
	t.deepEqual(await placeOf('DOCKER_FILE=./a/Dockerfile\n'), {context: '.', dockerfile: 'a/Dockerfile'});
});

test('a service cannot be asked whether it works where the image is not built with LOCI', async t => {
	const directive = parseImageIni('[image]\nBUILDER = docker\nLABEL = d\nDOCKER_REPO = https://example.org/a\n[verify]\nstart = serve\nrequest = GET /\n', 'd.ini');
	const error = await t.throwsAsync<BuildError>(readBuilderSources({roots: [path.resolve('.')]}, [directive], createMemoryStore()), {instanceOf: BuildError});
	t.is(error?.problems[0]?.message ?? error?.message, '`d` is built with `docker`, and its [verify] asks a service');
});

test('what cannot be built is told before anything is planned', async t => {
	await withTemporaryFolder('sources', async folder => {
		const tell = async (text: string): Promise<string> => {
			try {
				await read(folder, text);
				return 'nothing';
			} catch (error) {
				const {exitCode, message, problems} = error as BuildError;
				return [`exit code ${exitCode}`, message, ...problems.map(problem => problem.message)].join('\n');
			}
		};

		t.regex(await tell('BUILDER=docker\n'), /^exit code 2\n.*there is no folder .*\/docker`.*\n.*there is no Dockerfile/s);
		t.regex(await tell('BUILDER=docker\nDOCKER_REF=x\n'), /`DOCKER_REF` says something of a repository/);
		t.regex(await tell('BUILDER=docker\nDOCKER_REPO=https://example.org/a\nDOCKER_CONTEXT=x/../../y\n'), /`DOCKER_CONTEXT` is `..\/y`, which leaves the repository/);
		t.regex(await tell('BUILDER=docker\nDOCKER_REPO=https://example.org/a\nDOCKER_FILE=/etc/Dockerfile\n'), /`DOCKER_FILE` is `\/etc\/Dockerfile`, which leaves the repository/);
		t.regex(await tell('BUILDER=docker\nDOCKER_REPO=ext::sh\n'), /not the URL of a git repository/);
		t.regex(await tell('BUILDER=script\nSOURCE_REPO=https://example.org/a\nCOMMAND=bash\nSCRIPT=../../make.sh\n'), /there is no script/);
		t.regex(await tell('BUILDER=script\nSOURCE_REPO=https://example.org/a\nCOMMAND=bash\nSCRIPT=none.sh\n'), /there is no script/);
	});
});
