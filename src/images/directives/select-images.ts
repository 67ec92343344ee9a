import picomatch from 'picomatch';
import {BuildError, throwProblems} from '../../errors.js';
import {nearNames} from '../../near-names.js';
import {valueOf, type Directive} from './directive.js';
import type {BarrenDirectory} from './find-directives.js';

export type ImageSelection = {
	/** Names of the images to take, as written: comma lists and globs. All images when it is empty. */
	readonly only?: readonly string[];
	/** Names of the images to leave out. */
	readonly skip?: readonly string[];
	/** Whether it may be that none is left: wheels are also made for no image. */
	readonly mayBeEmpty?: boolean;
	/** Images that are only taken by a name that none of the others has. */
	readonly spare?: readonly Directive[];
	/** Directories of a checkout that have no image for this release. */
	readonly barren?: readonly BarrenDirectory[];
};

/** The names an image answers to: its label, with and without `stx-`, and its project, as in StarlingX. */
const namesOf = (directive: Directive): readonly string[] => [...new Set([...withAndWithoutPrefix(directive.label), valueOf(directive, 'PROJECT')])].filter(name => name !== '');

const withAndWithoutPrefix = (label: string): readonly string[] => [label, label.startsWith('stx-') ? label.slice(4) : `stx-${label}`];

/**
Chooses images by name.

@param selection each text may be a comma list; a name may be a glob.
@returns the chosen directives, in the order of `directives`, then of `spare`.
@throws BuildError STX0606 for each name that no image has, and when nothing is left that must be.
*/
export function selectImages(directives: readonly Directive[], {only = [], skip = [], mayBeEmpty = false, spare = [], barren = []}: ImageSelection): readonly Directive[] {
	const problems: BuildError[] = [];
	const named = (texts: readonly string[], isWanted: boolean): ReadonlySet<Directive> => {
		const words = texts.flatMap(text => text.split(',')).map(word => word.trim()).filter(word => word !== '');
		return new Set(words.flatMap(word => {
			const matches = picomatch(word);
			const matching = (among: readonly Directive[]): readonly Directive[] => among.filter(directive => namesOf(directive).some(name => matches(name)));
			const own = matching(directives);
			const lacking = own.length > 0 ? [] : barren.filter(({images}) => images.some(image => withAndWithoutPrefix(image).some(name => matches(name))));
			const found = own.length === 0 && lacking.length === 0 ? matching(spare) : own;
			if (found.length === 0) {
				// An image of another release need not be there to be left out.
				problems.push(...(lacking.length === 0 ? [unknownImage(word, [...directives, ...spare])] : lacking.filter(() => isWanted).map(directory => absentImage(word, directory))));
			}

			return found;
		}));
	};

	const taken = named(only, true);
	const skipped = named(skip, false);
	throwProblems(problems);
	const all = only.join('').replaceAll(/[\s,]/g, '') === '';
	const selected = [...directives, ...spare].filter(directive => (all ? directives.includes(directive) : taken.has(directive)) && !skipped.has(directive));
	if (selected.length === 0 && !mayBeEmpty) {
		throw new BuildError('STX0606', directives.length === 0 ? 'there are no images' : 'no image is left to build', {
			hint: directives.length === 0 ? 'add build-config/images/<service>.ini, or name a file with --directive' : 'name fewer images with --skip, or others with --service',
		});
	}

	return selected;
}

/** Whether one of these directories should have this image, and has it not. */
export const isLacking = ({label}: Directive, barren: readonly BarrenDirectory[]): boolean => barren.some(({images}) => images.some(image => withAndWithoutPrefix(image).includes(label)));

/** A directory of a checkout without an image, in a sentence. */
export function tellBarren({directory, folder, orIn, releases}: BarrenDirectory): string {
	return `\`${directory}\` has no directive file in \`${folder}\`${orIn === undefined ? '' : ` or \`${orIn}\``}${releases.length === 0 ? '' : `, only for ${releases.map(release => `\`${release}\``).join(', ')}`}`;
}

const absentImage = (word: string, directory: BarrenDirectory): BuildError => new BuildError('STX0606', `there is no image \`${word}\` of this release and stream: ${tellBarren(directory)}`, {
	at: directory.at, hint: 'add its directive file there, or choose another --os-codename or --stream',
});

function unknownImage(word: string, directives: readonly Directive[]): BuildError {
	const labels = directives.map(({label}) => label);
	const byName = new Map(directives.flatMap(directive => namesOf(directive).map(name => [name, directive.label] as const)));
	const near = [...new Set(nearNames(word, [...byName.keys()]).map(name => byName.get(name)!))];
	return new BuildError('STX0606', `there is no image \`${word}\``, {
		hint: near.length > 0 ? `did you mean ${near.map(label => `\`${label}\``).join(' or ')}?` : (labels.length > 0 ? `there are ${labels.map(label => `\`${label}\``).join(', ')}` : 'add build-config/images/<service>.ini, or name a file with --directive'),
	});
}
