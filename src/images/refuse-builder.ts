import {BuildError} from '../errors.js';
import {locationOf, type Directive} from './directives/directive.js';

/** @throws BuildError STX0607 for the builders that only StarlingX's own tools run so far. */
export function refuseBuilder(directive: Directive): void {
	if (directive.builder !== 'loci') {
		throw new BuildError('STX0607', `\`${directive.label}\` asks for the builder \`${directive.builder}\`, and stx-build builds with \`loci\` only`, {
			at: locationOf(directive, 'BUILDER'), hint: `leave it out with --skip ${directive.label}, and build it with StarlingX's build-stx-images.sh`,
		});
	}
}
