/** Hard limits of a process: how many files and processes it may ask for. */
export type Limits = {readonly nofile?: number; readonly nproc?: number};

/** Reads /proc/PID/limits. A limit that is not there, or is unlimited, is left out. */
export function parseLimits(text: string): Limits {
	const hard = (title: string): number | undefined => {
		const found = new RegExp(String.raw`^${title}\s+\S+\s+(\d+)\s`, 'm').exec(text)?.[1];
		return found === undefined ? undefined : Number(found);
	};

	const nofile = hard('Max open files');
	const nproc = hard('Max processes');
	return {...(nofile !== undefined && {nofile}), ...(nproc !== undefined && {nproc})};
}
