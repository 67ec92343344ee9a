import {styleText} from 'node:util';

/** Puts text in a style for a terminal; gives it back as it is where there is no colour. */
export type Style = (format: Parameters<typeof styleText>[0], text: string) => string;

export function createStyle(color: boolean): Style {
	return (format, text) => color && text !== '' ? styleText(format, text, {validateStream: false}) : text;
}
