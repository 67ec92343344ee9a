/** bin/setup on machines that lack this or that: its programs are stand-ins that note how they were called. */
import {spawnSync} from 'node:child_process';
import {
	chmod, mkdir, mkdtemp, readFile, realpath, rm, symlink, utimes, writeFile,
} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import test, {type ExecutionContext} from 'ava';
import {findProgram} from '../_helpers/needs.js';

const project = fileURLToPath(new URL('../..', import.meta.url));

/** What the script itself is made of: real programs. */
const tools = ['bash', 'cat', 'dirname', 'env', 'find', 'mktemp', 'readlink', 'rm', 'touch'];

/** What it looks for. */
const wanted = ['bsdtar', 'git', 'ip', 'mmdebstrap', 'buildah', 'python3', 'newuidmap', 'node', 'npm', 'dockerd', 'docker', 'docker-registry', 'docker-buildx', 'fish', 'gpg', 'gpg-agent', 'gpgv', 'podman', 'shellcheck', 'strace', 'tmux', 'zsh'];

type Machine = {
	/** Who runs it: 0 is root. */
	readonly id?: number;
	/** Whether sudo could ask for a password. */
	readonly terminal?: boolean;
	/** Programs that are not there. */
	readonly without?: readonly string[];
	/** Packages of which dpkg knows. */
	readonly packages?: readonly string[];
	readonly node?: string;
	/** Debian's. */
	readonly version?: string;
	/** What is there of the checkout's own: npm packages and dist/. */
	readonly installed?: boolean;
	readonly built?: boolean;
	/** A file of the checkout that changed after all others. */
	readonly newest?: string;
	/** A stand-in that fails, and a script of what it says before. */
	readonly failing?: string;
	readonly says?: string;
};

type Ran = {readonly code: number | null; readonly stdout: string; readonly stderr: string; readonly calls: readonly string[]};

async function runSetup(t: ExecutionContext, {id = 0, terminal = false, without = [], packages = ['ca-certificates', 'debian-archive-keyring', 'netavark', 'python3-venv'], node = 'v20.19.2', version = '13', installed = true, built = true, newest, failing, says = ''}: Machine, argv: readonly string[] = [], environment: NodeJS.ProcessEnv = {}): Promise<Ran> {
	const root = await realpath(await mkdtemp(path.join(tmpdir(), 'stx-build-setup-test-')));
	t.teardown(async () => rm(root, {recursive: true, force: true}));
	const [bin, checkout, calls] = [path.join(root, 'bin'), path.join(root, 'checkout'), path.join(root, 'calls')];
	await mkdir(bin);
	const standIn = async (name: string, body = '') => {
		await writeFile(path.join(bin, name), `#!/bin/bash\nif [[ $1 != --version ]]; then echo "${name} $*" >>'${calls}'; fi\n${name === failing ? `${says}\necho "it broke" >&2; exit 1` : body}\n`);
		await chmod(path.join(bin, name), 0o755);
	};

	for (const tool of tools) {
		await symlink(findProgram(tool)!, path.join(bin, tool));
	}

	for (const name of [...wanted, 'apt-get'].filter(program => !without.includes(program))) {
		await standIn(name, name === 'node' ? `echo ${node}` : '');
	}

	if (!without.includes('sudo')) {
		await standIn('sudo', 'while [[ $1 == -* ]]; do shift; done; "$@"');
	}

	await standIn('dpkg-query', `printf '%s ' ${packages.map(name => `installed:${name}`).join(' ')}`);
	await mkdir(path.join(checkout, 'bin'), {recursive: true});
	await writeFile(path.join(root, 'os-release'), `ID=debian\nVERSION_ID="${version}"\n`);
	let script = await readFile(path.join(project, 'bin', 'setup'), 'utf8');
	// What the script takes from the machine itself.
	for (const [own, standIn] of [['PATH=$PATH:/usr/sbin:/sbin', ''], ['/etc/os-release', path.join(root, 'os-release')], ['/usr/lib*/docker', path.join(root, 'lib*/docker')], ['EUID', String(id)], ['/dev/tty', path.join(root, terminal ? 'tty' : 'none/tty')]] as const) {
		t.true(script.includes(own), own);
		script = script.replaceAll(own, standIn);
	}

	await writeFile(path.join(checkout, 'bin', 'setup'), script);
	await chmod(path.join(checkout, 'bin', 'setup'), 0o755);
	await mkdir(path.join(checkout, 'src'));
	const files = ['package-lock.json', 'package.json', 'bin/build', 'src/main.ts', ...(installed ? ['node_modules/.package-lock.json'] : []), ...(built ? ['dist/main.js'] : [])];
	for (const [index, file] of files.entries()) {
		await mkdir(path.dirname(path.join(checkout, file)), {recursive: true});
		await writeFile(path.join(checkout, file), '');
		await utimes(path.join(checkout, file), index + 1, index + 1);
	}

	await utimes(path.join(checkout, 'src'), 1, 1);
	if (newest !== undefined) {
		await utimes(path.join(checkout, newest), 100, 100);
	}

	const {status, stdout, stderr} = spawnSync(path.join(checkout, 'bin', 'setup'), argv, {cwd: '/', env: {PATH: bin, HOME: root, ...environment}, encoding: 'utf8'});
	const noted = (await readFile(calls, 'utf8').catch(() => '')).split('\n').filter(line => line !== '' && !line.startsWith('dpkg-query'));
	return {
		code: status, stdout, stderr, calls: noted,
	};
}

