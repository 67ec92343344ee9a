/** Which LOCI: from the settings to a repository or a folder. Pure. */
import {isRepositoryUrl} from '../../git-url.js';
import type {Settings} from '../../workspace/index.js';

export type LociChoice = {readonly kind: 'git'; readonly url: string; readonly ref: string} | {readonly kind: 'folder'; readonly folder: string};

/** @param made the commit that the dialect is made for. */
export const chooseLoci = ({loci, lociRef}: Pick<Settings, 'loci' | 'lociRef'>, made: string): LociChoice =>
	isRepositoryUrl(loci) ? {kind: 'git', url: loci, ref: lociRef ?? made} : {kind: 'folder', folder: loci};
