/** Options that are there because command lines of StarlingX's tools have them, and that change nothing here. */
import {Option} from 'clipanion';
import {BuildError} from '../errors.js';

/** Their names, by which the help puts them together. */
export const starlingxOptions: readonly string[] = ['--cache', '--keep-image', '--keep-container', '--os-version', '--wheels-py2', '--python2', '--local', '--hostname'];

export const cache = () => Option.Boolean('--cache', false, {description: 'nothing to do: what has not changed is never built again, and what has changed always is'});
export const keepImage = () => Option.Boolean('--keep-image', false, {description: 'nothing to do: the builder stays in the engine for the next time'});
export const keepContainer = () => Option.Boolean('--keep-container', false, {description: 'nothing to do: containers are always removed, and the logs of builds are kept'});
export const osVersion = () => Option.String('--os-version', {description: 'TEXT: nothing to do: wheels are built in the base image of the release'});
export const local = () => Option.Boolean('--local', false, {description: 'nothing to do: repositories are named with --repo and --repomgr-publish-url'});
export const hostname = () => Option.String('--hostname', {description: 'TEXT: nothing to do: repositories are named with --repo and --repomgr-publish-url'});
export const wheelsPython2 = () => Option.String('--wheels-py2,--wheels-alternate', {description: 'FILE|URL: refused: there are no images with Python 2'});
export const python2 = () => Option.Boolean('--python2', false, {description: 'refused: there are no wheels for Python 2'});

/** What a command was given of them. */
export type GivenOptions = {
	readonly cache?: boolean;
	readonly keepImage?: boolean;
	readonly keepContainer?: boolean;
	readonly osVersion?: string | undefined;
	readonly wheelsPython2?: string | undefined;
	readonly python2?: boolean;
	readonly local?: boolean;
	readonly hostname?: string | undefined;
	readonly noPullBase?: boolean;
	readonly base?: string | undefined;
	readonly push?: boolean;
	/** Options that say how to push, each with whether it was given. */
	readonly pushing?: Readonly<Record<string, boolean>>;
};

/**
@returns a sentence for each option that there is nothing to do for.
@throws BuildError STX0001 for an option that asks for Python 2.
*/
export function explainGiven({cache, keepImage, keepContainer, osVersion, wheelsPython2, python2, local, hostname, noPullBase, base, push = false, pushing = {}}: GivenOptions): readonly string[] {
	if (wheelsPython2 !== undefined || python2) {
		const option = python2 ? '--python2' : '--wheels-py2';
		throw new BuildError('STX0001', `${option} asks for Python 2, which stx-build makes neither wheels nor images for`, {hint: `leave ${option} out; a directive file with PYTHON3=no is built with StarlingX's own tools`});
	}

	return [
		...(cache ? ['--cache: nothing to do, since what has not changed is never built again'] : []),
		...(keepImage ? ['--keep-image: nothing to do, since the builder stays in the engine'] : []),
		...(keepContainer ? ['--keep-container: nothing to do, since no container outlives its build; see the logs'] : []),
		...(local ? ['--local: nothing to do, since repositories are named with --repo and --repomgr-publish-url'] : []),
		...(hostname === undefined ? [] : ['--hostname: nothing to do, since repositories are named with --repo and --repomgr-publish-url']),
		...(noPullBase && base === undefined ? ['--no-pull-base: nothing to do, since no --base is given'] : []),
		...Object.keys(pushing).filter(option => pushing[option] && !push).map(option => `${option}: nothing to do, since nothing is pushed without --push`),
		...(osVersion === undefined ? [] : ['--os-version: nothing to do, since wheels are built in the base image of --os-codename']),
	];
}
