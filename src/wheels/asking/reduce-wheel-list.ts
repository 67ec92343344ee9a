/** A wheel list without what the constraints say anyway. Pure. */
import {
	compareVersions, constraintFor, tryParseVersion, type ConstraintFile, type Target,
} from '../../python/index.js';
import type {WheelListEntry} from '../inputs/inputs.js';
import type {Finding} from '../inputs/parse-wheel-line.js';
import {parseWheelList} from '../inputs/parse-wheel-list.js';

export type ReducedList = {
	/** The list as it is to be written. */
	readonly text: string;
	/** Lines that repeat a constraint. */
	readonly dropped: readonly WheelListEntry[];
	/** Lines that stay: for a version of their own, for what no constraint names, or for their source. */
	readonly kept: ReadonlyArray<WheelListEntry & {readonly because: 'version' | 'extra' | 'source'; readonly constraint?: string}>;
	/** What is wrong with lines. They stay as they are. */
	readonly findings: readonly Finding[];
};

/** Hosts of PyPI's files: what is there is what an index gives. */
const indexHosts = new Set(['files.pythonhosted.org', 'pypi.python.org', 'pypi.org']);

/**
Leaves out each line with the version that the constraints have and a file of PyPI: without it the index is asked for the
same. Comments stay; one that stands right above lines that all go, goes with them, if it is not the head of the file.

@param file name for messages.
*/
export function reduceWheelList(text: string, file: string, {target, constraints}: {readonly target: Target; readonly constraints: ConstraintFile}): ReducedList {
	const {entries, findings} = parseWheelList(text, file, target);
	const wrong = new Set(findings.filter(({severity}) => severity === 'error').map(({at}) => at.line));
	const judged = entries.filter(({at}) => !wrong.has(at.line)).map(entry => ({...entry, ...judge(entry, constraints, target)}));
	const dropped = judged.filter(({because}) => because === undefined);
	return {
		text: leaveOut(text, new Set(dropped.map(({at}) => at.line))),
		dropped,
		kept: judged.flatMap(({because, ...entry}) => because === undefined ? [] : [{...entry, because}]),
		findings,
	};
}

function judge({name, version, type, url}: WheelListEntry, constraints: ConstraintFile, target: Target): {readonly because?: 'version' | 'extra' | 'source'; readonly constraint?: string} {
	const constraint = constraintFor(constraints, name, target);
	if (!constraint) {
		return {because: 'extra'};
	}

	const told = {constraint: `${constraint.name}${constraint.specifier}`};
	const isPin = constraint.operator === '===' || constraint.operator === '==';
	if (!isPin || !isSameVersion(constraint.version!, version)) {
		return {...told, because: 'version'};
	}

	return type === 'git' || !indexHosts.has(new URL(url).hostname) ? {...told, because: 'source'} : told;
}

/** What stands behind `===` may be any text. */
const isSameVersion = (a: string, b: string): boolean => a === b || (tryParseVersion(a) !== undefined && tryParseVersion(b) !== undefined && compareVersions(a, b) === 0);

type Kind = 'blank' | 'comment' | 'wheel';

/** Comments, and the wheels right below them. */
type Block = {readonly comments: number[]; readonly wheels: number[]};

/** Takes lines out, with the comments that were only about them, and blank lines that would then follow each other. */
function leaveOut(text: string, gone: ReadonlySet<number>): string {
	const lines = text.split(/\r?\n/v);
	const kinds = lines.map(line => kindOf(line));
	const blocks: Block[] = [{comments: [], wheels: []}];
	for (const [index, kind] of kinds.entries()) {
		const before = kinds[index - 1];
		if (kind === 'blank' || (kind === 'comment' && before === 'wheel')) {
			blocks.push({comments: [], wheels: []});
		}

		if (kind !== 'blank') {
			blocks.at(-1)![kind === 'comment' ? 'comments' : 'wheels'].push(index);
		}
	}

	const firstWheel = kinds.indexOf('wheel');
	const idle = new Set(blocks.filter(({wheels}) => wheels.length > 0 && wheels.every(index => gone.has(index + 1))).flatMap(({comments}) => comments).filter(index => index > firstWheel));
	const kept = lines.filter((_, index) => !gone.has(index + 1) && !idle.has(index));
	return `${kept.filter((line, index) => line.trim() !== '' || kept[index - 1]?.trim() !== '').join('\n').trim()}\n`;
}

const kindOf = (line: string): Kind => line.trim() === '' ? 'blank' : (line.trim().startsWith('#') ? 'comment' : 'wheel');
