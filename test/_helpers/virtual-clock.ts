/** Time that passes only when nothing else is left to do, so that hours of work are tested in milliseconds. */
import {setImmediate} from 'node:timers/promises';

export type VirtualClock = {
	/** Milliseconds since the clock was made. */
	now(): number;
	/** Resolves when so many milliseconds have passed, or rejects with the signal's reason as soon as it is aborted. */
	sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
	/** Lets time pass until the promise is settled. */
	until<T>(promise: Promise<T>): Promise<T>;
};

type Sleeper = {readonly at: number; readonly wake: () => void};

export function createVirtualClock(): VirtualClock {
	const sleepers = new Set<Sleeper>();
	let time = 0;
	return {
		now: () => time,
		async sleep(milliseconds, signal) {
			await new Promise<void>((resolve, reject) => {
				const abort = (): void => {
					sleepers.delete(sleeper);
					reject(signal!.reason as Error);
				};

				const sleeper: Sleeper = {
					at: time + milliseconds,
					wake() {
						signal?.removeEventListener('abort', abort);
						resolve();
					},
				};
				sleepers.add(sleeper);
				signal?.addEventListener('abort', abort, {once: true});
			});
		},
		async until(promise) {
			const state = {settled: false};
			const settle = () => {
				state.settled = true;
			};

			promise.then(settle, settle);
			while (!state.settled) {
				await setImmediate();
				const next = Math.min(...[...sleepers].map(({at}) => at));
				if (!state.settled && Number.isFinite(next)) {
					time = next;
					for (const sleeper of sleepers) {
						if (sleeper.at === next) {
							sleepers.delete(sleeper);
							sleeper.wake();
						}
					}
				}
			}

			return promise;
		},
	};
}
