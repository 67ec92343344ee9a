/** Sources that cannot be had: all of them are told at once, nothing is started, and those of other images do not matter. */
import {mkdir, writeFile} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import type {Command} from '../../src/system/index.js';
import {fakeEffects} from '../_helpers/fake-effects.js';
import {makeGitWorld} from '../_helpers/git-world.js';
import {needs} from '../_helpers/needs.js';
import {runCli} from '../_helpers/run-cli.js';
import {smallLoci} from '../_helpers/small-loci.js';

const dockerImage = (label: string, repo: string, ref: string): string => `[image]\nBUILDER = docker\nLABEL = ${label}\nDOCKER_REPO = ${repo}\nDOCKER_REF = ${ref}\n`;
const lociImage = (label: string, repo: string, ref: string): string => `[image]\nBUILDER = loci\nLABEL = ${label}\nPROJECT = ${label.slice(4)}\nPROJECT_REPO = ${repo}\nPROJECT_REF = ${ref}\n`;

test('every source that cannot be pinned is told, whatever builds the image; and one image is planned without the others', async t => {
	if (!needs(t, 'git')) {
		return;
	}

	const world = await makeGitWorld(t);
	const {folder} = world;
	const loci = await world.repository('loci', smallLoci.pinned);
	const good = await world.repository('good', {Dockerfile: 'FROM scratch\n'});
	const silent = await world.repository('silent', {'setup.py': 'import setuptools\nsetuptools.setup(name="silent", install_requires=open("list").read())\n'});
	const away = `file://${folder}/away.git`;
	const images = {
		'a-good': dockerImage('stx-good', good.url, 'main'),
		'b-away': dockerImage('stx-away', away, 'main'),
		'c-wrong': dockerImage('stx-wrong', good.url, 'no-such-branch'),
		'd-project-away': lociImage('stx-project', `${away.replace('away', 'project')}`, 'master'),
		'f-no-file': '[image]\nBUILDER = docker\nLABEL = stx-no-file\nDOCKER_FILE = nowhere\n',
		'e-project-silent': lociImage('stx-silent', silent.url, 'main'),
	};
	await mkdir(path.join(folder, 'user'));
	await Promise.all(Object.entries(images).map(async ([name, text]) => writeFile(path.join(folder, 'user', `${name}.ini`), text)));
	const named = Object.keys(images).flatMap(name => ['--directive', `${name}.ini`]);
	const commands: Command[] = [];
	const effects = fakeEffects({
		store: world.store,
		async run(command, options) {
			commands.push(command);
			return world.runner(command, options);
		},
	});
	const run = async (...argv: readonly string[]) => runCli(['images', '--loci', loci.url, '--loci-ref', 'main', '--cache-dir', path.join(folder, 'cache'), ...argv], {folder: path.join(folder, 'user'), effects: async () => effects});

	const all = await run(...named);
	t.is(all.code, 2, 'nothing was started');
	const told = [...all.err.matchAll(/error (?<code>STX\d+) [^\n]*\n {2}at \S+\/(?<file>[^\/\n]+)\.ini/gv)].map(({groups}) => `${groups!.code!} ${groups!.file!}`);
	t.deepEqual(told.toSorted(), ['STX0604 f-no-file', 'STX0604 f-no-file', 'STX0607 e-project-silent', 'STX0911 b-away', 'STX0911 d-project-away', 'STX0912 c-wrong'], all.err);

	const lociAway = await run(...named, '--loci', `${away}/loci`);
	t.is(lociAway.code, 2);
	t.regex(lociAway.err, /STX0911 LOCI cannot be had/v);
	t.regex(lociAway.err, /STX0911 [^\n]*away\.git` cannot be fetched from[^\n]*\n {2}at \S*b-away\.ini/v, 'what does not need LOCI is told beside it');

	commands.length = 0;
	const one = await run(...named, '--service', 'good', '--dry-run', '--json');
	t.is(one.code, 0, one.err);
	t.deepEqual((JSON.parse(one.out) as {images: ReadonlyArray<{label: string}>}).images.map(({label}) => label), ['stx-good']);
	const asked = commands.map(({argv}) => argv.join(' ')).join('\n');
	t.true(asked.includes(good.url));
	t.notRegex(asked, /away|project|silent|no-such-branch|loci/v);
});
