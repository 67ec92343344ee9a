/** A user's folder, in which bin/stx-build is run as a user runs it. */
import {
	mkdir, mkdtemp, readFile, rm, writeFile,
} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {run as runHost} from './engines.js';
import {packageFolder} from './run-cli.js';
import {runStxBuild, type ProgramOptions, type ProgramResult} from './run-program.js';

/** The store. Kept between runs of the tests, like a user's; a fresh clone begins with none. */
export const keptCache = path.join(packageFolder, 'node_modules', '.cache', 'stx-build-test', 'e2e');

export type UserPlace = {
	/** The user's folder. */
	readonly folder: string;
	readonly tarball: string;
	/** Name space of the images: this run's own. */
	readonly user: string;
	run(argv: readonly string[], options?: Omit<ProgramOptions, 'folder'>): Promise<ProgramResult>;
	/** References of the images in the engine. */
	images(): Promise<string>;
	/** The record of an image. */
	record(label: string): Promise<ImageRecord>;
	/** Removes the folder, and the images from the engine. */
	remove(): Promise<void>;
};

export type ImageRecord = {
	readonly image: string;
	readonly tags: readonly string[];
	readonly pushed: ReadonlyArray<{readonly reference: string; readonly digest: string}>;
	readonly base: {readonly image: string; readonly reference: string};
	readonly labels: Readonly<Record<string, string>>;
	readonly inventory: {readonly packages: Readonly<Record<string, string>>; readonly distributions: Readonly<Record<string, string>>};
	readonly wheels: ReadonlyArray<{readonly name: string; readonly version: string; readonly filename: string; readonly digest: string}>;
	readonly verify: {readonly from: string | null; readonly checks: ReadonlyArray<{readonly check: string; readonly status: string}>};
};

export async function makeUserPlace(engine: string): Promise<UserPlace> {
	const folder = await mkdtemp(path.join(tmpdir(), `stx-build-e2e-${engine}-`));
	const user = path.basename(folder).toLowerCase();
	// No git host is reached from where tests run: not LOCI's either.
	await mkdir(path.join(folder, 'build-config'));
	await writeFile(path.join(folder, 'build-config/stx-build.ini'), '[images]\ndialect = builtin\n');
	const images = async (): Promise<string> => (await runHost({argv: [engine, 'images', '--format', engine === 'buildah' ? '{{.Name}}:{{.Tag}}' : '{{.Repository}}:{{.Tag}}']})).stdout;

	return {
		folder,
		user,
		tarball: path.join(folder, 'workspace/std/build-wheels-debian-trixie-stable/stx-debian-stable-wheels.tar'),
		run: async (argv, {environment, ...options} = {}) => runStxBuild([...argv, '--engine', engine, '--user', user], {
			folder,
			environment: {
				STX_BUILD_CACHE: keptCache, USER: user, LOGNAME: user, ...environment,
			},
			...options,
		}),
		images,
		record: async label => JSON.parse(await readFile(path.join(folder, `workspace/std/build-images/${label}-debian-trixie-amd64-stable.json`), 'utf8')) as ImageRecord,
		async remove() {
			await rm(folder, {recursive: true, force: true});
			const own = (await images()).split('\n').filter(reference => reference.includes(`${user}/`));
			if (own.length > 0) {
				await runHost({argv: [engine, 'rmi', '--force', ...own]});
			}
		},
	};
}

/** What a run with `--json` printed: events, and the summary as the last. */
export const eventsOf = ({out}: ProgramResult): ReadonlyArray<Readonly<Record<string, unknown>>> => out.trimEnd().split('\n').map(line => JSON.parse(line) as Record<string, unknown>);

/** The counts of the summary. */
export const countsOf = (result: ProgramResult): Record<string, number> => eventsOf(result).at(-1)!.counts as Record<string, number>;
