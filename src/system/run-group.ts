/**
Process groups. A program that is told to end may leave behind what it has started, as a shell does with the script that
it runs, and so each program leads a session and a group of its own, which are ended as one. Nor does a signal that a
program sends to its whole group come here: mmdebstrap does that where the disk is full.
*/
import {readdir, readFile} from 'node:fs/promises';
import process from 'node:process';
import {setTimeout as sleep} from 'node:timers/promises';

/** How long a group may take to end when it is told to, and how often it is looked at meanwhile. */
const [patience, pause] = [5000, 50];

/** The groups that are there, by their leaders. */
const leaders = new Set<number>();

/**
Notes a group that runs.

@param leader process id of the program that leads it.
@returns forgets it.
*/
export function noteGroup(leader: number): () => void {
	leaders.add(leader);
	return () => {
		leaders.delete(leader);
	};
}

/** Tells all that still run to end, for when this process ends without having waited for them. */
export function endGroups(): void {
	for (const leader of leaders) {
		signalGroup(leader, 'SIGTERM');
	}
}

/** Ends a group, and waits for it. What is still there after 5 seconds gets SIGKILL. */
export async function endGroup(leader: number, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
	const isLate = AbortSignal.timeout(patience);
	signalGroup(leader, signal);
	while (await isRunning(leader)) {
		if (isLate.aborted) {
			signalGroup(leader, 'SIGKILL');
			return;
		}

		await sleep(pause);
	}
}

function signalGroup(leader: number, signal: NodeJS.Signals): void {
	try {
		process.kill(-leader, signal);
	} catch {
		// There is none any more, or none that this user may end.
	}
}

/**
Whether a process of a group runs, as proc_pid_stat(5) tells it. A signal would also find those that have ended and that
process 1, which they were left to, has not noticed yet: some containers have one that never does.
*/
async function isRunning(leader: number): Promise<boolean> {
	const ids = await readdir('/proc');
	const stats = await Promise.all(ids.filter(id => /^\d+$/v.test(id)).map(async id => readFile(`/proc/${id}/stat`, 'utf8').catch(() => '')));
	return stats.some(stat => {
		const [state, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
		return Number(group) === leader && state !== 'Z';
	});
}
