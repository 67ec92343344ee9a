/** A docker daemon for the time of a run, on a machine that has the program but no service manager that started it. */
import {spawn, spawnSync} from 'node:child_process';
import {closeSync, openSync, readFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {setTimeout} from 'node:timers/promises';
import {findProgram} from '../_helpers/needs.js';

export type Daemon = {
	/** What was found or done, for people. */
	readonly note: string;
	/** Ends the daemon if it was started here, and waits until it is gone. */
	stop(): Promise<void>;
};

const stopNothing = async (): Promise<void> => undefined;

const answers = (): boolean => spawnSync('docker', ['version'], {stdio: 'ignore', timeout: 10_000}).status === 0;

/**
Sees to it that a docker daemon answers, if this machine can have one.

@param logFolder where the daemon's log goes.
*/
export async function provideDocker(logFolder: string): Promise<Daemon> {
	if (findProgram('docker') === undefined) {
		return {note: 'docker is not installed', stop: stopNothing};
	}

	if (answers()) {
		return {note: 'a docker daemon answers', stop: stopNothing};
	}

	if (findProgram('dockerd') === undefined || process.getuid?.() !== 0) {
		return {note: 'no docker daemon answers, and only root can start one', stop: stopNothing};
	}

	const logFile = path.join(logFolder, 'dockerd.log');
	const log = openSync(logFile, 'w');
	const daemon = spawn('dockerd', [], {stdio: ['ignore', log, log], detached: true});
	closeSync(log);
	const ended = new Promise<void>(resolve => {
		daemon.once('close', () => {
			resolve();
		});
		daemon.once('error', () => {
			resolve();
		});
	});
	const isRunning = (): boolean => daemon.pid !== undefined && daemon.exitCode === null && daemon.signalCode === null;
	const stop = async (): Promise<void> => {
		if (isRunning()) {
			daemon.kill('SIGTERM');
			await Promise.race([ended, setTimeout(30_000, undefined, {ref: false})]);
		}
	};

	for (let waited = 0; isRunning() && waited < 60; waited++) {
		await setTimeout(500);
		if (answers()) {
			return {note: 'started a docker daemon for this run', stop};
		}
	}

	await stop();
	const lastLines = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-5).join('\n  ');
	return {note: `dockerd did not come up; it says:\n  ${lastLines}`, stop: stopNothing};
}
