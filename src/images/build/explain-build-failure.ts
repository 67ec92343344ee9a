/** From the log of an image's build to what was wrong. */

export type BuildFailure
	/** pip found no wheel for a requirement. `requiredBy` is empty when the directive or the dialect asks for it. */
	= | {readonly kind: 'missing'; readonly requirement: string; readonly requiredBy: string}
	/** Two requirements that no set of wheels can meet. */
		| {readonly kind: 'conflict'; readonly causes: readonly string[]}
	/** What the installer says. */
		| {readonly kind: 'installer'; readonly message: string}
		| {readonly kind: 'unknown'};

/** BuildKit's plain output puts the step and the time before every line. */
const withoutPrefix = (line: string): string => line.replace(/^#\d+ (?:\d+\.\d+ )?/, '');

/** @param log output of the installer, as Docker or Buildah show it. */
export function explainBuildFailure(log: string): BuildFailure {
	const lines = log.split('\n').map(line => withoutPrefix(line.trimEnd()));
	return findMissing(lines) ?? findConflict(lines) ?? findMessage(lines) ?? {kind: 'unknown'};
}

function findMissing(lines: readonly string[]): BuildFailure | undefined {
	for (const line of lines) {
		const found = /^ERROR: Could not find a version that satisfies the requirement (?<requirement>.+?)(?: \(from (?<from>(?!versions:)[^()]*)\))? \(from versions: /.exec(line);
		if (found) {
			return {kind: 'missing', requirement: found.groups!.requirement!, requiredBy: found.groups!.from ?? ''};
		}
	}

	return undefined;
}

function findConflict(lines: readonly string[]): BuildFailure | undefined {
	const start = lines.indexOf('The conflict is caused by:');
	if (start === -1) {
		return undefined;
	}

	const causes = lines.slice(start + 1, lines.indexOf('', start + 1)).map(line => line.trim());
	const unavailable = lines.findIndex(line => line.includes('no matching distributions available'));
	const missing = unavailable === -1 ? '' : lines[unavailable + 1]?.trim() ?? '';
	const name = missing.toLowerCase().replaceAll(/[-_.]+/g, '-');
	for (const cause of causes) {
		const found = /^(?<by>\S+) \S+ depends on (?<requirement>.+)$/.exec(cause);
		if (found && name !== '' && found.groups!.requirement!.toLowerCase().replaceAll(/[-_.]+/g, '-').startsWith(name)) {
			return {kind: 'missing', requirement: found.groups!.requirement!, requiredBy: found.groups!.by!};
		}
	}

	return {kind: 'conflict', causes};
}

function findMessage(lines: readonly string[]): BuildFailure | undefined {
	const found = lines.findLast(line => line.startsWith('install: '));
	// What apt-get says comes before that, and says more.
	const reasons = lines.filter(line => line.startsWith('E: ')).map(line => line.slice('E: '.length));
	return found === undefined ? undefined : {kind: 'installer', message: [found.slice('install: '.length), ...new Set(reasons)].join('\n')};
}
