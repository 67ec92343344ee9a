/** build-config/loci/steps.sh: what is done around an installation, with programs of the test's own in place of the image's. */
import {
	chmod, mkdir, mkdtemp, readFile, rm, writeFile,
} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {execa} from 'execa';
import {needs} from '../_helpers/needs.js';

const steps = path.resolve(import.meta.dirname, '../../build-config/loci/steps.sh');
const postbuild = path.resolve(import.meta.dirname, '../../build-config/builders/postbuild.sh');

type Answers = Readonly<Record<string, string>>;

/** Runs lines of bash after steps.sh, with these programs before those of the machine; `$venv` is a folder of the test's. */
async function runSteps(t: ExecutionContext, lines: string, {programs = {}, environment = {}}: {programs?: Answers; environment?: Answers} = {}) {
	const folder = await mkdtemp(path.join(tmpdir(), 'stx-build-steps-'));
	t.teardown(async () => rm(folder, {recursive: true, force: true}));
	const venv = path.join(folder, 'venv');
	await mkdir(path.join(venv, 'bin'), {recursive: true});
	await mkdir(path.join(folder, 'bin'));
	await writeFile(path.join(venv, 'pyvenv.cfg'), 'home = /usr/bin\ninclude-system-site-packages = true\n');
	for (const [name, text] of Object.entries(programs)) {
		const file = name === 'python' ? path.join(venv, 'bin', name) : path.join(folder, 'bin', name);
		await writeFile(file, `#!/bin/bash\necho "${name} $*" >>"$CALLS"\n${text}\n`);
		await chmod(file, 0o755);
	}

	const result = await execa('bash', ['-c', `set -euo pipefail\n. ${steps}\nvenv=${venv}\nWHEELS=${folder}\n${lines}`], {
		reject: false, stdin: 'ignore', extendEnv: false, env: {
			PATH: `${path.join(folder, 'bin')}:/usr/bin:/bin`, CALLS: path.join(folder, 'calls'), PROJECT: 'demo', ...environment,
		},
	});
	return {...result, folder, calls: (await readFile(path.join(folder, 'calls'), 'utf8').catch(() => '')).split('\n').filter(Boolean)};
}

const installed = 'echo installed';

test('W13: a package that is still there after it was to be removed ends the build, whatever any output says', async t => {
	if (!needs(t, 'bash')) {
		return;
	}

	// The distribution is found before and after: nothing that is printed is asked.
	const python = await runSteps(t, 'remove_python_packages', {programs: {python: 'echo "#12 0.5 DOCKER_IMAGE_POSTBUILD__PYTHON_PACKAGES pip"'}, environment: {POSTBUILD_REMOVE_PYTHON_PACKAGES: 'pip'}});
	t.is(python.exitCode, 1);
	t.regex(python.stderr, /^install: POSTBUILD_REMOVE_PYTHON_PACKAGES: `pip` could not be removed$/m);
	const system = await runSteps(t, 'remove_system_packages', {programs: {'dpkg-query': installed, dpkg: 'true', 'apt-get': 'true'}, environment: {POSTBUILD_REMOVE_OS_PACKAGES: 'python3-pip'}});
	t.is(system.exitCode, 1);
	t.regex(system.stderr, /^install: POSTBUILD_REMOVE_OS_PACKAGES: `python3-pip` could not be removed$/m);
});

test('W13: what is not there is not removed, and nothing is asked to', async t => {
	if (!needs(t, 'bash')) {
		return;
	}

	const {exitCode, calls} = await runSteps(t, 'remove_system_packages; remove_python_packages', {programs: {'dpkg-query': 'exit 1', dpkg: 'true', python: 'exit 1'}, environment: {POSTBUILD_REMOVE_OS_PACKAGES: 'python3-pip', POSTBUILD_REMOVE_PYTHON_PACKAGES: 'pip'}});
	t.is(exitCode, 0);
	t.false(calls.some(call => call.startsWith('dpkg ') || call.includes('uninstall')));
});

