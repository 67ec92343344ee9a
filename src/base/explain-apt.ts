import {BuildError} from '../errors.js';
import type {RunOptions, RunResult} from '../system/index.js';

/** What apt, or a program that calls it, says when the repositories or the disk are to blame; undefined for anything else. */
export function explainApt({output, timedOut}: RunResult, {logFile}: RunOptions = {}): BuildError | undefined {
	// The program's help, which it prints when it is called wrongly, has all the words below in it.
	const complaints = output.split('\n').filter(line => /^(?:e|w|err):/i.test(line));
	const says = (words: RegExp): boolean => complaints.some(line => words.test(line));
	const lines = complaints.slice(0, 6).join('\n');
	const at = logFile === undefined ? {} : {at: {file: logFile}};
	if (/no space left on device/i.test(output)) {
		return new BuildError('STX0905', 'the disk is full', {...at, hint: 'free some room in /var/tmp'});
	}

	if (says(/no_pubkey|is not signed|gpg error|expkeysig|badsig|invalid signature/i)) {
		return new BuildError('STX0502', `the release files are not signed with Debian's keys\n${lines}`, {...at, hint: 'a new release needs new keys: apt-get install debian-archive-keyring; else do not trust this mirror'});
	}

	if (timedOut || says(/could not resolve|failed to fetch|unable to connect|connection (?:failed|timed out|refused)|does not have a release file|certificate verification failed/i)) {
		return new BuildError('STX0502', `a Debian mirror cannot be reached, or does not have what was asked for\n${lines}`, {...at, hint: 'check --debian-mirror, --os-codename, the proxies and --ca-bundle'});
	}

	return undefined;
}
