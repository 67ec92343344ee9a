/** Which file of a project is taken for a requirement. Pure. */
import {BuildError} from '../errors.js';
import {
	compareVersions, filterVersions, parseSpecifiers, satisfies, wheelRank, type Requirement, type Target,
} from '../python/index.js';
import {
	allowsPython, createFileOrder, readCandidate, type Candidate,
} from './candidate.js';
import type {IndexFile, Packument, ResolvedFile} from './packument.js';

export type Choice = {
	readonly target: Target;
	/** Of files of the same version, which kind is taken when there are both. */
	readonly prefer: 'wheel' | 'sdist';
};

type Refusal = {readonly file: IndexFile; readonly version?: string; readonly reason: string};

/**
Chooses as pip does: the highest version the requirement allows with a file that the target can use; pre-releases only
when asked for or when there is nothing else; withdrawn files only for a pin (`==`, `===`), where its version has no other.

@param url of the project's page, for the error.
@returns the file, and what the user should know about it.
@throws BuildError STX0302 with the reason for each kind of refusal, STX0309 for a quarantined project.
*/
export function chooseFile(packument: Packument, requirement: Requirement, {target, prefer}: Choice, url: string): {readonly file: ResolvedFile; readonly warnings: readonly string[]} {
	if (packument.status === 'quarantined') {
		throw new BuildError('STX0309', `the index has \`${requirement.name}\` in quarantine${because(packument.statusReason)}`, {at: {url}});
	}

	const {candidates, refusals} = sortOut(packument, requirement, target);
	const allowed = new Set(filterVersions([...new Set(candidates.map(({version}) => version))], requirement.specifier));
	const fitting = candidates.filter(({version}) => allowed.has(version));
	const version = fitting.map(candidate => candidate.version).toSorted((a, b) => compareVersions(b, a))[0];
	if (version === undefined) {
		throw nothingFits(requirement, [...refusals, ...candidates.map(({file, version}) => ({file, version, reason: `is not \`${requirement.specifier}\``}))], url);
	}

	const ofVersion = fitting.filter(candidate => compareVersions(candidate.version, version) === 0);
	const best = ofVersion.toSorted(createFileOrder(target).compare);
	const {file} = (prefer === 'wheel' ? undefined : best.find(({wheel}) => !wheel)) ?? best[0]!;
	const warnings = [
		...(file.yanked === undefined ? [] : [`\`${file.filename}\` was withdrawn${because(file.yanked === true ? undefined : file.yanked)}; it is used because \`${requirement.name}${requirement.specifier}\` asks for it`]),
		...(packument.status === 'active' ? [] : [`\`${requirement.name}\` is ${packument.status} in the index${because(packument.statusReason)}`]),
	];
	return {file: {...file, version}, warnings};
}

const because = (reason: string | undefined) => reason === undefined || reason === '' ? '' : `: ${reason}`;

/** A requirement that names one version and so takes a withdrawn one too: `==1.2`, not `==1.*`. */
function isPin(specifier: string): boolean {
	return parseSpecifiers(specifier).some(({operator, version}) => operator === '===' || (operator === '==' && !version.endsWith('.*')));
}

function sortOut({files}: Packument, {normalized, specifier}: Requirement, target: Target): {candidates: readonly Candidate[]; refusals: readonly Refusal[]} {
	const candidates: Candidate[] = [];
	const refusals: Refusal[] = [];
	const pinned = isPin(specifier);
	for (const file of files) {
		const read = readCandidate(file, normalized);
		if (typeof read === 'string') {
			refusals.push({file, reason: read});
			continue;
		}

		const reason = refusalOf(read, {target, pinned});
		if (reason === undefined) {
			candidates.push(read);
		} else {
			refusals.push({file, version: read.version, reason});
		}
	}

	return {candidates, refusals};
}

function refusalOf({file, wheel}: Candidate, {target, pinned}: {readonly target: Target; readonly pinned: boolean}): string | undefined {
	if (wheel && wheelRank(wheel, target) === undefined) {
		return `is not for Python ${target.python} on ${target.arch} with glibc ${target.glibc}`;
	}

	if (file.requiresPython !== undefined && !allowsPython(file.requiresPython, target)) {
		return `needs Python \`${file.requiresPython}\``;
	}

	return file.yanked !== undefined && !pinned ? 'was withdrawn' : undefined;
}

function nothingFits(requirement: Requirement, refusals: readonly Refusal[], url: string): BuildError {
	const wanted = `\`${requirement.name}${requirement.specifier}\``;
	if (refusals.length === 0) {
		return new BuildError('STX0302', `no file for ${wanted}: the index lists none for this project`, {at: {url}});
	}

	// Files of the right version tell most; without any, which versions there are.
	const near = refusals.filter(({version}) => version !== undefined && satisfies(version, requirement.specifier));
	const versions = refusals.flatMap(({version}) => version ?? []).toSorted(compareVersions);
	if (near.length === 0 && versions.length > 0) {
		return new BuildError('STX0302', `no file for ${wanted}: the index has the versions ${versions[0]!} to ${versions.at(-1)!}`, {at: {url}, hint: 'change the constraint'});
	}

	const shown = near.length > 0 ? near : refusals;
	const reasons = new Map<string, Refusal[]>();
	for (const refusal of shown) {
		reasons.set(refusal.reason, [...reasons.get(refusal.reason) ?? [], refusal]);
	}

	const lines = [...reasons].slice(0, 6).map(([reason, files]) => `${files.length === 1 ? `\`${files[0]!.file.filename}\`` : `${files.length} files, the last \`${files.at(-1)!.file.filename}\`:`} ${reason}`);
	return new BuildError('STX0302', `no file for ${wanted}: ${lines.join('; ')}`, {at: {url}, hint: 'change the constraint, or the target (--codename, --arch)'});
}
