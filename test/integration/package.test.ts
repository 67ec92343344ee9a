/** What a user of the published package meets: `npm pack`, a global install elsewhere, and no checkout around. */
import {execFile} from 'node:child_process';
import {
	cp, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile,
} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import test from 'ava';

const project = fileURLToPath(new URL('../..', import.meta.url));
const execute = promisify(execFile);

type PackageJson = {readonly version: string; readonly files: readonly string[]};

/** The environment without what the surrounding `npm test` put there. */
const plainEnvironment = (): NodeJS.ProcessEnv => Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(?:npm_|node_|init_cwd$)/i.test(name) || name === 'NODE_EXTRA_CA_CERTS'));

type Installed = {
	/** The command as npm linked it. */
	readonly command: string;
	/** The names in the tarball. */
	readonly files: readonly string[];
};

/** Packs a copy of the checkout, so that a stale or half-made dist/ of the checkout plays no part, and installs it. */
async function installPackage(root: string): Promise<Installed> {
	const checkout = path.join(root, 'checkout');
	await mkdir(checkout);
	const {files} = JSON.parse(await readFile(path.join(project, 'package.json'), 'utf8')) as PackageJson;
	const published = files.map(name => name.split('/')[0]!).filter(name => name !== 'dist');
	for (const name of new Set([...published, 'src', 'package.json', '.npmrc', 'LICENSE', 'README.md'])) {
		await cp(path.join(project, name), path.join(checkout, name), {recursive: true, preserveTimestamps: true});
	}

	await symlink(path.join(project, 'node_modules'), path.join(checkout, 'node_modules'));
	const {stdout} = await execute('npm', ['pack', '--json', '--pack-destination', root], {cwd: checkout, env: plainEnvironment()});
	// The scripts that run before packing write above the JSON.
	const [packed] = JSON.parse(stdout.slice(stdout.search(/^\[/m))) as ReadonlyArray<{filename: string; files: ReadonlyArray<{path: string}>}>;
	await rm(checkout, {recursive: true});

	const prefix = path.join(root, 'prefix');
	await execute('npm', ['install', '--global', '--prefix', prefix, '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund', path.join(root, packed!.filename)], {cwd: root, env: plainEnvironment()});
	return {command: path.join(prefix, 'bin', 'stx-build'), files: packed!.files.map(file => file.path)};
}

let root: string;
let installed: Installed | undefined;

test.before(async () => {
	root = await realpath(await mkdtemp(path.join(tmpdir(), 'stx-build-package-')));
	await mkdir(path.join(root, 'elsewhere'));
	installed = await installPackage(root);
});

test.after.always(async () => {
	await rm(root, {recursive: true, force: true});
});

const run = async (...argv: readonly string[]) => execute(installed!.command, argv, {cwd: path.join(root, 'elsewhere'), env: {PATH: process.env.PATH, HOME: root}});

test('the package holds what runs, and not what develops', t => {
	const {files} = installed!;
	for (const name of ['bin/stx-build', 'dist/main.js', 'dist/licenses.txt', 'LICENSE', 'README.md', 'CHANGELOG.md', 'build-config/stx-build.ini', 'docs/cli.md']) {
		t.true(files.includes(name), name);
	}

	t.deepEqual(files.filter(name => /^(?:src|test|bench|lint|node_modules)\/|^docs\/.*\.ts$|^bin\/(?!stx-build$)/.test(name)), []);
});

test('the installed command shows its help', async t => {
	const {stdout, stderr} = await run('--help');
	t.regex(stdout, /stx-build/);
	t.regex(stdout, /loadbuild/);
	t.is(stderr, '');
});

test('the installed command knows its version', async t => {
	const {version} = JSON.parse(await readFile(path.join(project, 'package.json'), 'utf8')) as PackageJson;
	t.is((await run('--version')).stdout.trim(), version);
});

test('the installed command finds its own settings, and those of the working folder before them', async t => {
	const elsewhere = path.join(root, 'elsewhere');
	t.regex((await run('config', 'show')).stdout, /^codename +trixie/m);

	await mkdir(path.join(elsewhere, 'build-config'));
	await writeFile(path.join(elsewhere, 'build-config', 'stx-build.ini'), '[target]\ncodename = bookworm\n');
	t.regex((await run('config', 'show')).stdout, /^codename +bookworm +.*build-config\/stx-build\.ini/m);
});

test('wrong usage of the installed command is told on standard error, with exit code 2', async t => {
	const error = await t.throwsAsync<Error & {code: number; stdout: string; stderr: string}>(run('config', 'show', '--no-such-option'));
	t.is(error.code, 2);
	t.is(error.stdout, '');
	t.regex(error.stderr, /--no-such-option/);
});
