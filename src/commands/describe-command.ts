/** A command as Clipanion knows it, for the help. Pure. */
import type {Definition} from 'clipanion';
import type {CommandHelp, OptionHelp} from '../help/index.js';
import {starlingxOptions} from './starlingx-options.js';

/** Clipanion wraps texts for the terminal. */
const unwrap = (text: string | undefined): string => (text ?? '').trim().replaceAll(/\s+/g, ' ');

/** A description of an option begins with what stands for its value: `URL: where …`. */
const withValue = /^(?<value>[A-Z][A-Z,|=.]*): (?<meaning>.+)$/;

/**
@param definition of a command, as clipanion gives it.
@param settingOptions names of the options that are settings.
*/
export function describeCommand(definition: Definition, settingOptions: readonly string[]): CommandHelp {
	const options = definition.options.map(({definition: text, description}): OptionHelp => {
		const [names = ''] = text.split(' ');
		const {value = '', meaning = unwrap(description)} = withValue.exec(unwrap(description))?.groups ?? {};
		return {names, value, meaning};
	}).filter(({meaning}) => meaning !== '');
	const isOf = ({names}: OptionHelp, known: readonly string[]): boolean => names.split(',').some(name => known.includes(name));
	const others = options.filter(option => !isOf(option, settingOptions));
	const path = definition.path.split(' ').slice(1).join(' ');
	return {
		path,
		category: unwrap(definition.category),
		description: unwrap(definition.description),
		details: unwrap(definition.details),
		rest: positionalOf(definition.usage, path),
		options: others.filter(option => !isOf(option, starlingxOptions)),
		settings: options.filter(option => isOf(option, settingOptions)),
		compatible: others.filter(option => isOf(option, starlingxOptions)),
		examples: (definition.examples ?? []).map(([title, command]) => ({title: unwrap(title), command: command.trim()})),
	};
}

/** What any number of words stands for, where it is not files: clipanion's usage does not tell it. */
const manyOf: Readonly<Record<string, string>> = {'wheels rebuild': 'WHEEL'};

/** The positional arguments in clipanion's usage. */
function positionalOf(usage: string, path: string): string {
	const words = [...usage.matchAll(/<(?<needed>[A-Z|]+)>(?<many> \.{3})?|\[(?<optional>[A-Z|]+)]/g)].map(({groups: {needed, many, optional} = {}}) =>
		needed === undefined ? `[${optional!}]` : `${needed}${many === undefined ? '' : '...'}`);
	return words.length === 0 && usage.endsWith(' ...') ? `[${manyOf[path] ?? 'FILE'}...]` : words.join(' ');
}
