/** What a page must say of the machine for its numbers to mean anything. */
import {readFile} from 'node:fs/promises';
import {
	availableParallelism, cpus, loadavg, totalmem,
} from 'node:os';
import process from 'node:process';
import {timeCommand, type Program, type Tools} from './benchmark.js';

/** How many processes wanted a processor over the last minute, on average. */
export const loadNow = (): number => loadavg()[0]!;

export type Machine = {
	readonly date: string;
	/** Lines for people. */
	readonly facts: readonly string[];
};

export async function describeMachine(stxBuild: Program, tools: Tools): Promise<Machine> {
	const release = /^PRETTY_NAME="?(?<name>[^"\n]+)/m.exec(await readFile('/etc/os-release', 'utf8').catch(() => ''))?.groups?.name ?? process.platform;
	// Also when something else than an engine is amiss: what it found of the engines stands in its output.
	const {stdout} = await timeCommand([...stxBuild, 'doctor', '--json']);
	const engines = [...new Set([...stdout.matchAll(/\b(?<engine>(?:docker|buildah) \d[\d.]*)/g)].map(match => match.groups!.engine!))];
	return {
		date: new Date().toISOString().slice(0, 10),
		facts: [
			`${availableParallelism()} processors (${cpus()[0]?.model ?? 'unknown'}), ${(totalmem() / (2 ** 30)).toFixed(0)} GiB`,
			`${release}, Node ${process.versions.node}`,
			...(engines.length > 0 ? [`engines: ${engines.join(', ')}; stx-build takes the first that answers`] : []),
			tools.versions,
		],
	};
}
