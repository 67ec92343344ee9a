/** Failures of engines, as errors that say what to do. */
import {BuildError, type ErrorCode} from '../errors.js';
import type {
	Command, Runner, RunOptions, RunResult,
} from '../system/index.js';
import type {EngineName} from './engine.js';
import {registryOf} from './parse-reference.js';

/** The end of a program's output: what a person looks at first. */
export function lastLines(output: string, count: number): string {
	return output.trimEnd().split('\n').slice(-count).join('\n');
}

/** BuildKit ends with the output of the instruction that failed, between two lines of hyphens: it is above already. */
const withoutQuote = (output: string): string => output.replace(/^-{6}\n > \[[^\n]*\n(?:[^\n]*\n)*?-{6}\n/mv, '');

/**
Runs a command of an engine that must succeed.

@param failure what to say when it does not, as `engineFailure` wants it; with the code STX0704 unless another is named.
@throws BuildError with that code and the end of what was printed.
*/
export async function runEngine(run: Runner, command: Command, failure: string | {readonly code: ErrorCode; readonly what: string}, options: RunOptions = {}): Promise<RunResult> {
	const result = await run(command, options);
	if (result.exitCode !== 0) {
		const {code, what} = typeof failure === 'string' ? {code: 'STX0704' as const, what: failure} : failure;
		throw engineFailure(code, what, result, options);
	}

	return result;
}

/** @param what the sentence about it, without its end: `the image could not be built`. */
export function engineFailure(code: ErrorCode, what: string, result: RunResult, options: RunOptions = {}): BuildError {
	const at = options.logFile === undefined ? {} : {at: {file: options.logFile}};
	if (/no space left on device/i.test(result.output)) {
		return new BuildError('STX0905', `${what}: the disk is full`, {...at, hint: 'free some room where the engine keeps its images, and in /var/tmp'});
	}

	const why = result.timedOut ? `it took longer than ${options.timeoutSeconds ?? 0} s` : `exit code ${result.exitCode}`;
	return new BuildError(code, `${what}: ${why}\n${lastLines(withoutQuote(result.output), 20)}`.trimEnd(), at);
}

/** Says what to do about a registry. @param verb `fetched from` or `sent to` @param engine docker has a daemon, which has settings of its own. */
export function registryFailure(verb: 'fetched from' | 'sent to', reference: string, result: RunResult, engine: EngineName): BuildError {
	const registry = registryOf(reference);
	const why = lastLines(result.output, 3);
	return new BuildError('STX0706', `\`${reference}\` could not be ${verb} its registry\n${why}`, {hint: hintOf(why, registry, engine)});
}

function hintOf(why: string, registry: string, engine: EngineName): string {
	if (/x509|certificate/i.test(why)) {
		return engine === 'docker'
			? `put the certificate of its authority into /etc/docker/certs.d/${registry}/ca.crt, which the docker daemon reads`
			: 'name a file with the certificate of its authority: --ca-bundle';
	}

	if (/server gave http response to https client/i.test(why)) {
		return engine === 'docker'
			? 'it speaks no TLS: if that is meant so, add it to `insecure-registries` in /etc/docker/daemon.json, and restart the docker daemon'
			: `it speaks no TLS: if that is meant so, say \`insecure = true\` for \`${registry}\` in /etc/containers/registries.conf`;
	}

	if (/unauthorized|denied|authentication required|no basic auth/i.test(why)) {
		return `log in with \`${engine} login ${registry}\`, or check the name`;
	}

	return /manifest unknown|not found|does not exist/i.test(why) ? 'check the name and the tag' : `check that ${registry} can be reached, and the proxies`;
}

/** @throws BuildError STX0003 when the work was interrupted before it began */
export function refuseInterrupted({signal}: RunOptions): void {
	if (signal?.aborted) {
		throw new BuildError('STX0003', 'interrupted before a container was made', {cause: signal.reason});
	}
}

export function notInEngine(image: string, engine: string): BuildError {
	return new BuildError('STX0705', `${engine} has no image \`${image}\``, {hint: 'it may have been removed: run the same command again, and what is missing is built anew'});
}
