/** bin/quickstart beside stand-ins that note how they were called. */
import {spawnSync} from 'node:child_process';
import {
	chmod, cp, mkdtemp, readFile, realpath, rm, writeFile,
} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import test, {type ExecutionContext} from 'ava';

const project = fileURLToPath(new URL('../..', import.meta.url));

type Ran = {readonly code: number | null; readonly stdout: string; readonly stderr: string; readonly calls: readonly string[]};

async function runQuickstart(t: ExecutionContext, argv: readonly string[]): Promise<Ran> {
	const folder = await realpath(await mkdtemp(path.join(tmpdir(), 'stx-build-quickstart-test-')));
	t.teardown(async () => rm(folder, {recursive: true, force: true}));
	const calls = path.join(folder, 'calls');
	await cp(path.join(project, 'bin', 'quickstart'), path.join(folder, 'bin', 'quickstart'));
	// The daemon answers, and sudo is what comes after it: nobody is made root by this test.
	for (const name of ['setup', 'stx-build', 'docker', 'sudo']) {
		const file = path.join(folder, 'bin', name);
		await writeFile(file, name === 'docker' ? '#!/bin/sh\n' : `#!/bin/sh\necho "${name} $*" >>'${calls}'\n`);
		await chmod(file, 0o755);
	}

	const {status, stdout, stderr} = spawnSync(path.join(folder, 'bin', 'quickstart'), argv, {cwd: folder, env: {PATH: `${path.join(folder, 'bin')}:${process.env.PATH ?? ''}`}, encoding: 'utf8'});
	const noted = await readFile(calls, 'utf8').catch(() => '');
	return {
		code: status, stdout, stderr, calls: noted.split('\n').filter(line => line !== ''),
	};
}

const loadbuild = 'stx-build loadbuild --dialect builtin --service keystone';

test('it sets up, builds, and says where the results are', async t => {
	const {code, stderr, calls} = await runQuickstart(t, ['--workspace', '/tmp/elsewhere']);
	t.is(code, 0);
	t.deepEqual(calls, ['setup ', `${loadbuild} --workspace /tmp/elsewhere`]);
	t.regex(stderr, /wheels tarball and lock +\/tmp\/elsewhere\/std\/build-wheels-/v);
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
