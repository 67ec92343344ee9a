/** What an image that is not built with LOCI is made from, as far as can be said before its build. Pure. */
import {parseDockerfile} from '../dockerfile/parse-dockerfile.js';
import type {BuilderSource} from './builder-source.js';

/** Whether it is given the wheels tarball of the workspace: its Dockerfile takes `WHEELS`. */
export const takesWheels = (source: BuilderSource): boolean =>
	source.kind === 'folder' ? parseDockerfile(source.text).arguments.has('WHEELS') : source.kind === 'repository' && source.takesWheels;

/** Whether it is given the base image. A Dockerfile that is not here yet may take it. */
export const takesBase = (source: BuilderSource): boolean => source.kind !== 'folder' || parseDockerfile(source.text).arguments.has('BASE');
