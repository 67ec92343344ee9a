/** What is measured, and beside what: stx-build as its package has it, and pip and uv in the versions that it pins. */
import {
	cp, mkdir, readFile, symlink,
} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {timeChecked, type Program, type Tools} from './benchmark.js';

/**
Builds the sources in a folder of their own, with what the package has beside them. So a run measures what a user
installs, whatever state dist/ is in, and is not disturbed by edits.

@param entry the program, which is then dist/ and its name, where it is another than the package's own.
*/
export async function makePackage(project: string, folder: string, entry = 'src/main.ts'): Promise<Program> {
	await mkdir(folder, {recursive: true});
	await timeChecked([path.join(project, 'bin', 'build'), path.join(folder, 'dist'), entry]);
	for (const name of ['bin', 'build-config', 'wheels', 'package.json']) {
		await cp(path.join(project, name), path.join(folder, name), {recursive: true});
	}

	await symlink(path.join(project, 'node_modules'), path.join(folder, 'node_modules'));
	return [process.execPath, path.join(folder, 'bin', 'stx-build')];
}

/** Makes a virtual environment with the toolchain that stx-build pins, by hash. */
export async function makeTools(stxBuild: Program, project: string, folder: string): Promise<Tools> {
	const settings = JSON.parse((await timeChecked([...stxBuild, 'config', 'show', '--json'])).stdout) as ReadonlyArray<{readonly name: string; readonly value?: string}>;
	const [index, certificates] = ['index', 'ca-bundle'].map(name => settings.find(setting => setting.name === name)?.value);
	const foreign = Object.entries(process.env).filter(([name]) => !/^(?:PIP|UV)_/.test(name));
	const env: NodeJS.ProcessEnv = {
		...Object.fromEntries(foreign),
		PIP_CONFIG_FILE: '/dev/null',
		PIP_DISABLE_PIP_VERSION_CHECK: '1',
		PIP_NO_INPUT: '1',
		UV_NO_CONFIG: '1',
		UV_NO_PROGRESS: '1',
		UV_PYTHON_DOWNLOADS: 'never',
		...(index !== undefined && {PIP_INDEX_URL: index, UV_DEFAULT_INDEX: index}),
		...(certificates !== undefined && {PIP_CERT: certificates, SSL_CERT_FILE: certificates}),
	};
	await timeChecked(['python3', '-m', 'venv', folder], {env});
	const python = path.join(folder, 'bin', 'python');
	await timeChecked([python, '-m', 'pip', 'install', '--quiet', '--require-hashes', '--no-deps', '--requirement', path.join(project, 'wheels', 'toolchain.txt')], {env});
	const pins = [...(await readFile(path.join(project, 'wheels', 'toolchain.txt'), 'utf8')).matchAll(/^(?<name>pip|setuptools|uv)==(?<version>\S+)/gm)];
	const {stdout} = await timeChecked([python, '--version'], {env});
	return {
		pip: [python, '-m', 'pip'],
		uv: [path.join(folder, 'bin', 'uv')],
		versions: [stdout.trim(), ...pins.map(({groups}) => `${groups!.name!} ${groups!.version!}`)].join(', '),
		env,
	};
}
