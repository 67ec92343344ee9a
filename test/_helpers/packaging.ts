/** Python's `packaging`, of one version, to compare with. */
import {mkdir, rename} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {
	createRunner, exists, runChecked, withTemporaryFolder,
} from '../../src/system/index.js';

const release = '26.2';
const root = path.join(import.meta.dirname, '../..');
const cache = path.join(root, 'node_modules/.cache/stx-build-test');
const folder = path.join(cache, `packaging-${release}`);

/** What pip needs of the machine to reach the index. */
const reach = Object.fromEntries(['http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'SSL_CERT_FILE', 'PIP_INDEX_URL'].map(name => [name, process.env[name]]));

/** Installs `packaging` below node_modules/.cache, once. Needs `python3` with `venv`, and the index the first time. */
async function installPackaging(): Promise<void> {
	const run = createRunner(process.env);
	await mkdir(cache, {recursive: true});
	await withTemporaryFolder('packaging', async temporary => {
		const venv = path.join(temporary, 'venv');
		const target = path.join(temporary, 'target');
		const env = {...reach, PIP_CERT: process.env.SSL_CERT_FILE, PIP_DISABLE_PIP_VERSION_CHECK: '1'};
		await runChecked(run, {argv: ['python3', '-m', 'venv', venv]});
		await runChecked(run, {argv: [path.join(venv, 'bin/python'), '-m', 'pip', 'install', '--quiet', '--no-deps', '--only-binary', ':all:', '--target', target, `packaging==${release}`], env});
		try {
			await rename(target, folder);
		} catch (error) {
			// Another run was first.
			if (!await exists(folder)) {
				throw error;
			}
		}
	}, cache);
}

/** A wheel's, a requirement's … answer is null where `packaging` refuses the text. */
export type PackagingAnswers = {
	readonly name: ReadonlyArray<string | null>;
	readonly version: ReadonlyArray<{canonical: string; prerelease: boolean} | null>;
	readonly order: ReadonlyArray<readonly number[]>;
	readonly specifier: ReadonlyArray<{text: string; contains: boolean[][]; filter: string[][]} | null>;
	readonly marker: ReadonlyArray<MarkerAnswer | null>;
	readonly requirement: ReadonlyArray<{name: string; normalized: string; extras: string[]; specifier: string; url: string | null; marker: MarkerAnswer | null} | null>;
	readonly wheel: ReadonlyArray<{normalized: string; version: string; build: [number, string] | null; tags: string[]} | null>;
	readonly sdist: ReadonlyArray<{name: string; version: string} | null>;
	readonly tags: ReadonlyArray<readonly string[]>;
	readonly metadata: ReadonlyArray<{metadataVersion: string; name: string; version: string; requiresDist: string[]; requiresPython: string | null; providesExtra: string[]; dynamic: string[]}>;
};

/** The value in each environment, or the name of the exception. */
export type MarkerAnswer = ReadonlyArray<boolean | string>;

/** Asks `packaging` all at once: each kind of question with its list, answered in the same order. */
export async function askPackaging(questions: Readonly<Record<keyof PackagingAnswers, readonly unknown[]>>): Promise<PackagingAnswers> {
	if (!await exists(folder)) {
		await installPackaging();
	}

	const {stdout} = await runChecked(createRunner(process.env), {
		argv: ['python3', path.join(root, 'test/fixtures/python/oracle.py')],
		env: {PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: '1'},
		input: JSON.stringify(questions),
	});
	return JSON.parse(stdout) as PackagingAnswers;
}
