import {readdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {generatePages} from '../../docs/pages.js';
import {formatCliReference, formatErrorReference} from '../../docs/reference.js';
import {errorCodes} from '../../src/errors.js';
import {parseImageChecks, parseImageIni} from '../../src/images/directives/parse-image-ini.js';
import {parseModules} from '../../src/wheels/inputs/parse-modules.js';

test('docs/cli.md and docs/errors.md are what `npm run docs` makes of the code', async t => {
	for (const [name, text] of generatePages()) {
		t.is(await readFile(new URL(`../../docs/${name}`, import.meta.url), 'utf8'), text, `docs/${name} is stale: run \`npm run docs\``);
	}
});

test('the ini files of docs/services.md are read as they stand there', async t => {
	const text = await readFile(new URL('../../docs/services.md', import.meta.url), 'utf8');
	const blocks = [...text.matchAll(/^```ini\n(?<ini>.*?)^```$/gmsv)].map(({groups}) => groups!.ini!);
	const image = '[image]\nBUILDER = loci\nLABEL = stx-barbicanclient\nPROJECT = infra\nPROJECT_REPO = nil\nPIP_PACKAGES = python-barbicanclient\n';
	const wholes = {
		image: 0, checks: 0, verify: 0, keys: 0, modules: 0,
	};
	for (const block of blocks) {
		const checks = parseImageChecks(block, 'services.md');
		if (checks) {
			wholes.checks++;
			t.is(checks.label, 'stx-keystone');
		} else if (block.startsWith('[image]')) {
			wholes.image++;
			t.true(['loci', 'docker'].includes(parseImageIni(block, 'services.md').builder));
		} else if (block.startsWith('[verify]')) {
			wholes.verify++;
			t.regex(parseImageIni(`${image}${block}`, 'services.md').verify.service!.path, /^\//v);
		} else if (block.startsWith('[')) {
			wholes.modules++;
			t.notThrows(() => parseModules(block, 'modules.ini'));
		} else {
			wholes.keys++;
			t.true(parseImageIni(`${image}${block}`, 'services.md').values.has('CUSTOMIZATION'));
		}
	}

	t.deepEqual(wholes, {
		image: 4, checks: 1, verify: 1, keys: 1, modules: 1,
	});
});

test('every error code has its line', t => {
	const page = formatErrorReference(errorCodes);
	for (const [code, {meaning}] of Object.entries(errorCodes)) {
		t.true(page.includes(`| ${code} | ${meaning.replaceAll('|', String.raw`\|`)} |`), code);
	}
});

test('every error code is somebody\'s', async t => {
	const sources = path.resolve(import.meta.dirname, '../../src');
	const files = await readdir(sources, {withFileTypes: true, recursive: true});
	const texts = await Promise.all(files.filter(file => file.isFile() && file.name !== 'errors.ts').map(async ({parentPath, name}) => readFile(path.join(parentPath, name), 'utf8')));
	// What several errors are together is put together beside the table itself.
	t.deepEqual(Object.keys(errorCodes).filter(code => code !== 'STX0002' && texts.every(text => !text.includes(`'${code}'`))), []);
});

test('a command has its usage, its options in a table, and its examples', t => {
	const page = formatCliReference([{
		path: 'make',
		category: 'Build',
		description: 'make it',
		details: 'It is made in one go.',
		rest: 'FILE...',
		options: [{names: '--as', value: 'A|B', meaning: 'how'}],
		settings: [{names: '--os,-o', value: 'NAME', meaning: 'which'}],
		compatible: [{names: '--cache', value: '', meaning: 'nothing'}],
		examples: [{title: 'the usual way', command: 'stx-build make --as A'}],
	}]);
	t.is(page.replace(/<!--.*-->\n\n/, ''), `# Commands

- [\`make\`](#make): make it

## make

Make it.

It is made in one go.

\`\`\`
stx-build make FILE... [options]
\`\`\`

| option | meaning |
|---|---|
| \`--as A\\|B\` | how |

As in StarlingX's tools:

| option | meaning |
|---|---|
| \`--cache\` | nothing |

It takes the [settings](#settings) too.

The usual way:

\`\`\`sh
stx-build make --as A
\`\`\`

## Settings

Options that every command with settings takes. \`stx-build config show\` says what each is and where that came from.

| option | meaning |
|---|---|
| \`--os NAME\`, \`-o NAME\` | which |
`);
});
