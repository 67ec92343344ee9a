import {readFile} from 'node:fs/promises';
import test from 'ava';
import {generatePages} from '../../docs/pages.js';
import {formatCliReference, formatErrorReference} from '../../docs/reference.js';
import {errorCodes} from '../../src/errors.js';

test('docs/cli.md and docs/errors.md are what `npm run docs` makes of the code', async t => {
	for (const [name, text] of generatePages()) {
		t.is(await readFile(new URL(`../../docs/${name}`, import.meta.url), 'utf8'), text, `docs/${name} is stale: run \`npm run docs\``);
	}
});

test('every error code has its line', t => {
	const page = formatErrorReference(errorCodes);
	for (const [code, {meaning}] of Object.entries(errorCodes)) {
		t.true(page.includes(`| ${code} | ${meaning.replaceAll('|', String.raw`\|`)} |`), code);
	}
});

test('a command has its usage, its options in a table, and its examples', t => {
	const page = formatCliReference([{
		path: 'stx-build make',
		usage: '$ stx-build make [--as A|B]',
		description: 'make it\n',
		details: 'It is made\nin one go.\n\nAnd kept.\n',
		examples: [['the usual way', 'stx-build make --as A']],
		options: [{definition: '--as A|B', description: 'how', required: false}, {definition: '--os,-o #0', description: 'which', required: false}],
	}, {path: 'stx-build -h', usage: '$ stx-build -h', options: []}], ['--os']);
	t.is(page.replace(/<!--.*-->\n\n/, ''), `# Commands

- [\`stx-build make\`](#stx-build-make): make it

## stx-build make

Make it

It is made in one go.

And kept.

\`\`\`
$ stx-build make [--as A|B]
\`\`\`

| option | meaning |
|---|---|
| \`--as A\\|B\` | how |

It takes the [settings](#settings) too.

The usual way:

\`\`\`sh
stx-build make --as A
\`\`\`

## Settings

Options that every command with settings takes. \`stx-build config show\` says what each is and where that came from.

| option | meaning |
|---|---|
| \`--os,-o VALUE\` | which |
`);
});
