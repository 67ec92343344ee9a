/** From LOCI's own Dockerfile to the one that is built. Pure. */
import {BuildError, type SourceLocation} from '../../errors.js';
import {listInstructions, type Instruction} from '../dockerfile/parse-dockerfile.js';
import {argumentOf} from '../dockerfile/parse-dockerfile-arguments.js';

/** What LOCI's Dockerfile may say, and what takes the place of it. */
export type Derivation = {
	/** The instructions besides ARG and ENV, in their order: it is known what each is for. */
	readonly instructions: readonly string[];
	/** What the derived Dockerfile ends with: what these instructions are for, done our way. */
	readonly part: string;
	/** Of the dialect, for messages. */
	readonly dialect: string;
};

const opening = `# Derived from the Dockerfile of openstack/loci. There is one stage and no \`# syntax\` line, so that BuildKit from Docker 20.10
# on and Buildah from 1.28 on build it without fetching anything but the base image.
`;

/**
LOCI's build arguments and variables stay as they are, in one stage from the base image; everything else is left out, and
the dialect's own part added. So nothing of LOCI's tree, of the wheels and of the sources is copied into a layer.

@param place of LOCI's Dockerfile, with a line for messages.
@throws BuildError STX0615 when LOCI's Dockerfile says more, less, or something else than the dialect knows: the image
would lack it.
*/
export function deriveDockerfile(text: string, {instructions, part, dialect}: Derivation, place: (line: number) => SourceLocation): string {
	const all = listInstructions(text);
	refuseUnknown(all.filter(({name}) => name !== 'ARG' && name !== 'ENV'), {instructions, dialect, place});
	const first = all.findIndex(({name}) => name === 'FROM');
	const base = all.slice(0, first).find(({name, text: rest}) => name === 'ARG' && argumentOf(rest).name === 'FROM');
	const kept = all.slice(first).filter(({name}) => name === 'ARG' || name === 'ENV').map(({name, text: rest}) => `${name} ${rest}`);
	return `${opening}ARG ${base?.text ?? 'FROM'}\nFROM \${FROM}\n\n${kept.join('\n')}\n${part}`;
}

function refuseUnknown(found: readonly Instruction[], {instructions, dialect, place}: Pick<Derivation, 'instructions' | 'dialect'> & {readonly place: (line: number) => SourceLocation}): void {
	const written = found.map(({name, text}) => `${name} ${text}`.replaceAll(/\s+/gv, ' '));
	const index = Array.from({length: Math.max(written.length, instructions.length)}, (_, at) => at).find(at => written[at] !== instructions[at]);
	if (index === undefined) {
		return;
	}

	const [is, known] = [written[index], instructions[index]];
	throw new BuildError('STX0615', is === undefined
		? `LOCI's Dockerfile has no \`${known!}\` any more, and the dialect \`${dialect}\` does not know how to build without`
		: `LOCI's Dockerfile has \`${is}\`, and the dialect \`${dialect}\` ${known === undefined ? 'does not know it' : `knows \`${known}\` there`}`, {
		at: place((found[index] ?? found.at(-1))?.line ?? 1), hint: 'build with the commit that the dialect is made for (leave `loci-ref` out), or with another dialect',
	});
}
