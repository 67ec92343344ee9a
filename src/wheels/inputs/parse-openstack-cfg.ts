/** StarlingX's openstack.cfg: shell assignments that say where the upper constraints are. Read, never run. */
import {BuildError, throwProblems} from '../../errors.js';
import {maskSecrets} from '../../mask-secrets.js';

const known = ['STABLE_OPENSTACK_REQ_URL', 'MASTER_OPENSTACK_REQ_URL', 'STABLE_OPENSTACK_REQ_URL_PY2', 'MASTER_OPENSTACK_REQ_URL_PY2'] as const;
type Key = typeof known[number];

export type OpenstackCfg = ReadonlyMap<Key, {readonly value: string; readonly line: number}>;

const isKey = (key: string): key is Key => (known as readonly string[]).includes(key);

/**
Reads `KEY=value` lines, bare or quoted, with comments.

@param file name for messages.
@throws BuildError STX0405 for each line that is not a plain assignment of a known key.
*/
export function parseOpenstackCfg(text: string, file: string): OpenstackCfg {
	const problems: BuildError[] = [];
	const values = new Map<Key, {value: string; line: number}>();
	for (const [index, raw] of text.split(/\r?\n/v).entries()) {
		const content = raw.trim();
		if (content === '' || content.startsWith('#')) {
			continue;
		}

		const at = {file, line: index + 1};
		const match = /^(?<key>[A-Za-z_]\w*)=(?:"(?<double>[^"$`\\]*)"|'(?<single>[^']*)'|(?<bare>[\w.:\/+~@%,\-]*))(?:\s+#.*)?$/v.exec(content);
		const key = match?.groups?.key;
		const value = match?.groups?.double ?? match?.groups?.single ?? match?.groups?.bare;
		if (key === undefined || value === undefined) {
			problems.push(new BuildError('STX0405', `\`${content}\` is not a plain \`KEY=value\` line`, {at, hint: 'the file is read, not run: no commands, no variables'}));
		} else if (!isKey(key)) {
			problems.push(new BuildError('STX0405', `\`${key}\` is not a key of openstack.cfg`, {at, hint: `the keys are ${known.map(name => `\`${name}\``).join(', ')}`}));
		} else if (values.has(key)) {
			problems.push(new BuildError('STX0405', `\`${key}\` is given twice`, {at: [{file, line: values.get(key)!.line}, at], hint: 'keep one of the two lines'}));
		} else {
			values.set(key, {value, line: at.line});
		}
	}

	throwProblems(problems);
	return values;
}

/** Where the constraint files of a stream are: a folder, relative to openstack.cfg, or an address without a slash at the end. */
export type RequirementsPlace = {readonly folder: string} | {readonly url: string};

/**
Where upper-constraints.txt and global-requirements.txt of a stream are. The keys for Python 2 are known, so that
StarlingX's file can be read as it is, and never used.

@throws BuildError STX0405 when the file does not say it, or says what cannot be read.
*/
export function requirementsPlace(cfg: OpenstackCfg, stream: 'stable' | 'dev', file: string): RequirementsPlace {
	const key = stream === 'stable' ? 'STABLE_OPENSTACK_REQ_URL' : 'MASTER_OPENSTACK_REQ_URL';
	const found = cfg.get(key);
	if (!found || found.value === '') {
		const old = cfg.get(`${key}_PY2`);
		throw new BuildError('STX0405', `\`${key}\` is not set, so stream \`${stream}\` has no upper constraints`, {
			at: {file, ...(old && {line: old.line})},
			hint: `add \`${key}=PLACE\`: a folder beside openstack.cfg, or a URL, with upper-constraints.txt and global-requirements.txt${old ? `; \`${key}_PY2\` does not count: nothing is made for Python 2` : ''}`,
		});
	}

	const at = {file, line: found.line};
	if (/^https?:\/\//v.test(found.value)) {
		return {url: readUrl(found.value, at)};
	}

	// StarlingX's tools take `file:` and leading slashes away: the folder is always beside openstack.cfg.
	const folder = found.value.replace(/^file:/v, '').replace(/^\/+/v, '');
	if (/^[a-z]+:/v.test(folder) || folder.split('/').includes('..')) {
		throw new BuildError('STX0405', `\`${maskSecrets(found.value)}\` is neither a folder beside openstack.cfg nor an address with https or http`, {at, hint: 'copy upper-constraints.txt and global-requirements.txt of that release into a folder beside openstack.cfg, and name it'});
	}

	return {folder};
}

function readUrl(value: string, at: {readonly file: string; readonly line: number}): string {
	if (!URL.canParse(value) || maskSecrets(value) !== value) {
		throw new BuildError('STX0405', `\`${maskSecrets(value)}\` is not a URL without user name and password`, {at, hint: 'the lock names the address: a server that asks for a password is reached through a proxy or a mirror'});
	}

	return value.replace(/\/+$/v, '');
}
