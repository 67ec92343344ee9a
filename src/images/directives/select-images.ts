import picomatch from 'picomatch';
import {BuildError, throwProblems} from '../../errors.js';
import {valueOf, type Directive} from './directive.js';
import {nearNames} from '../../near-names.js';

export type ImageSelection = {
	/** Names of the images to take, as written: comma lists and globs. All images when it is empty. */
	readonly only?: readonly string[];
	/** Names of the images to leave out. */
	readonly skip?: readonly string[];
};

/** The names an image answers to: its label, with and without `stx-`, and its project, as in StarlingX. */
const namesOf = (directive: Directive): readonly string[] => [...new Set([
	directive.label,
	directive.label.startsWith('stx-') ? directive.label.slice(4) : `stx-${directive.label}`,
	valueOf(directive, 'PROJECT'),
])].filter(name => name !== '');

/**
Chooses images by name.

@param selection each text may be a comma list; a name may be a glob.
@returns the chosen directives, in the order of `directives`.
@throws BuildError STX0606 for each name that no image has, and when nothing is left.
*/
export function selectImages(directives: readonly Directive[], {only = [], skip = []}: ImageSelection): readonly Directive[] {
	const problems: BuildError[] = [];
	const named = (texts: readonly string[]): ReadonlySet<Directive> => {
		const words = texts.flatMap(text => text.split(',')).map(word => word.trim()).filter(word => word !== '');
		return new Set(words.flatMap(word => {
			const matches = picomatch(word);
			const found = directives.filter(directive => namesOf(directive).some(name => matches(name)));
			if (found.length === 0) {
				problems.push(unknownImage(word, directives));
			}

			return found;
		}));
	};

	const taken = named(only);
	const skipped = named(skip);
	throwProblems(problems);
	const all = only.join('').replaceAll(/[\s,]/g, '') === '';
	const selected = directives.filter(directive => (all || taken.has(directive)) && !skipped.has(directive));
	if (selected.length === 0) {
		throw new BuildError('STX0606', directives.length === 0 ? 'there are no images' : 'no image is left to build', {
			hint: directives.length === 0 ? 'add build-config/images/<service>.ini, or name a file with --directive' : 'name fewer images with --skip, or others with --service',
		});
	}

	return selected;
}

function unknownImage(word: string, directives: readonly Directive[]): BuildError {
	const labels = directives.map(({label}) => label);
	const byName = new Map(directives.flatMap(directive => namesOf(directive).map(name => [name, directive.label] as const)));
	const near = [...new Set(nearNames(word, [...byName.keys()]).map(name => byName.get(name)!))];
	return new BuildError('STX0606', `there is no image \`${word}\``, {
		hint: near.length > 0 ? `did you mean ${near.map(label => `\`${label}\``).join(' or ')}?` : (labels.length > 0 ? `there are ${labels.map(label => `\`${label}\``).join(', ')}` : 'add build-config/images/<service>.ini, or name a file with --directive'),
	});
}
