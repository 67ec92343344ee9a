/** What --offline forbids of a plan, known before anything is started. Pure. */
import {BuildError} from '../errors.js';
import type {Step} from '../plan/index.js';

/** What a step asks the network for, whatever is in the store; undefined where it may do without, or says so itself. */
function networkOf({kind, inputs}: Step): string | undefined {
	switch (kind) {
		case 'base.bootstrap':
		case 'base.image':
		case 'wheels.builder': {
			return 'Debian\'s packages';
		}

		case 'image.build': {
			const {builder, dialect, buildArgs} = inputs as {readonly builder: string; readonly dialect?: string; readonly buildArgs?: Readonly<Record<string, string>>};
			// LOCI asks for Debian's lists of packages in each build, our own installer only where there are packages to install.
			return builder === 'loci' && (dialect !== 'builtin' || (buildArgs?.DIST_PACKAGES ?? '') !== '') ? 'Debian\'s packages' : undefined;
		}

		default: {
			return undefined;
		}
	}
}

/** @returns BuildError STX0306 for a step that cannot be run without the network. */
export function refuseNetwork(step: Step): BuildError | undefined {
	const wanted = networkOf(step);
	return wanted === undefined ? undefined : new BuildError('STX0306', `the step \`${step.title}\` has to be done, which asks the network for ${wanted}, and --offline is given`, {hint: 'run once without --offline: what is made then is kept'});
}
