/** Weaknesses of build-stx-images.sh in how it reads directive files, by their numbers, shown absent. */
import {existsSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {BuildError} from '../../../src/errors.js';
import {parseDirectiveFile, parseDirectiveValues} from '../../../src/images/directives/parse-directive-file.js';
import {formatImageList} from '../../../src/images/publish/format-image-list.js';
import {wordsOf} from '../../../src/images/directives/directive.js';
import {withTemporaryFolder} from '../../../src/system/index.js';
import {runCli} from '../../_helpers/run-cli.js';

const file = 'x.stable_docker_image';
const valueOf = (text: string, key: 'CUSTOMIZATION' | 'PIP_PACKAGES' | 'LABEL' | 'ARGS' = 'PIP_PACKAGES'): string | undefined => parseDirectiveValues(text, file).get(key)?.value;

test('W1: a directive file is read and never run, and sees nothing of the environment', async t => {
	await withTemporaryFolder('weakness', async folder => {
		const mark = path.join(folder, 'mark');
		for (const text of [`LABEL=x$(touch ${mark})\n`, `LABEL=\`touch ${mark}\`\n`, `LABEL=x; touch ${mark}\n`, `touch ${mark}\n`, `. ${mark}\n`, `LABEL=x PIP_PACKAGES=y touch ${mark}\n`, `LABEL=<(touch ${mark})\n`, `function echo { touch ${mark}; }\n`]) {
			const error = t.throws(() => parseDirectiveFile(text, file), {instanceOf: BuildError}, text);
			t.true([error, ...error.problems].some(({code}) => code === 'STX0601'), text);
			t.false(existsSync(mark), text);
		}

		// A global of the tool, and a variable of whoever runs it, do not leak into values.
		t.throws(() => valueOf('PIP_PACKAGES="$POSTBUILD_REMOVE_OS_PACKAGES $HOME"\n'), {instanceOf: BuildError, code: 'STX0601'});
	});
});

test('W2: a value is what is written: no file names in the place of a `*`, no options of echo, no blanks of shell text lost but runs of them', t => {
	t.is(valueOf('PIP_PACKAGES="* ?[a-z] {a,b} ~"\n'), '* ?[a-z] {a,b} ~');
	t.is(valueOf('ARGS="-n -e a\\\\tb"\n', 'ARGS'), String.raw`-n -e a\tb`);
	t.is(valueOf('CUSTOMIZATION="sed -i \'s/\\(^\\s*\\)import/\\1/\' /var/lib/python3*/x.py"\n', 'CUSTOMIZATION'), String.raw`sed -i 's/\(^\s*\)import/\1/' /var/lib/python3*/x.py`);
});

test('W3: a value is one argument of the build, with all its blanks and stars', async t => {
	await withTemporaryFolder('weakness', async folder => {
		const directive = path.join(folder, 'my images/x.stable_docker_image');
		const {makeFolder, writeWhole} = await import('../../../src/system/index.js');
		await makeFolder(path.dirname(directive));
		await writeWhole(directive, 'BUILDER=loci\nLABEL=stx-x\nPROJECT=infra\nPROJECT_REPO=nil\nDIST_PACKAGES="curl openssl"\nCUSTOMIZATION="echo *  && true"\n');
		const {fakeEffects} = await import('../../_helpers/fake-effects.js');
		const {out, err} = await runCli(['images', '--directive', 'my images/x.stable_docker_image', '--dialect', 'builtin', '--offline', '--dry-run', '--json'], {folder, effects: async () => fakeEffects()});
		const {images: [image]} = JSON.parse(out) as {readonly images: ReadonlyArray<{readonly argv: readonly string[]}>};
		t.true(image?.argv.includes('DIST_PACKAGES=curl openssl'), err);
		t.true(image?.argv.includes('CUSTOMIZATION=echo * && true'));
	});
});

test('W4: what git would take for an option, or a shell for a command, is no address and no ref', t => {
	for (const ref of ['--upload-pack=touch', '-b', 'a b', 'a~1', 'x:y']) {
		t.throws(() => parseDirectiveFile(`BUILDER=docker\nLABEL=x\nDOCKER_REPO=https://example.org/x.git\nDOCKER_REF='${ref}'\n`, file), {instanceOf: BuildError, code: 'STX0604'}, ref);
	}

	t.is(parseDirectiveFile('BUILDER=docker\nLABEL=x\nDOCKER_REPO=https://example.org/x.git\nDOCKER_REF=v2.14.0\n', file).builder, 'docker');
});

test('W5: a label is a text in the image lists, and no pattern', t => {
	const list = 'starlingx/stx-nova:1.0\nstarlingx/stxXnova:1.0\n';
	t.is(formatImageList(list, 'stx.nova', 'starlingx/stx.nova:1.1'), `${list}starlingx/stx.nova:1.1\n`);
	t.throws(() => parseDirectiveFile('BUILDER=docker\nLABEL="x#.*#y"\n', file), {instanceOf: BuildError, code: 'STX0604'});
	t.deepEqual(wordsOf(parseDirectiveFile('BUILDER=loci\nLABEL=x\nPROJECT=infra\nPIP_PACKAGES="@VAR@ a&b"\n', file), 'PIP_PACKAGES'), ['@VAR@', 'a&b']);
});

test('W7: a tarball beside the workspace is a file like others, and no address is made of its path', async t => {
	await withTemporaryFolder('weakness', async folder => {
		const {fakeEffects} = await import('../../_helpers/fake-effects.js');
		const {err} = await runCli(['images', '--workspace', path.join(folder, 'ws'), '--wheels', path.join(folder, 'ws2/wheels.tar'), '--dialect', 'builtin', '--service', 'openstackclients'], {folder, effects: async () => fakeEffects()});
		t.regex(err, /there is no wheels tarball\n {2}at \S*\/ws2\/wheels\.tar/);
		t.notRegex(err, /http:/);
	});
});
