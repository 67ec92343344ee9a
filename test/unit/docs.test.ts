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
		path: 'make',
		category: 'Build',
		description: 'make it',
		details: 'It is made in one go.',
		rest: 'FILE...',
		options: [{names: '--as', value: 'A|B', meaning: 'how'}],
		settings: [{names: '--os,-o', value: 'NAME', meaning: 'which'}],
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
