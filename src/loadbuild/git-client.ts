import {createGit, type Git} from '../system/index.js';
import type {Settings} from '../workspace/index.js';
import type {Effects} from './request.js';

/** Git, reaching hosts as the settings say. */
export const createGitClient = (settings: Settings, {run, store, retry}: Pick<Effects, 'run' | 'store' | 'retry'>): Git =>
	createGit({
		run, store, retry, cache: settings.cache, network: settings,
	});