const install = 'apt-get -q -o DPkg::Lock::Timeout=300 install --yes --no-install-recommends';
const update = 'apt-get -q -o DPkg::Lock::Timeout=300 update';

test('where nothing is missing, nothing is done or said', async t => {
	const nothing = {
		code: 0, stdout: '', stderr: '', calls: [],
	};
	t.deepEqual(await runSetup(t, {}), nothing);
	t.deepEqual(await runSetup(t, {}, ['--test']), nothing);
});

test('a dry run says what is missing and changes nothing', async t => {
	const {code, stderr, calls} = await runSetup(t, {without: ['buildah', 'tmux'], installed: false, built: false}, ['--dry-run', '--test']);
	t.is(code, 0);
	t.deepEqual(calls, []);
	t.regex(stderr, /missing: .*buildah/);
	t.regex(stderr, /missing: .*tmux/);
	t.regex(stderr, /npm packages/);
	t.notRegex(stderr, /dist\//);
});

test('only the Debian packages that are missing are installed', async t => {
	const {code, calls} = await runSetup(t, {without: ['buildah', 'mmdebstrap'], packages: ['ca-certificates', 'debian-archive-keyring']});
	t.is(code, 0);
	t.deepEqual(calls, [update, `${install} mmdebstrap buildah netavark python3-venv`]);
});

test('npm is installed where Node came without it', async t => {
	const {calls} = await runSetup(t, {without: ['npm']});
	t.deepEqual(calls, [update, `${install} npm`]);
});

test('what only tests need is installed only for them', async t => {
	t.deepEqual((await runSetup(t, {without: ['dockerd', 'docker-registry', 'tmux']})).calls, []);
	t.deepEqual((await runSetup(t, {without: ['dockerd', 'docker-registry', 'tmux']}, ['--test'])).calls, [update, `${install} docker.io docker-registry tmux`]);
});

test('what apt says is shown when it fails', async t => {
	const {code, stderr} = await runSetup(t, {without: ['git'], failing: 'apt-get'});
	t.is(code, 1);
	t.regex(stderr, /it broke/);
	t.regex(stderr, /error: apt-get update failed/);
	t.regex(stderr, /hint: /);
});

test('without root and sudo it says what to install', async t => {
	const {code, stderr, calls} = await runSetup(t, {id: 1000, without: ['buildah', 'sudo']});
	t.is(code, 1);
	t.deepEqual(calls, []);
	t.regex(stderr, /needs root, and there is no sudo/);
	t.regex(stderr, /hint: as root: apt-get install --no-install-recommends buildah/);
});

test('a user installs with sudo, which may ask for a password where there is a terminal', async t => {
	const {code, calls} = await runSetup(t, {id: 1000, terminal: true, without: ['buildah']});
	t.is(code, 0);
	t.deepEqual(calls, ['sudo true', `sudo env DEBIAN_FRONTEND=noninteractive ${update}`, update, `sudo env DEBIAN_FRONTEND=noninteractive ${install} buildah`, `${install} buildah`]);
});

test('without a terminal sudo is told not to ask', async t => {
	const {code, calls} = await runSetup(t, {id: 1000, without: ['buildah']});
	t.is(code, 0);
	t.deepEqual(calls.filter(call => call.startsWith('sudo ')), ['sudo -n true', `sudo -n env DEBIAN_FRONTEND=noninteractive ${update}`, `sudo -n env DEBIAN_FRONTEND=noninteractive ${install} buildah`]);
});

test('where sudo refuses, it says what to install', async t => {
	const {code, stderr, calls} = await runSetup(t, {id: 1000, without: ['buildah'], failing: 'sudo'});
	t.is(code, 1);
	t.deepEqual(calls.filter(call => call.startsWith('apt-get')), []);
	t.regex(stderr, /error: sudo refused\n\nhint: as root: apt-get install --no-install-recommends buildah\n/);
});

test('a user who lacks no Debian package needs no sudo', async t => {
	t.deepEqual((await runSetup(t, {id: 1000, built: false})).calls, ['npm run build']);
});

test('a machine without apt-get is told what it lacks', async t => {
	const {code, stderr} = await runSetup(t, {without: ['buildah', 'apt-get']});
	t.is(code, 1);
	t.regex(stderr, /no apt-get, and lacks: buildah/);
});

test('npm packages are installed when they are missing, with those for development', async t => {
	const {code, calls} = await runSetup(t, {installed: false}, [], {NODE_ENV: 'production', npm_config_omit: 'dev'});
	t.is(code, 1, 'the stand-in made no node_modules for the script to mark');
	t.deepEqual(calls, ['npm ci --include=dev --ignore-scripts --no-progress --no-audit --no-fund']);
});

test('what npm says is shown when it fails', async t => {
	const {code, stderr} = await runSetup(t, {installed: false, failing: 'npm'});
	t.is(code, 1);
	t.regex(stderr, /it broke\nerror: npm ci failed\n\nhint: .*SSL_CERT_FILE/);
});

test('of a long output the first and the last lines are shown', async t => {
	const {stderr} = await runSetup(t, {installed: false, failing: 'npm', says: 'for ((i = 1; i < 100; i++)); do echo "line $i"; done'});
	t.regex(stderr, /line 1\nline 2\n/);
	t.regex(stderr, /line 20\n\[\.{3}]\nline 61\n/);
	t.regex(stderr, /line 99\nit broke\n/);
});

test('dist/ is built when it is missing', async t => {
	t.deepEqual((await runSetup(t, {built: false})).calls, ['npm run build']);
	t.deepEqual((await runSetup(t, {built: false}, ['--test'])).calls, [], '`npm test` builds, and goes on when that fails');
});

for (const newest of ['src/main.ts', 'bin/build', 'package.json', 'node_modules/.package-lock.json']) {
	test(`dist/ is built anew when ${newest} is newer`, async t => {
		t.deepEqual((await runSetup(t, {newest})).calls, ['npm run build']);
	});
}

test('a dry run says that other packages make another dist/', async t => {
	const {code, stderr, calls} = await runSetup(t, {newest: 'package-lock.json'}, ['--dry-run']);
	t.deepEqual({code, calls}, {code: 0, calls: []});
	t.is(stderr, 'setup: npm packages are missing or not those of package-lock.json\nsetup: dist/ is missing or older than what it is made of\n');
});

test('a Node that is too old is refused, with where to get another', async t => {
	const {code, stderr} = await runSetup(t, {node: 'v18.20.4'});
	t.is(code, 1);
	t.regex(stderr, /Node 18\.20\.4 is too old: stx-build needs 20\.19 or later/);
	t.regex(stderr, /hint: /);
	t.is((await runSetup(t, {node: 'v20.18.3'})).code, 1);
	t.is((await runSetup(t, {node: 'v22.1.0'})).code, 0);
});

test('a Node that is too old is refused before anything is installed', async t => {
	const {code, calls} = await runSetup(t, {node: 'v18.20.4', without: ['buildah']});
	t.deepEqual({code, calls}, {code: 1, calls: []});
});

test('where Node is missing, Debian 12 has none that is new enough', async t => {
	const {code, stderr, calls} = await runSetup(t, {without: ['node', 'buildah'], version: '12'});
	t.deepEqual({code, calls}, {code: 1, calls: []});
	t.regex(stderr, /Debian 12 has only Node 18/);
});

test('--help names each package that may be installed, and installs none', async t => {
	const {code, stdout, calls} = await runSetup(t, {without: wanted}, ['--help']);
	t.deepEqual({code, calls}, {code: 0, calls: []});
	const [own, ofTests] = stdout.split('--test ');
	const named = (text: string) => new Set(text.split(/[\s,;:()]+/));
	const missing = async (...argv: readonly string[]) => /missing: (.*)/.exec((await runSetup(t, {without: wanted, packages: []}, ['--dry-run', ...argv])).stderr)![1]!.split(' ');
	const always = await missing();
	t.deepEqual(always.filter(name => !named(own!).has(name)), []);
	t.deepEqual((await missing('--test')).filter(name => !always.includes(name) && !named(ofTests!).has(name)), []);
});

test('without a temporary folder it says so, and writes none elsewhere', async t => {
	const {code, stdout, stderr, calls} = await runSetup(t, {built: false}, [], {TMPDIR: '/nonexistent'});
	t.deepEqual({code, stdout, calls}, {code: 1, stdout: '', calls: []});
	t.regex(stderr, /error: no temporary folder can be made in \/nonexistent\n\nhint: .*TMPDIR/);
});

test('an option it does not know is refused', async t => {
	const {code, stderr} = await runSetup(t, {}, ['--tset']);
	t.is(code, 2);
	t.regex(stderr, /^Usage: bin\/setup/);
});
