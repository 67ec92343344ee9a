import {BuildError, type SourceLocation} from '../errors.js';
import {isName, normalizeName, type NormalizedName} from './name.js';
import {type Target} from './target.js';
import {
	canonicalVersion, compareVersions, tryParseVersion, versionNumber, type VersionNumber,
} from './version.js';

/** What the name of a wheel's file says (PEP 427). */
export type WheelFilename = {
	readonly filename: string;
	/** As in the file name, so with `_` for `-`. */
	readonly name: string;
	readonly normalized: NormalizedName;
	/** In its normal spelling. */
	readonly version: string;
	/** The build number and what follows it; of two wheels with equal tags the higher build wins. */
	readonly build?: readonly [VersionNumber, string];
	/** Every single tag that a set like `py2.py3-none-any` stands for, in lower case. */
	readonly tags: readonly string[];
};

/** More than any honest file name stands for. */
const mostTags = 10_000;

/**
Reads the name of a wheel's file.

@param filename without a folder: `PyYAML-6.0.2-cp313-cp313-manylinux_2_17_x86_64.manylinux2014_x86_64.whl`.
@param at where it is named, for the error.
@throws BuildError STX0206
*/
export function parseWheelFilename(filename: string, at?: SourceLocation): WheelFilename {
	const fail = (reason: string): never => {
		throw new BuildError('STX0206', `\`${filename}\` is not the file name of a wheel: ${reason}`, {hint: 'a wheel is named NAME-VERSION[-BUILD]-PYTHON-ABI-PLATFORM.whl', ...(at && {at})});
	};

	if (/[\/\\\p{Cc}]/v.test(filename)) {
		fail('it has characters that no file name of a wheel has');
	}

	if (!filename.endsWith('.whl')) {
		fail('it does not end in `.whl`');
	}

	const parts = filename.slice(0, -'.whl'.length).split('-');
	if (parts.length !== 5 && parts.length !== 6) {
		fail(`it has ${parts.length} parts instead of 5 or 6`);
	}

	const [name, versionText, ...rest] = parts as [string, string, ...string[]];
	if (!isName(name) || name.includes('__')) {
		fail(`\`${name}\` is not the name of a distribution`);
	}

	const version = tryParseVersion(versionText);
	if (!version) {
		return fail(`\`${versionText}\` is not a version`);
	}

	const buildText = rest.length === 4 ? rest[0]! : undefined;
	const build = buildText === undefined ? undefined : /^(\d+)(.*)$/.exec(buildText);
	if (build === null) {
		fail(`the build number \`${buildText}\` does not begin with a digit`);
	}

	const sets = rest.slice(-3).map(set => set.toLowerCase().split('.')) as [string[], string[], string[]];
	if (sets.flat().includes('')) {
		fail('a part of its tags is empty');
	}

	const [pythons, abis, platforms] = sets;
	if (pythons.length * abis.length * platforms.length > mostTags) {
		fail(`it stands for more than ${mostTags} tags`);
	}

	const tags = pythons.flatMap(python => abis.flatMap(abi => platforms.map(platform => `${python}-${abi}-${platform}`)));
	return {
		filename,
		name,
		normalized: normalizeName(name),
		version: canonicalVersion(version),
		...(build && {build: [versionNumber(build[1]!), build[2]!]}),
		tags: [...new Set(tags)],
	};
}

/** The place of each tag in the list of a target, worked out once for a list. */
const ranksOfTags = new WeakMap<readonly string[], ReadonlyMap<string, number>>();

function ranksOf({tags}: Pick<Target, 'tags'>): ReadonlyMap<string, number> {
	let ranks = ranksOfTags.get(tags);
	if (!ranks) {
		ranks = new Map(tags.map((tag, rank) => [tag, rank]));
		ranksOfTags.set(tags, ranks);
	}

	return ranks;
}

/** How well a wheel fits a target: the place of its best tag, smaller is better; undefined when the target cannot install it. */
export function wheelRank({tags}: Pick<WheelFilename, 'tags'>, target: Pick<Target, 'tags'>): number | undefined {
	const ranks = ranksOf(target);
	let best: number | undefined;
	for (const tag of tags) {
		const rank = ranks.get(tag);
		if (rank !== undefined && (best === undefined || rank < best)) {
			best = rank;
		}
	}

	return best;
}

function compareBuilds(a: WheelFilename['build'], b: WheelFilename['build']): number {
	const [aNumber, aRest] = a ?? [-1, ''];
	const [bNumber, bRest] = b ?? [-1, ''];
	const [left, right] = aNumber === bNumber ? [aRest, bRest] : [aNumber, bNumber];
	return left === right ? 0 : (left < right ? -1 : 1);
}

/**
Orders the wheels of one distribution as pip chooses: the newer version first, then the better tag, then the higher
build. Wheels that the target cannot install come last.
*/
export function compareWheels(a: WheelFilename, b: WheelFilename, target: Pick<Target, 'tags'>): number {
	const aRank = wheelRank(a, target);
	const bRank = wheelRank(b, target);
	if ((aRank === undefined) !== (bRank === undefined)) {
		return aRank === undefined ? 1 : -1;
	}

	return compareVersions(b.version, a.version) || (aRank ?? 0) - (bRank ?? 0) || compareBuilds(b.build, a.build);
}
