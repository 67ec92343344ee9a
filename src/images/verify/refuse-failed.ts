/** The end of an image that was built and is not what it should be. Pure. */
import {BuildError} from '../../errors.js';
import type {Check} from '../image-steps.js';

const linesShown = 12;

export type Tried = {
	readonly label: string;
	/** The directive's file. */
	readonly directive: string;
	/** The file with the [verify] that it was tried with; null where there is none. */
	readonly specFile: string | null;
	readonly log: string;
};

/** @throws BuildError STX0612 when checks have failed, with what each says. */
export function refuseFailed(checks: readonly Check[], {label, directive, specFile, log}: Tried): void {
	const failed = checks.filter(({status}) => status === 'failed');
	if (failed.length === 0) {
		return;
	}

	const details = failed.map(({check, detail}) => `${check}: ${shorten(detail)}`.trimEnd().replaceAll('\n', '\n  '));
	const others = specFile === null || specFile === directive ? undefined : specFile;
	throw new BuildError('STX0612', `\`${label}\` was built, but ${failed.length} of ${checks.length} checks failed, and it has no tag\n${details.join('\n')}`, {
		at: [{file: directive}, ...(others === undefined ? [] : [{file: others}]), {file: log}],
		...(others !== undefined && {hint: `its [verify] is that of \`${others}\`; where that does not fit, a file of yours in build-config/images with \`LABEL = ${label}\` and another [verify], or an empty one, takes its place`}),
	});
}

/** The first line, which says what was expected, and the last ones; the log has all. */
function shorten(detail: string): string {
	const lines = detail.split('\n');
	return lines.length <= linesShown ? detail : [lines[0]!, '…', ...lines.slice(-linesShown)].join('\n');
}
