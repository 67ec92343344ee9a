/** A root file system of a few programs of this machine, so that engines can be tried with nothing fetched. */
import {
	chmod, copyFile, mkdir, realpath, rm, symlink, writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import {create} from 'tar';
import {runChecked, type Runner} from '../system/index.js';
import {parseLdd} from './parse-ldd.js';

const programs = ['bash', 'cat', 'sleep', 'id', 'env'];

/**
Writes `root.tar` into a folder: bash (also as sh), cat, sleep, id and env with their libraries.

@param mark goes into the file /etc/mark: another mark makes another image.
@returns the tar's path.
*/
export async function writeProbeRoot(folder: string, run: Runner, mark: string): Promise<string> {
	const root = path.join(folder, 'root');
	for (const name of ['bin', 'etc', 'tmp', 'proc', 'sys', 'dev', 'run']) {
		await mkdir(path.join(root, name), {recursive: true});
	}

	await chmod(path.join(root, 'tmp'), 0o1777);
	await writeFile(path.join(root, 'etc', 'passwd'), 'root:x:0:0:root:/:/bin/sh\n');
	await writeFile(path.join(root, 'etc', 'group'), 'root:x:0:\n');
	await writeFile(path.join(root, 'etc', 'mark'), mark);
	await symlink('bash', path.join(root, 'bin', 'sh'));
	for (const name of programs) {
		const program = await realpath(path.join('/bin', name));
		await copyFile(program, path.join(root, 'bin', name));
		const {stdout} = await runChecked(run, {argv: ['ldd', program]});
		for (const library of parseLdd(stdout)) {
			await mkdir(path.join(root, path.dirname(library)), {recursive: true});
			await copyFile(library, path.join(root, library));
		}
	}

	const file = path.join(folder, 'root.tar');
	await create({
		file, cwd: root, portable: true, mtime: new Date(0),
	}, ['.']);
	await rm(root, {recursive: true});
	return file;
}
