/** bin/quickstart beside stand-ins that note how they were called. */
import {spawnSync} from 'node:child_process';
import {
	chmod, mkdir, mkdtemp, readFile, realpath, rm, writeFile,
} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import test, {type ExecutionContext} from 'ava';

const project = fileURLToPath(new URL('../..', import.meta.url));

type Machine = {
	/** Who runs it: 0 is root. */
	readonly id?: number;
	/** Whether a docker daemon answers. */
	readonly daemon?: boolean;
	/** A settings file in the folder it is run in. */
	readonly settings?: string;
	readonly environment?: NodeJS.ProcessEnv;
};

type Ran = {readonly code: number | null; readonly stdout: string; readonly stderr: string; readonly calls: readonly string[]; readonly folder: string};

async function runQuickstart(t: ExecutionContext, argv: readonly string[], {id = 0, daemon = true, settings, environment = {}}: Machine = {}): Promise<Ran> {
	const folder = await realpath(await mkdtemp(path.join(tmpdir(), 'stx-build-quickstart-test-')));
	t.teardown(async () => rm(folder, {recursive: true, force: true}));
	const [bin, calls] = [path.join(folder, 'bin'), path.join(folder, 'calls')];
	await mkdir(bin);
	const write = async (name: string, lines: readonly string[]) => {
		await writeFile(path.join(bin, name), `${lines.join('\n')}\n`);
		await chmod(path.join(bin, name), 0o755);
	};

	const script = await readFile(path.join(project, 'bin', 'quickstart'), 'utf8');
	t.true(script.includes('EUID'));
	await write('quickstart', [script.replaceAll('EUID', String(id))]);
	await write('setup', ['#!/bin/sh', `echo "setup $*" >>'${calls}'`]);
	await write('docker', ['#!/bin/sh', daemon ? '' : 'exit 1']);
	// Nobody is made root by this test. As Debian's sudo, it says who is root now, whatever is to be preserved.
	await write('sudo', ['#!/bin/sh', `echo "sudo $*" >>'${calls}'`, 'while case $1 in -*) ;; *) false ;; esac; do shift; done', 'USER=root LOGNAME=root exec "$@"']);
	// What is set is told by the real one.
	await write('stx-build', ['#!/bin/sh', `if [ "$1" = config ]; then exec '${path.join(project, 'bin', 'stx-build')}' "$@"; fi`, `echo "\${USER-nobody} \${LOGNAME-nobody}: stx-build $*" >>'${calls}'`]);
	if (settings !== undefined) {
		await mkdir(path.join(folder, 'build-config'));
		await writeFile(path.join(folder, 'build-config', 'stx-build.ini'), settings);
	}

	const {status, stdout, stderr} = spawnSync(path.join(bin, 'quickstart'), argv, {
		cwd: folder, env: {
			PATH: `${bin}:${process.env.PATH ?? ''}`, USER: 'alice', LOGNAME: 'alice', ...environment,
		}, encoding: 'utf8',
	});
	const noted = await readFile(calls, 'utf8').catch(() => '');
	return {
		code: status, stdout, stderr, calls: noted.split('\n').filter(line => line !== ''), folder,
	};
}

const loadbuild = 'alice alice: stx-build loadbuild --dialect builtin --service keystone';

test('it sets up, builds, and says where the results are', async t => {
	const {code, stderr, calls} = await runQuickstart(t, ['--workspace', '/tmp/elsewhere']);
	t.is(code, 0);
	t.deepEqual(calls, ['setup ', `${loadbuild} --workspace /tmp/elsewhere`]);
	t.regex(stderr, /wheels tarball and lock +\/tmp\/elsewhere\/std\/build-wheels-/v);
	t.regex(stderr, /Another service: bin\/stx-build images --dialect builtin --service placement --workspace \/tmp\/elsewhere\n/v);
});

test('it says where the results are also where an option, a variable or a settings file says so', async t => {
	const settings = '[run]\nworkspace = of-file\n';
	const inFolder = await runQuickstart(t, []);
	t.true(inFolder.stderr.includes(` ${inFolder.folder}/workspace/std/build-images/\n`), inFolder.stderr);
	const ofFile = await runQuickstart(t, [], {settings});
	t.true(ofFile.stderr.includes(` ${ofFile.folder}/of-file/std/build-images/\n`), ofFile.stderr);
	const ofVariable = await runQuickstart(t, [], {settings, environment: {MY_WORKSPACE: '/tmp/of variable'}});
	t.true(ofVariable.stderr.includes(' /tmp/of variable/std/build-images/\n'), ofVariable.stderr);
	const ofOption = await runQuickstart(t, ['--workspace=/tmp/of option', '--user', 'me'], {settings});
	t.true(ofOption.stderr.includes(' /tmp/of option/std/build-images/\n'), ofOption.stderr);
	t.true(ofOption.stderr.includes(String.raw`--service placement --workspace=/tmp/of\ option`), ofOption.stderr);
});

test('a user whom a docker daemon answers stays that user', async t => {
	const {code, stderr, calls} = await runQuickstart(t, [], {id: 1000});
	t.is(code, 0);
	t.deepEqual(calls, ['setup ', loadbuild]);
	t.notRegex(stderr, /sudo/v);
});

test('without a daemon root builds, under the name of the user, and goes on so', async t => {
	const {code, stderr, calls, folder} = await runQuickstart(t, ['-j', '2'], {id: 1000, daemon: false});
	t.is(code, 0, stderr);
	const [setUp, asRoot, ...built] = calls;
	t.is(setUp, 'setup ');
	t.true(asRoot!.startsWith(`sudo --preserve-env --set-home env PATH=${folder}/bin:`), asRoot);
	t.deepEqual(built, [`${loadbuild} -j 2`]);
	t.regex(stderr, /^quickstart: no docker daemon answers this user; building as root \(sudo\)/v);
	t.notRegex(stderr, /buildah/v, 'which engine works there is not known here');
	t.regex(stderr, /Another service: sudo -EH env "PATH=\$PATH" "USER=\$USER" bin\/stx-build images /v);
});

test('a user without a name becomes root by name too', async t => {
	const {code, calls} = await runQuickstart(t, ['-n'], {id: 1000, daemon: false, environment: {USER: undefined, LOGNAME: ''}});
	t.is(code, 0);
	t.is(calls.at(-1), 'root root: stx-build loadbuild --dialect builtin --service keystone -n');
});

test('root needs neither a daemon nor sudo', async t => {
	t.deepEqual((await runQuickstart(t, ['-n'], {daemon: false})).calls, ['setup ', `${loadbuild} -n`]);
});

for (const option of ['--dry-run', '-n']) {
	test(`with ${option} nothing is made, and no results are named`, async t => {
		const {code, stderr, calls} = await runQuickstart(t, [option]);
		t.deepEqual({code, stderr, calls}, {code: 0, stderr: '', calls: ['setup ', `${loadbuild} ${option}`]});
	});
}

for (const option of ['--help', '-h']) {
	test(`with ${option} nothing is installed`, async t => {
		const {code, stdout, calls} = await runQuickstart(t, ['--user', 'me', option]);
		t.deepEqual({code, calls}, {code: 0, calls: []});
		t.regex(stdout, /^Usage: bin\/quickstart /v);
	});
}
