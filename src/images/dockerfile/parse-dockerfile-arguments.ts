import {listInstructions} from './parse-dockerfile.js';

/** `NAME`, or `NAME=default`. */
export function argumentOf(text: string): {readonly name: string; readonly value: string} {
	const {name = text, value = ''} = /^(?<name>\w+)=(?<value>.*)$/v.exec(text)?.groups ?? {};
	return {name, value: value.replaceAll(/^(?<quote>["'])(?<inner>.*)\k<quote>$/gv, '$<inner>')};
}

/** The build arguments that a Dockerfile declares, with their defaults. `${NAME:-text}` is `text`: nobody has set NAME before. */
export function parseDockerfileArguments(text: string): ReadonlyMap<string, string> {
	return new Map(listInstructions(text).filter(({name}) => name === 'ARG').map(instruction => {
		const {name, value} = argumentOf(instruction.text);
		return [name, value.replace(new RegExp(String.raw`^\$\{${name}:-(?<fallback>[^\}]*)\}$`, 'v'), '$<fallback>')];
	}));
}