test('W14: a package that dpkg cannot remove ends the build, and one whose users are left does too', async t => {
	if (!needs(t, 'bash')) {
		return;
	}

	const environment = {POSTBUILD_REMOVE_OS_PACKAGES: 'perl-base'};
	const refused = await runSteps(t, 'remove_system_packages', {programs: {'dpkg-query': installed, dpkg: 'echo "dpkg: dependency problems" >&2; exit 1', 'apt-get': 'true'}, environment});
	t.is(refused.exitCode, 1);
	t.regex(refused.stderr, /^install: POSTBUILD_REMOVE_OS_PACKAGES: perl-base cannot be removed$/m);
	const broken = await runSteps(t, 'remove_system_packages', {programs: {'dpkg-query': '[ -e "$CALLS.gone" ] || echo installed', dpkg: 'touch "$CALLS.gone"', 'apt-get': 'exit 100'}, environment});
	t.is(broken.exitCode, 1);
	t.regex(broken.stderr, /what is left needs one of: perl-base/);
});

test('W15: each line of POSTBUILD_COMMAND and of CUSTOMIZATION counts, not only the last', async t => {
	if (!needs(t, 'bash')) {
		return;
	}

	const command = await runSteps(t, 'run_postbuild_command', {environment: {POSTBUILD_COMMAND: 'false\necho after\n'}});
	t.is(command.exitCode, 1);
	t.notRegex(command.stdout, /after/);
	t.regex(command.stderr, /^install: POSTBUILD_COMMAND failed$/m);
	const customization = await runSteps(t, 'customize', {environment: {CUSTOMIZATION: 'false; true'}});
	t.is(customization.exitCode, 1);
	t.regex(customization.stderr, /^install: CUSTOMIZATION failed$/m);
	const good = await runSteps(t, 'customize; run_postbuild_command', {environment: {CUSTOMIZATION: 'echo "$PROJECT"', POSTBUILD_COMMAND: 'false || true\necho end'}});
	t.is(good.exitCode, 0, good.stderr);
	t.regex(good.stdout, /demo[\s\S]*end/);
});

test('W78: the account of the base image is taken where it fits, changed where that is asked for, and an error that says what it has otherwise', async t => {
	if (!needs(t, 'bash')) {
		return;
	}

	const known = (entry: string) => ({
		getent: `[ "$1" = group ] && echo nova:x:64055: || echo ${entry}`, groupadd: '', groupmod: '', useradd: '', usermod: '',
	});
	const create = 'create_account nova 64055 64055';
	const fits = await runSteps(t, create, {programs: known('nova:x:64055:64055::/var/lib/nova:/bin/sh')});
	t.deepEqual([fits.exitCode, fits.calls.filter(call => !call.startsWith('getent'))], [0, []]);
	const other = await runSteps(t, create, {programs: known('nova:x:1:64055::/var/lib/nova:/bin/sh')});
	t.is(other.exitCode, 1);
	t.regex(other.stderr, /user nova is 1:64055:\/var\/lib\/nova, not 64055:64055:\/var\/lib\/nova; UPDATE_SYSTEM_ACCOUNT=yes changes it/);
	const group = await runSteps(t, 'create_account nova 64055 70000', {programs: known('nova:x:64055:64055::/var/lib/nova:/bin/sh')});
	t.is(group.exitCode, 1);
	t.regex(group.stderr, /^install: in the base image, group nova has the id 64055, not 70000; UPDATE_SYSTEM_ACCOUNT=yes changes it$/m);
	const changed = await runSteps(t, create, {programs: known('nova:x:1:64055::/var/lib/nova:/bin/sh'), environment: {UPDATE_SYSTEM_ACCOUNT: 'yes', NON_UNIQUE_SYSTEM_ACCOUNT: 'yes'}});
	t.deepEqual(changed.calls.filter(call => !call.startsWith('getent')), ['usermod --non-unique --uid 64055 --gid 64055 --home /var/lib/nova nova']);
	const made = await runSteps(t, 'create_account nova 1 2 /bin/bash', {programs: {getent: 'exit 2', groupadd: '', useradd: ''}});
	t.deepEqual(made.calls.filter(call => !call.startsWith('getent')), ['groupadd --gid 2 nova', 'useradd --uid 1 --gid nova --no-create-home --home-dir /var/lib/nova --shell /bin/bash --comment nova user nova']);
});

