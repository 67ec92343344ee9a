import {mkdir, rm} from 'node:fs/promises';
import path from 'node:path';
import {
	formatMebibytes, formatRatio, formatSeconds, measureSideBySide, median, timeChecked, type Benchmark,
} from './benchmark.js';
import {createSyntheticIndex} from './synthetic-index.js';

const distributions = 200;
const megabytes = 600;

/** Seconds, for packing and for finding that nothing has changed. */
const limit = 2;
const mebibytes = 300;

/** How long a step took, by the events that `--json` writes. */
function secondsOf(stdout: string, step: string): number {
	const events = stdout.trimEnd().split('\n').map(line => JSON.parse(line) as {readonly type?: string; readonly id?: string; readonly status?: string; readonly seconds?: number});
	const ended = events.find(event => event.type === 'end' && event.id === step && event.status === 'built');
	if (ended?.seconds === undefined) {
		throw new Error(`the step \`${step}\` was not done`);
	}

	return ended.seconds;
}

export const tarball: Benchmark = {
	name: 'tarball',
	title: `A tarball of ${megabytes} MB`,
	about: `The wheels tarball of ${distributions} made-up wheels, ${megabytes} MB together. The step of stx-build follows their requirements, verifies every byte that it takes from the store, writes the tar, and hashes it. GNU tar packs the same files, and sha256sum hashes what it wrote; nothing verifies what goes in.`,
	async run({stxBuild, project, scratch, repeats, say}) {
		const index = await createSyntheticIndex({distributions, bytes: Math.floor(megabytes * 1_000_000 / distributions)});
		try {
			await index.writeConfig(scratch, project);
			const workspace = path.join(scratch, 'workspace');
			const file = path.join(workspace, 'std/build-wheels-debian-trixie-stable/stx-debian-stable-wheels.tar');
			const argv = [...stxBuild, 'wheels', '--service', 'stx-synthetic', '--dialect', 'builtin', '--config', scratch, '--workspace', workspace, '--cache-dir', path.join(scratch, 'cache'), '--index', index.url] as const;
			say('lock, download, tarball');
			const first = await timeChecked(argv, {withMemory: true});
			const members = path.join(scratch, 'members');
			await mkdir(members);
			await timeChecked(['tar', '-xf', file, '-C', members]);
			const peaks: number[] = [];
			const [ours, theirs, again] = await measureSideBySide([
				async () => {
					await rm(file);
					const {stdout, peakMebibytes} = await timeChecked([...argv, '--json'], {withMemory: true});
					peaks.push(peakMebibytes!);
					return secondsOf(stdout, 'wheels');
				},
				async () => {
					const copy = path.join(scratch, 'copy.tar');
					const packed = await timeChecked(['tar', '-cf', copy, '-C', members, '.']);
					const hashed = await timeChecked(['sha256sum', copy]);
					await rm(copy);
					return packed.seconds + hashed.seconds;
				},
				async () => (await timeChecked(argv)).seconds,
			], {repeats, say}) as [number, number, number];
			const peak = Math.max(median(peaks), first.peakMebibytes!);
			return [
				{what: '`tar -cf`, then `sha256sum`', result: formatSeconds(theirs)},
				{
					what: 'the step `wheels.tarball`', result: formatSeconds(ours), beside: `\`tar\`, ${formatRatio(ours / theirs)}`, limit: {text: `${limit} s`, isKept: ours < limit},
				},
				{what: `\`stx-build wheels\` with nothing changed: ${distributions} wheels`, result: formatSeconds(again), limit: {text: `${limit} s`, isKept: again < limit}},
				{what: 'resident at most, download and packing', result: formatMebibytes(peak), limit: {text: `${mebibytes} MiB`, isKept: peak < mebibytes}},
			];
		} finally {
			await index.close();
		}
	},
};
