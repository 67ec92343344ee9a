/** A small Debian repository in a folder, with its own key: what apt verifies, and what it must refuse. */
import path from 'node:path';
import {run, writeFiles} from './engines.js';

export type AptRepository = {
	/** A line of sources.list that trusts the repository's key. */
	readonly source: string;
	/** Where InRelease is. */
	readonly inRelease: string;
};

/** What gpg needs of its host: a folder of its own. */
const gpg = async (home: string, ...args: readonly string[]): Promise<void> => {
	const result = await run({argv: ['gpg', '--homedir', home, '--batch', '--yes', '--passphrase', '', '--pinentry-mode', 'loopback', ...args]});
	if (result.exitCode !== 0) {
		throw new Error(result.output);
	}
};

/**
Writes a repository of one empty suite.

@param folder gets the folders `repository` and `keys`.
@param suite its codename.
*/
export async function writeAptRepository(folder: string, suite: string): Promise<AptRepository> {
	const release = `Origin: Test
Label: Test
Suite: ${suite}
Codename: ${suite}
Date: Sat, 12 Sep 2026 07:55:41 UTC
Architectures: amd64
Components: main
SHA256:
 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 0 main/binary-amd64/Packages
`;
	const dists = path.join(folder, 'repository', 'dists', suite);
	await writeFiles(dists, {Release: release, 'main/binary-amd64/Packages': ''});
	const home = path.join(folder, 'keys');
	await run({argv: ['install', '--directory', '--mode=0700', home]});
	const key = path.join(folder, 'key.gpg');
	try {
		await gpg(home, '--quick-generate-key', 'Test <test@example.com>', 'rsa2048', 'sign', 'never');
		await gpg(home, '--output', key, '--export', 'test@example.com');
		await gpg(home, '--output', path.join(dists, 'InRelease'), '--clearsign', path.join(dists, 'Release'));
	} finally {
		await run({argv: ['gpgconf', '--homedir', home, '--kill', 'all']});
	}

	return {source: `deb [signed-by=${key}] file://${folder}/repository ${suite} main`, inRelease: path.join(dists, 'InRelease')};
}
