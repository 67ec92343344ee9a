/** Time, handed over like every other effect. */
export type Clock = {
	/** Wall clock. */
	now(): Date;
	/** Milliseconds that never go back. */
	monotonic(): number;
};

export const systemClock: Clock = {
	now: () => new Date(),
	monotonic: () => performance.now(),
};
