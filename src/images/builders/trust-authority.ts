/**
How what runs in a build trusts the certificates of `--ca-bundle`: a file that only the build sees, and variables that
name it. Pure.
*/
import {listInstructions} from '../dockerfile/parse-dockerfile.js';

/** The variables by which programs find certificates: OpenSSL and what is made with Go or Rust, curl, Python's requests, pip, git, Node. */
export const trustingVariables = (file: string): Readonly<Record<string, string>> => Object.fromEntries(['SSL_CERT_FILE', 'CURL_CA_BUNDLE', 'REQUESTS_CA_BUNDLE', 'PIP_CERT', 'GIT_SSL_CAINFO', 'NODE_EXTRA_CA_CERTS'].map(name => [name, file]));

/** Where the steps of a Dockerfile have it: not where a Dockerfile has a secret `ca` of its own. */
const bundle = '/run/secrets/stx-build-ca';

/** Programs that know no variable for certificates know one for a configuration: the secret with each, and what it says. */
export const trustingFiles = [
	{id: 'stx-build-apt', variable: 'APT_CONFIG', text: `Acquire::https::CAInfo "${bundle}";\n`},
	{id: 'stx-build-wget', variable: 'WGETRC', text: `ca_certificate = ${bundle}\n`},
] as const;

const mounts = [{id: 'ca', target: bundle}, ...trustingFiles.map(({id}) => ({id, target: `/run/secrets/${id}`}))]
	.map(({id, target}) => `--mount=type=secret,id=${id},target=${target},mode=0444 `).join('');

const variables: Readonly<Record<string, string>> = {...trustingVariables(bundle), ...Object.fromEntries(trustingFiles.map(({id, variable}) => [variable, `/run/secrets/${id}`]))};

/**
Lets every RUN of a Dockerfile trust the certificates of the secret `ca`. It gets them mounted, and variables that name
them as build arguments of its stage: those hold for RUNs of all forms, and not for the image. What the Dockerfile has an
ENV for stays as that says, as engines have it; a variable that it names itself is left to it.
*/
export function trustAuthority(text: string): string {
	const declarations = Object.entries(variables).filter(([name]) => !text.includes(name)).map(([name, value]) => `ARG ${name}=${value}`);
	const lines = text.split('\n');
	let isDeclared = false;
	for (const {name, line} of listInstructions(text)) {
		if (name === 'FROM') {
			isDeclared = false;
		} else if (name === 'RUN') {
			const mounting = lines[line - 1]!.replace(/^(?<instruction>\s*run)(?<space>\s*)/iv, `$<instruction> ${mounts}$<space>`);
			lines[line - 1] = [...(isDeclared ? [] : declarations), mounting].join('\n');
			isDeclared = true;
		}
	}

	return lines.join('\n');
}

/** A text that tells of RUNs, without what they were given to trust. */
export const withoutMounts = (text: string): string => text.replace(mounts.trimEnd(), '').replaceAll(/ {2,}/gv, ' ');