test('W78: a repository that is off can be switched off, and one that is not there not on', async t => {
	if (!needs(t, 'bash')) {
		return;
	}

	const off = await runSteps(t, 'switch_repositories; echo done', {environment: {DIST_REPOS: '-no-such-repository'}});
	t.deepEqual([off.exitCode, off.stdout], [0, 'done'], off.stderr);
	const on = await runSteps(t, 'switch_repositories; echo done', {environment: {DIST_REPOS: '+no-such-repository'}});
	t.is(on.exitCode, 1);
	t.regex(on.stderr, /^install: DIST_REPOS names `\+no-such-repository`, but the base image has no \S+\.list\.disabled$/m);
});

test('W75: packages that need each other are removed in one go', async t => {
	if (!needs(t, 'bash')) {
		return;
	}

	const system = await runSteps(t, 'remove_system_packages', {programs: {'dpkg-query': '[ -e "$CALLS.gone" ] || echo installed', dpkg: 'touch "$CALLS.gone"', 'apt-get': 'true'}, environment: {POSTBUILD_REMOVE_OS_PACKAGES: 'python3-pip python-pip-whl'}});
	t.is(system.exitCode, 0, system.stderr);
	t.deepEqual(system.calls.filter(call => call.startsWith('dpkg ')), ['dpkg --remove -- python3-pip python-pip-whl']);
	const present = 'case "$*" in *uninstall*) touch "$CALLS.gone" ;; *" check") true ;; *) [ ! -e "$CALLS.gone" ] ;; esac';
	const python = await runSteps(t, 'touch "$WHEELS/pip-1-py3-none-any.whl"; remove_python_packages', {programs: {python: present}, environment: {POSTBUILD_REMOVE_PYTHON_PACKAGES: 'virtualenv distlib'}});
	t.is(python.exitCode, 0, python.stderr);
	t.deepEqual(python.calls.filter(call => call.includes('uninstall')), ['python -m pip uninstall --yes -- virtualenv distlib']);
});

test('W75: an image whose packages cannot be removed as they were asked for is no image', async t => {
	const remove = async (programs: Answers) => runSteps(t, `PATH=$WHEELS/bin; python_packages= os_packages="a b" command= customization=; set -- remove; . ${postbuild}`, {programs});
	const apk = await remove({apk: 'true'});
	t.is(apk.exitCode, 1);
	t.regex(apk.stderr, /^install: POSTBUILD_REMOVE_OS_PACKAGES: a b cannot be removed from an image with apk$/m);
	const nothing = await remove({});
	t.is(nothing.exitCode, 0, nothing.stderr);
	t.notRegex(nothing.stdout, /remove the packages/);
});

test('what LOCI has left out or removed of the packages that were asked for is installed', async t => {
	if (!needs(t, 'bash')) {
		return;
	}

	const known = (...lines: readonly string[]) => String.raw`printf '%s\n' ${lines.map(line => `'${line}'`).join(' ')}`;
	const programs = {'dpkg-query': known('installed libvirt0, ', 'installed libaio1t64, libaio1 (= 0.3), libaio1:i386', 'config-files ceilometer-common, '), 'apt-get': 'true', find: 'true'};
	const {exitCode, stdout, calls} = await runSteps(t, 'restore_packages', {programs, environment: {DIST_PACKAGES: 'libvirt0 libaio1 ceilometer-common=1:24.0.0-2 ceilometer-polling'}});
	t.is(exitCode, 0);
	t.regex(stdout, /^==> packages that LOCI has left out or removed: ceilometer-common=1:24\.0\.0-2 ceilometer-polling$/mv);
	t.deepEqual(calls.filter(call => call.startsWith('apt-get')), ['apt-get -q update', 'apt-get -q install --yes --no-install-recommends -- ceilometer-common=1:24.0.0-2 ceilometer-polling']);

	const whole = await runSteps(t, 'restore_packages', {programs, environment: {DIST_PACKAGES: 'libvirt0 libaio1'}});
	t.is(whole.exitCode, 0);
	t.deepEqual(whole.calls.map(call => call.split(' ')[0]), ['dpkg-query'], 'nothing else is done where nothing is missing');
});

