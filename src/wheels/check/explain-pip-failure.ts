/** What pip said, with what it does not say: who asks for what lacks. Pure. */
import {normalizeName, type Target} from '../../python/index.js';
import {createFollower, formatGap, type Members} from '../tarball/closure.js';

/** A line that names what pip stumbled over. */
const culprits = [
	/satisfies the requirement (?<name>[\w.\-]+)/v,
	/No matching distribution found for (?<name>[\w.\-]+)/v,
	/Package '(?<name>[\w.\-]+)' requires a different Python/v,
	/\S depends on (?<name>[\w.\-]+)/v,
	/(?:has requirement|\S requires) (?<name>[\w.\-]+)[^,]*, (?:but you have|which is not installed)/v,
	/(?<name>[\w.\-]+)-[^\s\-]+-\S+\.whl is not a supported wheel/v,
] as const;

/** pip's lines of more than this are in the log. */
const longest = 20;

/**
@param output of pip.
@returns lines: the chains of requirements to what lacks, then what pip said of it.
*/
export function explainPipFailure(output: string, {requirements, members, target}: {readonly requirements: readonly string[]; readonly members: Members; readonly target: Target}): string {
	const {chains, gaps} = createFollower(members, target)(requirements);
	const lines = output.split('\n').filter(line => line.trim() !== '');
	const named = new Set(lines.flatMap(line => culprits.map(pattern => pattern.exec(line)?.groups?.name).filter(name => name !== undefined)));
	const asked = gaps.length > 0
		? []
		: [...named].flatMap(name => {
			const chain = chains.get(normalizeName(name));
			return chain ? [`asked for by ${chain.join(' -> ')}`] : [];
		});
	const first = lines.findIndex(line => /^(?:ERROR|error):/v.test(line));
	const said = first === -1 ? lines.slice(-longest) : lines.slice(first).slice(0, longest);
	return [...gaps.map(gap => formatGap(gap)), ...asked, ...said.map(line => `pip: ${line}`)].join('\n');
}
