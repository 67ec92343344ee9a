/** What a page must say of the machine for its numbers to mean anything. */
import {readFile} from 'node:fs/promises';
import {
	availableParallelism, cpus, loadavg, totalmem,
} from 'node:os';
import process from 'node:process';
import {engineNames} from '../src/engine/index.js';
import {timeCommand, type Program, type Tools} from './benchmark.js';

/** How busy the machine was when a benchmark began: processes that wanted a processor, and how many processors there are. */
export type Load = {readonly processes: number; readonly processors: number};

/** The load over the last minute, on average. */
export const loadNow = (): Load => ({processes: loadavg()[0]!, processors: availableParallelism()});

export type Machine = {
	readonly date: string;
	/** Lines for people. */
	readonly facts: readonly string[];
};

export async function describeMachine(stxBuild: Program, tools: Tools): Promise<Machine> {
	const release = /^PRETTY_NAME="?(?<name>[^"\n]+)/m.exec(await readFile('/etc/os-release', 'utf8').catch(() => ''))?.groups?.name ?? process.platform;
	// Its exit code says whether all is well, which is not the question here.
	const {stdout} = await timeCommand([...stxBuild, 'doctor', '--json']);
	const findings = JSON.parse(stdout) as ReadonlyArray<{readonly name: string; readonly detail: string}>;
	const engines = findings
		.map(({name, detail}) => ({name, detail: detail.replace(/^program \S+, /, '')}))
		.filter(({name, detail}) => (engineNames as readonly string[]).includes(name) && detail.startsWith('version '))
		.map(({name, detail}) => `${name} (${detail})`);
	return {
		date: new Date().toISOString().slice(0, 10),
		facts: [
			`${availableParallelism()} processors (${cpus()[0]?.model ?? 'unknown'}), ${(totalmem() / (2 ** 30)).toFixed(0)} GiB`,
			`${release}, Node ${process.versions.node}`,
			...(engines.length > 0 ? [`engines: ${engines.join('; ')}`] : []),
			tools.versions,
		],
	};
}
