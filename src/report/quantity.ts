/** Numbers as people read them. */
import type {Progress} from '../plan/index.js';

/** `0.4 s`, `12 s`, `2 min 5 s`, `1 h 2 min`. */
export function formatSeconds(seconds: number): string {
	if (seconds < 9.95) {
		return `${Math.max(0, seconds).toFixed(1)} s`;
	}

	const whole = Math.round(seconds);
	if (whole < 60) {
		return `${whole} s`;
	}

	return whole < 3600 ? `${Math.floor(whole / 60)} min ${whole % 60} s` : `${Math.floor(whole / 3600)} h ${Math.floor(whole % 3600 / 60)} min`;
}

/** Time since the start of a run, in columns: `0:07`, `12:40`, `1:02:03`. */
export function formatElapsed(seconds: number): string {
	const whole = Math.floor(Math.max(0, seconds));
	const two = (value: number): string => String(value).padStart(2, '0');
	const minutes = Math.floor(whole / 60);
	return minutes < 60 ? `${minutes}:${two(whole % 60)}` : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}`;
}

/** `812 B`, `3.1 MB`, `120 MB`: decimal units, as package indexes and disks have them. */
export function formatBytes(bytes: number): string {
	const units = ['B', 'kB', 'MB', 'GB', 'TB'];
	let value = Math.max(0, bytes);
	let unit = 0;
	while (value >= 999.5 && unit < units.length - 1) {
		value /= 1000;
		unit++;
	}

	return `${unit > 0 && value < 9.95 ? value.toFixed(1) : Math.round(value)} ${units[unit]!}`;
}

/** `3.1 MB of 10 MB`, `7 of 12`, `Setting up libc6`; empty when there is nothing to say. */
export function formatProgress({done, total, unit, text = ''}: Progress): string {
	const format = unit === 'bytes' ? formatBytes : String;
	const amount = done === undefined ? '' : (total === undefined ? format(done) : `${format(done)} of ${format(total)}`);
	return [amount, text].filter(part => part !== '').join(' ');
}

/** `1 step`, `2 steps`. */
export function countOf(count: number, noun: string): string {
	return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
