/** The pages that are made from the code: what every command and every error code is. Pure. */
import type {Definition} from 'clipanion';
import type {errorCodes} from '../src/errors.js';

/** Said at the head of each page. */
const notice = '<!-- Made by `npm run docs` from the code; a test compares. Change the code, not this page. -->';

/** The domains of error codes, by the hundreds of their numbers. */
const domains = ['the command line', 'settings and workspace', 'packaging standards', 'package index', 'wheels', 'base image', 'images', 'container engines', 'plan and reports', 'files, programs and network'] as const;

/**
@param definitions of all commands, as clipanion gives them.
@param settings the options that are settings: they are listed once, not with every command.
*/
export function formatCliReference(definitions: readonly Definition[], settings: readonly string[]): string {
	const commands = definitions.filter(({path}) => !path.includes(' -'));
	const contents = commands.map(({path, description}) => `- [\`${path}\`](#${anchorOf(path)}): ${tidy(description ?? '')}`);
	const isSetting = ({definition}: Option): boolean => settings.some(name => /^[^ ]+/.exec(definition)?.[0].split(',').includes(name));
	const shared = new Map(commands.flatMap(({options}) => options.filter(option => isSetting(option)).map(option => [option.definition, option])));
	return join([
		'# Commands',
		notice,
		contents.join('\n'),
		...commands.map(definition => formatCommand(definition, isSetting)),
		shared.size === 0 ? '' : join(['## Settings', 'Options that every command with settings takes. `stx-build config show` says what each is and where that came from.', formatOptions([...shared.values()])]),
	]);
}

type Option = Definition['options'][number];

function formatOptions(options: readonly Option[]): string {
	// Clipanion names the values of an option #0, #1, ...
	const rows = options.map(({definition, description}) => `| \`${cell(definition.replaceAll(/#\d+/g, 'VALUE'))}\` | ${cell(tidy(description ?? ''))} |`);
	return rows.length === 0 ? '' : `| option | meaning |\n|---|---|\n${rows.join('\n')}`;
}

function formatCommand({path, usage, details, description, examples, options}: Definition, isSetting: (option: Option) => boolean): string {
	const withSettings = options.some(option => isSetting(option));
	return join([
		`## ${path}`,
		capitalize(tidy(description ?? '')),
		tidy(details ?? ''),
		`\`\`\`\n${usage}\n\`\`\``,
		formatOptions(options.filter(option => option.description !== undefined && !isSetting(option))),
		withSettings ? 'It takes the [settings](#settings) too.' : '',
		(examples ?? []).map(([title, command]) => `${capitalize(tidy(title))}:\n\n\`\`\`sh\n${command.trim()}\n\`\`\``).join('\n\n'),
	]);
}

/** @param codes the table of src/errors.ts */
export function formatErrorReference(codes: typeof errorCodes): string {
	const sections = domains.map((domain, number) => {
		const rows = Object.entries(codes)
			.filter(([code]) => code.startsWith(`STX${String(number).padStart(2, '0')}`))
			.toSorted(([a], [b]) => (a < b ? -1 : 1))
			.map(([code, {exit, meaning}]) => `| ${code} | ${cell(meaning)} | ${exit} |`);
		return rows.length === 0 ? '' : join([`## ${capitalize(domain)}`, `| code | meaning | exit code |\n|---|---|---|\n${rows.join('\n')}`]);
	});
	return join([
		'# Error codes',
		notice,
		'An error names its code, what is wrong, where, and what to do about it. A code is never used again for something else.',
		'Exit codes: 0 all is done; 1 something failed to build, verify or push; 2 the usage or the input is wrong, and nothing was started; 130 interrupted.',
		...sections,
	]);
}

/** Parts with an empty line between them, without the empty parts. */
const join = (parts: readonly string[]): string => `${parts.map(part => part.trim()).filter(part => part !== '').join('\n\n')}\n`;

/** Clipanion wraps and indents texts for the terminal. */
const tidy = (text: string): string => text.trim().split(/\n{2,}/).map(paragraph => paragraph.replaceAll(/\s+/g, ' ')).join('\n\n');

const cell = (text: string): string => text.replaceAll('|', String.raw`\|`).replaceAll('\n', ' ');

const capitalize = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** As GitHub makes anchors of headings. */
const anchorOf = (heading: string): string => heading.toLowerCase().replaceAll(/[^\w\- ]/g, '').replaceAll(' ', '-');
