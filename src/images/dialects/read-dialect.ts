import {readdir} from 'node:fs/promises';
import path from 'node:path';
import {BuildError} from '../../errors.js';
import {digestOfFile, readText} from '../../system/index.js';
import {findConfig, type ConfigFolders, type Dialect} from '../../workspace/index.js';
import type {DialectData} from './dialect.js';
import {parseDockerfileArguments} from './parse-dockerfile-arguments.js';
import {parsePackageTable} from './parse-package-table.js';

const verifier = 'verify.py';

/**
Reads the files of a dialect.

@throws BuildError STX0607 for a dialect that is not there, STX0608 when one of its files is missing or wrong.
*/
export async function readDialect(folders: ConfigFolders, name: Dialect): Promise<DialectData> {
	if (name !== 'builtin') {
		throw new BuildError('STX0607', `the dialect \`${name}\` needs a checkout of LOCI, which stx-build cannot use yet`, {hint: 'choose --dialect builtin, or `dialect = builtin` under [images] of build-config/stx-build.ini'});
	}

	const dockerfile = await findConfig(folders, 'build-config/loci/Dockerfile');
	if (dockerfile === undefined) {
		throw new BuildError('STX0608', 'there is no build-config/loci/Dockerfile', {at: folders.roots.map(root => ({file: path.join(root, 'build-config/loci')})), hint: 'install stx-build again: its own folder has it'});
	}

	const folder = path.dirname(dockerfile);
	const entries = await readdir(folder, {withFileTypes: true});
	const names = entries.filter(entry => entry.isFile() && !entry.name.startsWith('.')).map(entry => entry.name).toSorted();
	const table = async (file: string) => parsePackageTable(await readText(path.join(folder, file)), path.join(folder, file));
	return {
		name,
		folder,
		files: await Promise.all(names.filter(file => file !== verifier).map(async file => ({name: file, digest: await digestOfFile(path.join(folder, file))}))),
		arguments: parseDockerfileArguments(await readText(dockerfile)),
		pydep: await table('pydep.txt'),
		toolchain: await table('toolchain.txt'),
		verifier: {file: path.join(folder, verifier), digest: await digestOfFile(path.join(folder, verifier))},
	};
}
