/** Which images count: those of a checkout of StarlingX, of the user, and of the package. */
import path from 'node:path';
import type {Directive} from './directive.js';
import type {BarrenDirectory, FoundDirectives} from './find-directives.js';
import {isLacking, selectImages, tellBarren} from './select-images.js';

export type ImageChoice = {
	/** Names of the images to take and to leave out, as `selectImages` takes them. */
	readonly only?: readonly string[] | undefined;
	readonly skip?: readonly string[] | undefined;
	readonly mayBeEmpty?: boolean;
	/** Directive files that the request names, absolute. */
	readonly named: readonly string[];
	/** The folder with the package's own images. */
	readonly ofPackage: string;
	/** What the checkout has; undefined where there is none. */
	readonly found: FoundDirectives | undefined;
};

export type ChosenImages = {
	readonly directives: readonly Directive[];
	/** What StarlingX's tools pass over in silence, and what is taken from the package in the place of the checkout. */
	readonly notes: readonly string[];
};

/**
The images that a request is about. With a checkout of StarlingX these are its own and the user's. Those of the package
count where one is named that the checkout does not have, and where the checkout has none at all; a note tells it.

@param all as `readDirectives` gives them.
@throws BuildError STX0606 as `selectImages` does
*/
export function chooseImages(all: readonly Directive[], {only = [], skip = [], mayBeEmpty = false, named, ofPackage, found}: ImageChoice): ChosenImages {
	// Who names directive files and no service means these files.
	if (only.length === 0 && named.length > 0) {
		return {directives: selectImages(all.filter(({file}) => named.includes(file)), {skip, mayBeEmpty}), notes: []};
	}

	if (found === undefined) {
		return {directives: selectImages(all, {only, skip, mayBeEmpty}), notes: []};
	}

	const {files, barren} = found;
	const isSpare = ({file}: Directive): boolean => path.dirname(file) === ofPackage && !named.includes(file);
	const takesSpare = only.length === 0 && files.length === 0;
	const directives = selectImages(all.filter(directive => !isSpare(directive) || (takesSpare && !isLacking(directive, barren))), {
		only, skip, mayBeEmpty, barren, spare: takesSpare ? [] : all.filter(directive => isSpare(directive)),
	});
	return {
		directives,
		notes: [...only.length === 0 ? tellAllBarren(barren) : [], ...tellSpare(directives.filter(directive => isSpare(directive)))],
	};
}

/** So many are told one by one. */
const most = 5;

function tellAllBarren(barren: readonly BarrenDirectory[]): readonly string[] {
	const told = barren.slice(0, most).map(directory => `${tellBarren(directory)} (${directory.at.file}:${directory.at.line})`);
	const more = barren.slice(most);
	return more.length === 0 ? told : [...told, `the same holds for ${more.map(({directory, at}) => `\`${directory}\` (${at.file}:${at.line})`).join(', ')}`];
}

function tellSpare(taken: readonly Directive[]): readonly string[] {
	const labels = taken.slice(0, most).map(({label}) => `\`${label}\``).join(', ');
	const others = taken.length > most ? ` and ${taken.length - most} more` : '';
	return taken.length === 0 ? [] : [`${labels}${others}: taken from the package, since the checkout has no directive file for this release and stream`];
}
