import {withTemporaryFolder, type RunResult} from '../system/index.js';
import {createDocker} from './docker.js';
import {lastLines} from './engine-error.js';
import {parseDockerInfo} from './parse-inspect.js';
import {dockerTrial, dockerVariables} from './plan-docker.js';
import {
	attempt, isWell, trialSeconds, type Trial, type TrialOptions,
} from './trial.js';

/** Has docker's daemon build nothing. */
export async function tryDocker({run, signal}: TrialOptions): Promise<Trial> {
	const limits = {timeoutSeconds: trialSeconds, ...(signal && {signal})};
	let failure: Trial | undefined;
	// The distribution's client goes with the distribution's daemon; another one on PATH may want a plugin that is not there.
	for (const program of ['/usr/bin/docker', 'docker']) {
		// What buildx makes of a Dockerfile on standard input it leaves behind.
		const result = await withTemporaryFolder('trial', async folder => attempt(run({argv: [program, ...dockerTrial.args], env: {...dockerVariables, TMPDIR: folder}, input: dockerTrial.input}, limits)));
		if (typeof result !== 'string' && result.exitCode === 0) {
			const info = await run({argv: [program, 'info', '--format', '{{json .}}']}, limits);
			if (!isWell(info)) {
				return explain(info);
			}

			const facts = parseDockerInfo(info.stdout);
			if (facts === undefined) {
				return {name: 'docker', reason: `\`${program}\` is another engine under docker's name`, hint: 'ask for it by its own name (--engine podman)'};
			}

			return {name: 'docker', engine: createDocker({run, program, facts: {program, ...facts}})};
		}

		failure ??= typeof result === 'string' ? undefined : explain(result);
	}

	return failure ?? {name: 'docker', reason: 'it is not installed', hint: 'apt-get install docker.io'};
}

function explain(result: RunResult): Trial {
	const name = 'docker';
	const says = (words: RegExp): boolean => words.test(result.output);
	if (result.timedOut) {
		return {name, reason: `its daemon does not answer within ${trialSeconds} s`, hint: 'restart the docker daemon'};
	}

	if (says(/cannot connect to the docker daemon|is the docker daemon running|connection refused/i)) {
		return {name, reason: 'no daemon answers', hint: 'start the docker daemon'};
	}

	if (says(/permission denied/i)) {
		return {name, reason: 'its daemon may not be used by this user', hint: 'use sudo, or add the user to the group docker'};
	}

	if (says(/buildx component is missing|unknown flag: --output/i)) {
		return {name, reason: 'its client has no BuildKit', hint: 'apt-get install docker-buildx'};
	}

	return {name, reason: lastLines(result.output, 1) || `exit code ${result.exitCode}`, hint: 'mend docker'};
}
