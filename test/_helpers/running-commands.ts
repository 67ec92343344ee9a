import {readdir, readFile} from 'node:fs/promises';

/** The command lines of all processes, with spaces between the words, as /proc has them: pgrep(1) is not on every machine. */
export async function runningCommands(): Promise<readonly string[]> {
	const processes = (await readdir('/proc')).filter(name => /^\d+$/v.test(name));
	const lines = await Promise.all(processes.map(async id => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')));
	return lines.map(line => line.replaceAll('\0', ' ').trim()).filter(line => line !== '');
}
