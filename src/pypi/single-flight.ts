/** One piece of work for all who ask for the same thing at the same time. */
import {BuildError} from '../errors.js';

export type SingleFlight<T> = {
	/**
	Joins the work that is under way for this key, or starts it. The work is aborted only when everyone who waits for it
	has given up.

	@param signal of this caller: when it is aborted, he no longer waits.
	*/
	run(key: string, signal: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
};

type Flight<T> = {readonly result: Promise<T>; readonly controller: AbortController; waiting: number};

export function createSingleFlight<T>(): SingleFlight<T> {
	const flights = new Map<string, Flight<T>>();

	const start = (key: string, work: (signal: AbortSignal) => Promise<T>): Flight<T> => {
		const controller = new AbortController();
		const forget = () => {
			if (flights.get(key) === flight) {
				flights.delete(key);
			}
		};

		const flight: Flight<T> = {
			controller, waiting: 0, result: work(controller.signal).finally(() => {
				forget();
			}),
		};
		flights.set(key, flight);
		return flight;
	};

	return {
		async run(key, signal, work) {
			if (signal?.aborted) {
				throw new BuildError('STX0003', 'interrupted', {cause: signal.reason});
			}

			const flight = flights.get(key) ?? start(key, work);
			flight.waiting++;
			if (signal === undefined) {
				return flight.result;
			}

			// One of our own: hundreds of listeners on the signal of the whole run would look like a leak.
			const own = AbortSignal.any([signal]);
			let leave!: () => void;
			const left = new Promise<never>((_resolve, reject) => {
				leave = () => {
					flight.waiting--;
					if (flight.waiting === 0) {
						// Whoever asks from now on starts anew.
						flights.delete(key);
						flight.controller.abort(signal.reason);
						// The work ends with an error of its own, after it has cleared up.
						return;
					}

					reject(new BuildError('STX0003', 'interrupted', {cause: signal.reason}));
				};
			});
			own.addEventListener('abort', leave, {once: true});
			try {
				return await Promise.race([flight.result, left]);
			} finally {
				own.removeEventListener('abort', leave);
			}
		},
	};
}
