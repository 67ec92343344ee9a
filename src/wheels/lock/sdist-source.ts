/** Sdists: which ones an index has, and what their text files say. */
import {BuildError, formatPlace, type SourceLocation} from '../../errors.js';
import type {Digest, Store} from '../../plan/index.js';
import {
	createFileOrder, isUnpackable, readCandidate, type FileOrder, type IndexFile, type Packument, type PypiClient,
} from '../../pypi/index.js';
import {versionKey, type NormalizedName, type Target} from '../../python/index.js';
import {readMembers} from '../../system/index.js';
import type {BuildSettings} from '../inputs/inputs.js';
import {isProjectFile, parseProject, type Project} from '../inputs/parse-project.js';
import type {LockedFile} from './lock.js';
import {extrasOf, type StandIn} from './stand-in.js';

export type SdistSource = {
	/** The sdist of a version; undefined when the index has none that can be unpacked. */
	locate(name: NormalizedName, version: string): Promise<LockedFile | undefined>;
	/** What is known of a version without building it. */
	standIn(name: NormalizedName, version: string): Promise<StandIn>;
	/**
	What the project in an sdist says.
	@param basedir its folder in the archive, empty for the top; by default the archive's only folder.
	*/
	project(name: NormalizedName, file: LockedFile, basedir?: string): Promise<Project>;
};

export type SdistEffects = {
	readonly pypi: PypiClient;
	readonly store: Store;
	readonly target: Target;
	readonly buildSettings: ReadonlyMap<NormalizedName, BuildSettings>;
	readonly signal: AbortSignal;
};

export function createSdistSource({pypi, store, target, buildSettings, signal}: SdistEffects): SdistSource {
	const order = createFileOrder(target);
	const projects = new Map<string, Promise<Project>>();
	const locate = async (name: NormalizedName, version: string): Promise<LockedFile | undefined> => {
		const packument = await pypi.packument(name, {signal});
		const file = sdistOf(packument, {name, version}, order);
		return file && lockFile(file, pypi, signal);
	};

	const project: SdistSource['project'] = async (name, file, basedir) => {
		const key = `${file.sha256} ${basedir ?? '*'}`;
		const known = projects.get(key) ?? readProject(file, basedir);
		projects.set(key, known);
		const found = await known;
		const settings = buildSettings.get(name);
		return {
			...found,
			...(settings && settings.requires.length > 0 && {requires: [...found.requires ?? [], ...settings.requires]}),
			buildRequires: [...new Set([...found.buildRequires, ...settings?.buildRequires ?? []])],
		};
	};

	const readProject = async (file: LockedFile, basedir: string | undefined): Promise<Project> => {
		const digest = await pypi.tarball(file, {signal});
		return readSdist(store, digest, {at: {url: file.url}, ...(basedir !== undefined && {basedir})});
	};

	return {
		locate,
		project,
		async standIn(name, version) {
			const file = await locate(name, version);
			if (!file) {
				throw new BuildError('STX0414', `the index has neither a wheel that the target can install nor an sdist of \`${name}\` ${version} that can be unpacked`, {hint: 'choose another version with a line in the wheel list'});
			}

			const {requires = []} = await project(name, file);
			return {
				name, version, requires, extras: extrasOf(requires),
			};
		},
	};
}

/** The sdist of a version in an index: of those that can be unpacked, the one that pip would take. */
function sdistOf({files}: Packument, {name, version}: {readonly name: NormalizedName; readonly version: string}, {compare}: FileOrder): IndexFile | undefined {
	const wanted = versionKey(version);
	const sdists = files.filter(file => isUnpackable(file)).flatMap(file => {
		const candidate = readCandidate(file, name);
		return typeof candidate === 'string' || versionKey(candidate.version) !== wanted ? [] : [candidate];
	});
	return sdists.toSorted(compare)[0]?.file;
}

/** A file of the index as the lock holds it. One without a sha256 is fetched to learn it. */
export async function lockFile(file: Pick<IndexFile, 'filename' | 'url' | 'sha256' | 'size'>, pypi: PypiClient, signal: AbortSignal): Promise<LockedFile> {
	const {filename, url, size} = file;
	const sha256 = file.sha256 ?? (await pypi.tarball({filename, url}, {learn: true, signal})).slice('sha256:'.length);
	return {
		filename, url, sha256, ...(size !== undefined && {size}),
	};
}

/**
What the project in an archive says, read without unpacking it to disk.

@throws BuildError STX0414 when there is no project in that folder.
*/
async function readSdist(store: Store, digest: Digest, {at, basedir}: {readonly at: SourceLocation; readonly basedir?: string}): Promise<Project> {
	return store.use(digest, async archive => {
		const below = (member: string): string | undefined => {
			if (basedir === undefined) {
				return member.includes('/') ? member.slice(member.indexOf('/') + 1) : undefined;
			}

			return basedir === '' ? member : (member.startsWith(`${basedir}/`) ? member.slice(basedir.length + 1) : undefined);
		};

		const members = await readMembers(archive, member => {
			const name = below(member);
			return name !== undefined && isProjectFile(name);
		}, {name: formatPlace(at)});
		if (members.size === 0) {
			throw new BuildError('STX0414', `there is no Python project in ${basedir === undefined || basedir === '' ? 'the archive' : `\`${basedir}\` of the archive`}: no PKG-INFO, pyproject.toml or setup.py`, {at, hint: 'give the folder with the project as basedir'});
		}

		return parseProject(new Map([...members].map(([member, content]) => [below(member)!, content.toString('utf8')])), at);
	});
}
