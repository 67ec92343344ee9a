/** Sdists whose build backend does what a test wants, with an image and a machine for them to be built on. */
import {mkdir, symlink, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {create} from 'tar';
import type {Engine, ImageId} from '../../src/engine/index.js';
import {createTarget} from '../../src/python/index.js';
import {runChecked} from '../../src/system/index.js';
import {sdistOf, type MadeFile} from './archives.js';
import {hostArch, run} from './engines.js';

/** @param code Python, the body of a function that is called before the wheel is written, and may return the text of its module. It has `os`, `socket`, `sys`, `time` and `subprocess`. */
export function backendSdist(code: string, name = 'thing'): MadeFile {
	return sdistOf({
		name,
		version: '1.0',
		files: {
			'pyproject.toml': `[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n\n[project]\nname = "${name}"\nversion = "1.0"\n`,
			'backend.py': String.raw`
import os, signal, socket, subprocess, sys, time, zipfile

def act():
${code.split('\n').map(line => `    ${line}`).join('\n')}

def build_wheel(folder, config_settings=None, metadata_directory=None):
    content = act() or ""
    sys.stdout.flush()
    info = "${name}-1.0.dist-info/"
    with zipfile.ZipFile(os.path.join(folder, "${name}-1.0-py3-none-any.whl"), "w") as wheel:
        wheel.writestr("${name}.py", content)
        wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\nName: ${name}\nVersion: 1.0\n")
        wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(info + "RECORD", "")
    return "${name}-1.0-py3-none-any.whl"
`,
		},
	});
}

/**
An image with nothing in it, and an engine that gives each container the programs of this machine: an interpreter without
a download.

@param mark makes the image's id another.
*/
export async function makeBareBuilder(engine: Engine, folder: string, mark: string): Promise<{readonly engine: Engine; readonly image: ImageId}> {
	const root = path.join(folder, 'root');
	for (const name of ['build/env', 'build/home', 'build/out', 'build/recipe', 'build/tools', 'build/work', 'dev', 'etc', 'opt', 'proc', 'root', 'sys', 'tmp', 'usr', 'var/tmp']) {
		await mkdir(path.join(root, name), {recursive: true});
	}

	for (const name of ['bin', 'lib', 'lib64', 'sbin']) {
		await symlink(`usr/${name}`, path.join(root, name));
	}

	await writeFile(path.join(root, 'etc', 'mark'), mark);
	const file = path.join(folder, 'bare.tar');
	await create({
		file, cwd: root, portable: true, mtime: new Date(0),
	}, ['.']);
	const image = await engine.importRoot({file, arch: hostArch});
	return {
		image,
		engine: {
			...engine,
			run: async (request, options) => engine.run({...request, mounts: [...request.mounts ?? [], {source: '/usr', target: '/usr', readOnly: true}]}, options),
		},
	};
}

/** The interpreter of this machine as a target. */
export async function hostTarget() {
	const {stdout} = await runChecked(run, {argv: ['python3', '-c', 'import platform; print(platform.python_version_tuple()[1], platform.libc_ver()[1])']});
	const [minor, glibc] = stdout.trim().split(' ') as [string, string];
	return createTarget({python: `3.${minor}`, glibc, arch: hostArch});
}
