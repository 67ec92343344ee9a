/** Amounts as people write them in ini files. */

const units = {
	memory: {MiB: 1, GiB: 1024},
	duration: {s: 1, min: 60, h: 3600},
} as const;

const parse = (text: string, known: Readonly<Record<string, number>>): number | undefined => {
	const {amount, unit} = /^(?<amount>[1-9]\d{0,5})\s*(?<unit>[a-zA-Z]+)$/v.exec(text)?.groups ?? {};
	return unit !== undefined && Object.hasOwn(known, unit) ? Number(amount) * known[unit]! : undefined;
};

/** @returns MiB; undefined for anything but a whole number of `MiB` or `GiB`. */
export const parseMemory = (text: string): number | undefined => parse(text, units.memory);

/** @returns seconds; undefined for anything but a whole number of `s`, `min` or `h`. */
export const parseDuration = (text: string): number | undefined => parse(text, units.duration);
