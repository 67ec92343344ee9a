/** A root file system from Debian packages. */
import {
	chmod, copyFile, mkdir, writeFile,
} from 'node:fs/promises';
import {freemem, userInfo} from 'node:os';
import path from 'node:path';
import {confine} from '../engine/index.js';
import {BuildError} from '../errors.js';
import {
	readText, type Command, type Runner, type RunOptions,
} from '../system/index.js';
import type {AptState, BaseTarget} from './apt-state.js';
import {complaintsOf, explainApt} from './explain-apt.js';
import type {AptSurroundings} from './format-apt-conf.js';
import {describePackages, findTarget, parseDpkgStatus} from './parse-dpkg-status.js';
import {parseRelease, releaseSeconds, sortSuites} from './parse-release.js';
import {
	formatLsbRelease, planBootstrap, planInMemory, planProxyVariables, type BootstrapFiles, type BootstrapInputs,
} from './plan-bootstrap.js';
import {readReleases} from './read-releases.js';

/**
Makes a tar of a root file system. The same packages give the same bytes: no file is newer than the latest of the
release files, and mmdebstrap removes what else differs between two runs.

@param folder an empty folder, on a disk, which the tar stays in.
@throws BuildError STX0501 when it fails, STX0502 when a mirror is to blame, STX0905 when the disk is full.
*/
export async function bootstrapRoot(inputs: BootstrapInputs, {run, folder, surroundings, options}: {
	readonly run: Runner;
	readonly folder: string;
	readonly surroundings: AptSurroundings;
	readonly options: RunOptions;
}): Promise<{readonly tar: string; readonly apt: AptState; readonly target: BaseTarget}> {
	// Apt and mmdebstrap let go of their rights for what needs none, and must still get here.
	await chmod(folder, 0o755);
	const aptFolder = path.join(folder, 'apt');
	await mkdir(aptFolder);
	options.onLine?.('fetching the release files');
	const first = await readReleases(inputs, {
		run, folder: aptFolder, surroundings, options,
	});
	const files: BootstrapFiles = {
		tar: path.join(folder, 'root.tar'),
		lsbRelease: path.join(folder, 'lsb-release'),
		status: path.join(folder, 'status'),
		releaseNames: [...first.keys()],
		releases: path.join(folder, 'releases'),
		...([...inputs.repositories?.sources ?? [], ...inputs.sources].some(line => line.includes(' https://')) && {caFile: surroundings.caFile}),
		uploads: await writeUploads(inputs, path.join(folder, 'files')),
	};
	await mkdir(files.releases);
	await writeFile(files.lsbRelease, formatLsbRelease(inputs.codename));
	const argv = planBootstrap(inputs, files);
	const chroot = path.join(folder, 'chroot');
	await mkdir(chroot);
	const result = await run({
		...confineAsRoot(argv, chroot),
		env: {...planProxyVariables(surroundings), TMPDIR: chroot, SOURCE_DATE_EPOCH: String(releaseSeconds([...first.values()]))},
	}, options);
	if (result.exitCode !== 0) {
		const complaints = complaintsOf(result.output);
		const why = complaints.length > 0 ? complaints : result.output.trimEnd().split('\n').slice(-20);
		throw explainApt(result, options) ?? new BuildError('STX0501', `mmdebstrap ended with exit code ${result.exitCode}\n${why.join('\n')}`, {
			...(options.logFile !== undefined && {at: {file: options.logFile}}),
			hint: 'the names of the packages are in build-config/base; `stx-build doctor` tries this machine',
		});
	}

	// Debian may have changed since the first look: what mmdebstrap saw counts.
	const seen = await Promise.all(files.releaseNames.map(async name => parseRelease(await readText(path.join(files.releases, name)), name)));
	const packages = parseDpkgStatus(await readText(files.status));
	return {tar: files.tar, apt: describePackages(packages, sortSuites(seen)), target: findTarget(packages)};
}

/** Writes the files of apt that go into the image. What says which packages come before others counts from the start. */
async function writeUploads({repositories}: BootstrapInputs, folder: string): Promise<NonNullable<BootstrapFiles['uploads']>> {
	if (repositories === undefined) {
		return [];
	}

	await mkdir(folder);
	const uploads = await Promise.all(Object.entries(repositories.files).map(async ([name, text], index) => {
		const from = path.join(folder, String(index));
		await writeFile(from, text);
		return {from, to: `/${name}`, early: name.startsWith('etc/apt/preferences.d/')};
	}));
	if (repositories.key === undefined) {
		return uploads;
	}

	const from = path.join(folder, 'key');
	await copyFile(repositories.key.file, from);
	return [...uploads, {from, to: repositories.key.place, early: false}];
}

/** A chroot takes half a gigabyte; this much must be free for it to be in memory. */
const memoryNeeded = 3 * (1024 ** 3);

/**
As root, mounts and processes of the chroot vanish with it, however it ends. Without root mmdebstrap makes namespaces itself,
and must be let remove the chroot: its files are of users that only those know.
*/
function confineAsRoot(argv: readonly [string, ...string[]], chroot: string): Pick<Command, 'argv' | 'killSignal'> {
	if (userInfo().uid !== 0) {
		return {argv};
	}

	return {argv: confine(freemem() > memoryNeeded ? planInMemory(argv, chroot) : argv, 'host'), killSignal: 'SIGKILL'};
}
