/** The pages that are made from the code: what every command and every error code is. Pure. */
import type {CommandHelp, OptionHelp} from '../src/help/index.js';
import type {errorCodes} from '../src/errors.js';

/** Said at the head of each page. */
const notice = '<!-- Made by `npm run docs` from the code; a test compares. Change the code, not this page. -->';

/** The domains of error codes, by the hundreds of their numbers. */
const domains = ['the command line', 'settings and workspace', 'packaging standards', 'package index', 'wheels', 'base image', 'images', 'container engines', 'plan and reports', 'files, programs and network'] as const;

/** @param commands in the order of the help. */
export function formatCliReference(commands: readonly CommandHelp[]): string {
	const contents = commands.map(({path, description}) => `- [\`${path}\`](#${anchorOf(path)}): ${description}`);
	const shared = new Map(commands.flatMap(({settings}) => settings.map(option => [option.names, option])));
	return join([
		'# Commands',
		notice,
		contents.join('\n'),
		...commands.map(command => formatCommand(command)),
		'## Settings',
		'Options that every command with settings takes. `stx-build config show` says what each is and where that came from.',
		formatOptions([...shared.values()]),
	]);
}

function formatOptions(options: readonly OptionHelp[]): string {
	const rows = options.map(({names, value, meaning}) => `| ${cell(names.split(',').map(name => `\`${name}${value === '' ? '' : ` ${value}`}\``).join(', '))} | ${cell(meaning)} |`);
	return rows.length === 0 ? '' : `| option | meaning |\n|---|---|\n${rows.join('\n')}`;
}

function formatCommand({path, details, description, examples, options, settings, compatible, rest}: CommandHelp): string {
	return join([
		`## ${path}`,
		`${capitalize(description)}.`,
		details,
		`\`\`\`\nstx-build ${path}${rest === '' ? '' : ` ${rest}`} [options]\n\`\`\``,
		formatOptions(options),
		...(compatible.length === 0 ? [] : ['As in StarlingX\'s tools:', formatOptions(compatible)]),
		settings.length === 0 ? '' : 'It takes the [settings](#settings) too.',
		examples.map(({title, command}) => `${capitalize(title)}:\n\n\`\`\`sh\n${command}\n\`\`\``).join('\n\n'),
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
		'Exit codes: 0 all is done; 1 something failed on the way, or a check found something; 2 the usage or the input is wrong, and nothing was started; 130 interrupted.',
		...sections,
	]);
}

/** Parts with an empty line between them, without the empty parts. */
const join = (parts: readonly string[]): string => `${parts.map(part => part.trim()).filter(part => part !== '').join('\n\n')}\n`;

const cell = (text: string): string => text.replaceAll('|', String.raw`\|`).replaceAll('\n', ' ');

const capitalize = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** As GitHub makes anchors of headings. */
const anchorOf = (heading: string): string => heading.toLowerCase().replaceAll(/[^\w\- ]/g, '').replaceAll(' ', '-');
