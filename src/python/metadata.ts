import {BuildError, throwProblems, type SourceLocation} from '../errors.js';
import {isName} from './name.js';
import {tryParseVersion} from './version.js';

/** The core metadata of a distribution, as far as stx-build uses it. */
export type Metadata = {
	readonly metadataVersion: string;
	readonly name: string;
	readonly version: string;
	/** Requirements as written, unfolded. */
	readonly requiresDist: readonly string[];
	readonly requiresPython?: string;
	readonly providesExtra: readonly string[];
	/** Names of the fields that an sdist leaves open (metadata 2.2 and later), in lower case. */
	readonly dynamic: readonly string[];
};

/**
The headers of a METADATA or PKG-INFO file, by their names in lower case, in the order written. They end at the first
empty line, or, as in Python's `email`, at the first line that is no header.
*/
function parseHeaders(text: string): ReadonlyMap<string, readonly string[]> {
	const headers = new Map<string, string[]>();
	let values: string[] | undefined;
	for (const line of text.replace(/^\uFEFF/, '').split(/\r\n|[\r\n]/)) {
		if (values && /^[ \t]+\S/.test(line)) {
			// A folded line goes on with the one before.
			values.push(`${values.pop()!} ${line.trim()}`.trim());
			continue;
		}

		if (values && /^[ \t]+$/.test(line)) {
			continue;
		}

		const header = /^([!-9;-~]+):(.*)$/.exec(line);
		if (!header) {
			break;
		}

		const name = header[1]!.toLowerCase();
		values = headers.get(name) ?? [];
		headers.set(name, values);
		values.push(header[2]!.trim());
	}

	return headers;
}

/**
Reads core metadata: the METADATA file of a wheel, the PKG-INFO file of an sdist.

@param text the whole file; of the description nothing is kept.
@param at the file or URL it comes from, for the errors.
@throws BuildError STX0207, all problems at once: a field that must be there is missing, doubled or malformed.
*/
export function parseMetadata(text: string, at?: SourceLocation): Metadata {
	const headers = parseHeaders(text);
	const problems: BuildError[] = [];
	const report = (message: string) => {
		problems.push(new BuildError('STX0207', message, at && {at}));
	};

	const all = (field: string): readonly string[] => headers.get(field.toLowerCase()) ?? [];
	const required = (field: string, isValid: (value: string) => boolean): string => {
		const [value, ...others] = all(field);
		if (value === undefined) {
			report(`the metadata has no field ${field}`);
		} else if (others.length > 0) {
			report(`the metadata has ${others.length + 1} fields ${field} (${[value, ...others].map(each => `\`${each}\``).join(', ')}) instead of one`);
		} else if (!isValid(value)) {
			report(`the metadata's field ${field} has the value \`${value}\`, which it cannot have`);
		}

		return value ?? '';
	};

	const metadataVersion = required('Metadata-Version', value => /^\d+\.\d+$/.test(value));
	const name = required('Name', isName);
	const version = required('Version', value => tryParseVersion(value) !== undefined);
	throwProblems(problems);
	const requiresPython = all('Requires-Python')[0];
	return {
		metadataVersion,
		name,
		version,
		requiresDist: all('Requires-Dist'),
		...(requiresPython !== undefined && requiresPython !== '' && {requiresPython}),
		providesExtra: all('Provides-Extra'),
		dynamic: all('Dynamic').map(field => field.toLowerCase()),
	};
}
