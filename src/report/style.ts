import {styleText} from 'node:util';

/** Puts text in a style for a terminal; gives it back as it is where there is no colour. */
export type Style = (format: Parameters<typeof styleText>[0], text: string) => string;

export function createStyle(color: boolean): Style {
	return (format, text) => color && text !== '' ? styleText(format, text, {validateStream: false}) : text;
}

/**
Whether output is coloured: NO_COLOR (no-color.org) forbids it, FORCE_COLOR asks for it and `FORCE_COLOR=0` forbids it;
otherwise a terminal gets colours, unless it says that it is `dumb`.
*/
export function wantsColor(environment: Readonly<Record<string, string | undefined>>, isTerminal: boolean): boolean {
	const {NO_COLOR: forbidden = '', FORCE_COLOR: forced} = environment;
	if (forbidden !== '') {
		return false;
	}

	if (forced !== undefined) {
		return forced !== '0' && forced !== 'false';
	}

	return isTerminal && environment.TERM !== 'dumb';
}
