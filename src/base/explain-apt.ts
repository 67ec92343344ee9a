import {BuildError} from '../errors.js';
import type {RunOptions, RunResult} from '../system/index.js';

const mostComplaints = 6;

/** What apt, or a program that calls it, says when the repositories or the disk are to blame; undefined for anything else. */
export function explainApt({output, timedOut}: Pick<RunResult, 'output' | 'timedOut'>, {logFile}: RunOptions = {}): BuildError | undefined {
	// The program's help, which it prints when it is called wrongly, has all the words below in it.
	const complaints = complaintsOf(output);
	const says = (words: RegExp): boolean => complaints.some(line => words.test(line));
	const lines = complaints.slice(0, mostComplaints).join('\n');
	const at = logFile === undefined ? {} : {at: {file: logFile}};
	if (/no space left on device/i.test(output)) {
		return new BuildError('STX0905', 'the disk is full', {...at, hint: 'free some room in /var/tmp'});
	}

	if (says(/no_pubkey|is not signed|gpg error|expkeysig|badsig|invalid signature/i)) {
		return new BuildError('STX0502', `the release files are not signed with Debian's keys\n${lines}`, {...at, hint: 'a new release needs new keys: apt-get install debian-archive-keyring; else do not trust this mirror'});
	}

	if (timedOut || says(/could not resolve|failed to fetch|unable to connect|connection (?:failed|timed out|refused)|does not have a release file|certificate verification failed/i)) {
		return new BuildError('STX0502', `a Debian mirror cannot be reached, or does not have what was asked for\n${lines}`.trimEnd(), {...at, hint: 'check --debian-mirror, --os-codename, the proxies and --ca-bundle'});
	}

	return undefined;
}

/** What only says that something above went wrong. */
const empty = /^E: (?:Some index files failed to download|setup failed: E: apt-get |mmdebstrap failed to run)/v;

/**
The lines that apt complains with, each thing once. Apt tells a failed fetch where it happens (`Err:1 URL`, with the
reason in the next line), again for each file at the end (`E: Failed to fetch URL  reason`), and in an image build the
program around it may put times in front of its lines, or print their end twice.
*/
export function complaintsOf(output: string): readonly string[] {
	const lines = output.split('\n').map(line => line.replace(/^#\d+ [\d.]+ /v, '').trimEnd());
	const atEnd = lines.filter(line => /^[EW]: /v.test(line) && !empty.test(line));
	const complaints = atEnd.length > 0 ? atEnd : lines.filter(line => /^err:/iv.test(line));
	const told = new Map<string, {readonly first: string; readonly count: number}>();
	for (const line of complaints) {
		const reason = /failed to fetch \S+ +(?<reason>\S.*)$/iv.exec(line)?.groups?.reason ?? line.replace(/^[EW]: /v, '');
		const earlier = told.get(reason);
		told.set(reason, {first: earlier?.first ?? line, count: (earlier?.count ?? 0) + (earlier?.first === line ? 0 : 1)});
	}

	return [...told.values()].map(({first, count}) => count === 1 ? first : `${first} (and ${count - 1} more)`);
}
