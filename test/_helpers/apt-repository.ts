/** A small Debian repository in a folder, with its own key: what apt verifies, and what it must refuse. */
import {createHash} from 'node:crypto';
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

/** A Debian package of no files, besides a note. */
export type SmallPackage = {readonly name: string; readonly version: string};

/**
Writes a repository with packages, signed with a key of its own.

@returns its folder, to be served at any address, and the key, as it is sent to people.
*/
export async function writePackageRepository(folder: string, suite: string, packages: readonly SmallPackage[]): Promise<{readonly served: string; readonly key: string}> {
	const served = path.join(folder, 'served');
	for (const {name, version} of packages) {
		const tree = path.join(folder, 'trees', name);
		await writeFiles(tree, {
			'DEBIAN/control': `Package: ${name}\nVersion: ${version}\nArchitecture: all\nMaintainer: Test <test@example.org>\nDescription: a package of a test\n`,
			[`usr/share/stx-build-test/${name}`]: `${version}\n`,
		});
		await run({argv: ['mkdir', '--parents', path.join(served, 'pool')]});
		await run({argv: ['dpkg-deb', '--root-owner-group', '--build', tree, path.join(served, 'pool', `${name}_${version}_all.deb`)]});
	}

	const {stdout} = await run({argv: ['dpkg-scanpackages', '--multiversion', 'pool'], cwd: served});
	const list = createHash('sha256').update(stdout).digest('hex');
	const dists = path.join(served, 'dists', suite);
	await writeFiles(dists, {
		'main/binary-amd64/Packages': stdout,
		Release: `Origin: starlingx\nLabel: Test\nSuite: ${suite}\nCodename: ${suite}\nDate: Sat, 12 Sep 2026 07:55:41 UTC\nArchitectures: amd64\nComponents: main\nSHA256:\n ${list} ${stdout.length} main/binary-amd64/Packages\n`,
	});
	const home = path.join(folder, 'gpg');
	const key = path.join(folder, 'key.asc');
	await run({argv: ['install', '--directory', '--mode=0700', home]});
	try {
		await gpg(home, '--quick-generate-key', 'Test <test@example.com>', 'rsa2048', 'sign', 'never');
		await gpg(home, '--armor', '--output', key, '--export', 'test@example.com');
		await gpg(home, '--output', path.join(dists, 'InRelease'), '--clearsign', path.join(dists, 'Release'));
	} finally {
		await run({argv: ['gpgconf', '--homedir', home, '--kill', 'all']});
	}

	return {served, key};
}
