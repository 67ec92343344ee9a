/** Which [verify] an image is tried with. Pure. */
import type {Directive, ImageChecks} from './directive.js';

/**
Gives a directive its [verify]. That of a file with nothing else counts before all others: the first one's with the label.
StarlingX's directive files have none, and get that of an image of the same label and builder.

@param checks those that come first are preferred.
@param images in which one is looked for, those that come first preferred.
*/
export function assignVerify(directive: Directive, {checks, images}: {readonly checks: readonly ImageChecks[]; readonly images: readonly Directive[]}): Directive {
	const own = checks.find(({label}) => label === directive.label);
	if (own) {
		return {...directive, verify: own.verify, verifyFile: own.file};
	}

	const other = directive.file.endsWith('.ini') ? undefined : images.find(({label, builder, verifyFile}) => label === directive.label && builder === directive.builder && verifyFile !== undefined);
	return other?.verifyFile === undefined ? directive : {...directive, verify: other.verify, verifyFile: other.verifyFile};
}