test('pip gets the wheels of the image and nothing else, and no version of a project that is built', async t => {
	if (!needs(t, 'bash')) {
		return;
	}

	const close = String.raw`scratch=$WHEELS/scratch; mkdir "$scratch"; printf "oslo-config===1\nopenstack-heat===2\nheat===3\n" >"$WHEELS/upper-constraints.txt"; close_pip; env | grep -E "^(PIP|UV)_" | sort; cat "$scratch/constraints.txt"`;
	const built = await runSteps(t, close, {environment: {PROJECT: 'heat', PROJECT_COMMIT: 'c0ffee', PROJECT_DISTRIBUTION: 'openstack-heat'}});
	t.is(built.exitCode, 0, built.stderr);
	t.regex(built.stdout, /^PIP_NO_INDEX=1$/m);
	t.regex(built.stdout, /^PIP_CONFIG_FILE=\/dev\/null$/m);
	t.true(built.stdout.endsWith('\noslo-config===1'), built.stdout);
	const taken = await runSteps(t, close, {environment: {PROJECT: 'heat'}});
	t.true(taken.stdout.endsWith('oslo-config===1\nopenstack-heat===2\nheat===3'));
});

test('a source in the build context becomes a checkout with what pbr asks git for', async t => {
	if (!needs(t, {program: ['bash', 'git']})) {
		return;
	}

	const place = 'context=$WHEELS; mkdir -p "$context/sources/project/demo"; echo x >"$context/sources/project/demo/data.json"; echo "*.json" >"$context/sources/project/.gitignore"; chmod -R a-w "$context/sources"; place_project "$WHEELS/checkout"; cd "$WHEELS/checkout"; git ls-files; git log -1 --format=%s; touch writable';
	const {exitCode, stdout, stderr} = await runSteps(t, place, {environment: {PROJECT_REPO: 'https://opendev.org/openstack/demo', PROJECT_COMMIT: 'c0ffee'}});
	t.is(exitCode, 0, stderr);
	t.true(stdout.endsWith('\n.gitignore\ndemo/data.json\nc0ffee of https://opendev.org/openstack/demo'), stdout);
});

test('a source that is missing is an error, and no host is asked', async t => {
	if (!needs(t, 'bash')) {
		return;
	}

	const {exitCode, stderr, calls} = await runSteps(t, 'context=$WHEELS; place_project "$WHEELS/checkout"', {programs: {git: ''}, environment: {PROJECT_REPO: 'https://opendev.org/openstack/demo', PROJECT_COMMIT: 'c0ffee'}});
	t.is(exitCode, 1);
	t.regex(stderr, /^install: the source of demo is not in the build context$/m);
	t.deepEqual(calls, []);
});

test('LOCI\'s place has its files, and ours where these take their place; the tree itself stays', async t => {
	if (!needs(t, 'bash')) {
		return;
	}

	const tree = 'context=$WHEELS; mkdir -p "$context/loci/scripts" "$context/shadow/scripts"; echo theirs | tee "$context/loci/scripts/a.sh" >"$context/loci/scripts/b.sh"; echo ours >"$context/shadow/scripts/b.sh"; chmod -R a-w "$context/loci"';
	const {exitCode, stdout, stderr} = await runSteps(t, `${tree}; link_loci "$WHEELS/opt"; cat "$WHEELS/opt/scripts/a.sh" "$WHEELS/opt/scripts/b.sh"; rm -rf "$WHEELS/opt"; cat "$context/loci/scripts/a.sh" "$context/loci/scripts/b.sh"; chmod -R u+w "$context/loci"`);
	t.is(exitCode, 0, stderr);
	t.is(stdout, 'theirs\nours\ntheirs\ntheirs', 'what a directive removes of it is gone, and the tree is whole');
});
