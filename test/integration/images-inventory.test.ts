/* eslint-disable no-template-curly-in-string -- formats of dpkg-query */
/** What the programs that try an image tell of what is installed in it; here they look at this machine. */
import {readFile} from 'node:fs/promises';
import test from 'ava';
import {execa} from 'execa';
import {needs} from '../_helpers/needs.js';

const shown = async (name: string): Promise<string> => (await execa('dpkg-query', ['--show', '--showformat=${Version}', name])).stdout;

test('W37: the verifier tells each package and each distribution with its version', async t => {
	if (!needs(t, {program: ['python3', 'dpkg-query']})) {
		return;
	}

	const {stdout} = await execa('python3', ['build-config/loci/verify.py'], {
		input: JSON.stringify({
			pip: '', distributions: [], packages: [], absent: {distributions: [], packages: []}, setup: [], scripts: [], skip: [], loads: [], service: null,
		}),
	});
	const {inventory} = JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as {readonly inventory: {readonly packages: Readonly<Record<string, string>>; readonly distributions: Readonly<Record<string, string>>}};
	t.is(inventory.packages.dpkg, await shown('dpkg'));
	t.true(Object.keys(inventory.packages).length > 50);
	const names = Object.keys(inventory.distributions);
	t.deepEqual(names, names.toSorted());
	t.true(names.every(name => /^[\da-z]+(?:-[\da-z]+)*$/v.test(name)));
});

test('W37: an image with a Dockerfile of its own tells them too', async t => {
	if (!needs(t, {program: ['dpkg-query', 'sed']})) {
		return;
	}

	const {stdout, exitCode} = await execa('sh', ['build-config/builders/try-image.sh', 'sh', '', '']);
	t.is(exitCode, 0);
	t.true(stdout.startsWith('passed: starts: /bin/sh\n'));
	const lines = stdout.split('\n');
	t.true(lines.includes(`package: dpkg ${await shown('dpkg')}`));
	t.true(lines.every(line => /^(?:passed: |package: \S+ \S+$|distribution: \S+ \S+$)/v.test(line)), 'what is no longer installed is not among them');
});

test('W37: every dialect writes down in the image what is installed', async t => {
	for (const dialect of ['builtin/install.sh', 'pinned/build.sh', 'current/build.sh']) {
		t.regex(await readFile(`build-config/loci/${dialect}`, 'utf8'), /^ {4}finish$/mv, dialect);
	}

	const steps = await readFile('build-config/loci/steps.sh', 'utf8');
	t.regex(/^finish\(\) \{\n(?<body>.*?)^\}$/msv.exec(steps)!.groups!.body!, /^ {4}record_content$/mv);
});
