/** Whether LOCI can be had from where the settings say that it is. */
import {stat} from 'node:fs/promises';
import {BuildError} from '../errors.js';
import {isCommitId, isRepositoryUrl} from '../git-url.js';
import {maskSecrets} from '../mask-secrets.js';
import type {Store} from '../plan/index.js';
import {createGit, type Runner} from '../system/index.js';
import type {Settings} from '../workspace/index.js';
import type {Finding} from './finding.js';

type LociSettings = Pick<Settings, 'dialect' | 'loci' | 'lociRef' | 'cache' | 'offline' | 'caBundle' | 'httpProxy' | 'httpsProxy' | 'noProxy'>;

type LociCheckEffects = {readonly run: Runner; readonly store: Store; readonly signal: AbortSignal};

/** Longer than a host that answers takes, and shorter than anyone waits for a list of findings. */
const patience = 20_000;

const name = 'LOCI';

/**
Asks the host of LOCI's repository once, or looks for its folder. What is wrong is in the finding: a host that does not
answer keeps nobody from building with the dialect that needs none, a setting that names nothing is wrong in any case.

@param milliseconds after which a host that is silent counts as one that does not answer.
*/
export async function checkLoci(settings: LociSettings, effects: LociCheckEffects, milliseconds = patience): Promise<Finding> {
	const {dialect, loci, offline} = settings;
	if (dialect === 'builtin') {
		return {name, ok: true, detail: 'not used: the dialect builtin needs no git host'};
	}

	const detail = maskSecrets(loci);
	if (!isRepositoryUrl(loci)) {
		return await stat(loci).then(found => found.isDirectory(), () => false)
			? {name, ok: true, detail}
			: {
				name, ok: false, detail: `${detail} is no folder`, hint: 'name a checkout of openstack/loci, or its URL, with --loci; --dialect builtin needs none',
			};
	}

	return offline ? {name, ok: true, detail: `${detail} is not asked: --offline`} : askHost(settings, effects, milliseconds);
}

async function askHost({loci, lociRef, cache, ...network}: LociSettings, {run, store, signal}: LociCheckEffects, milliseconds: number): Promise<Finding> {
	const detail = maskSecrets(loci);
	const deadline = AbortSignal.timeout(milliseconds);
	const git = createGit({
		run, store, cache, network, retry: {limit: 0, delay: () => undefined},
	});
	try {
		// Whether a host has a commit shows only when it is fetched.
		const isNamed = lociRef !== undefined && !isCommitId(lociRef);
		await git.resolve(loci, isNamed ? lociRef : 'HEAD', {signal: AbortSignal.any([signal, deadline])});
		return {name, ok: true, detail: isNamed ? `${detail}, ${lociRef}` : detail};
	} catch (error) {
		signal.throwIfAborted();
		if (error instanceof BuildError && error.code === 'STX0912') {
			return {
				name, ok: false, detail: `${detail}: ${error.message}`, hint: 'correct --loci-ref, or leave it out for the commit that the dialect is made for',
			};
		}

		const why = deadline.aborted ? `\`${detail}\` does not answer` : (error instanceof Error ? maskSecrets(error.message) : String(error));
		return {
			name, ok: false, detail: why, only: 'images with LOCI', hint: 'unless the store has it already, images with LOCI cannot be built: check the network and the proxies, name a mirror with --loci, or build with --dialect builtin, which needs no git host',
		};
	}
}
