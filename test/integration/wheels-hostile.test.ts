/** Builds of sdists that mean harm, or that differ from time to time, on real engines, with the real uv and the real scripts of the builder. */
import {
	mkdtemp, readdir, readFile, rm, writeFile,
} from 'node:fs/promises';
import {homedir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import test, {type ExecutionContext} from 'ava';
import {findLeaks} from '../../src/engine/index.js';
import {withOpenDoor} from '../../src/engine/probe-network.js';
import {digestOfFile} from '../../src/system/index.js';
import type {FileResult} from '../../src/wheels/index.js';
import type {BuildInputs} from '../../src/wheels/step-inputs.js';
import type {RebuildInputs} from '../../src/wheels/rebuild/plan-rebuilds.js';
import type {RebuildResult} from '../../src/wheels/rebuild/rebuild-handler.js';
import {
	containersOf, engineTests, numberFor, processesWith, until, type EngineTest,
} from '../_helpers/engines.js';
import {failureOf} from '../_helpers/failure.js';
import {backendSdist, hostTarget, makeBareBuilder} from '../_helpers/hostile-sdist.js';
import {
	buildInputs, contextOf, makeWheelSteps, stepOf, storeMade,
} from '../_helpers/wheel-effects.js';
import {findUv} from '../_helpers/wheel-world.js';

const testEngines = engineTests(test);

/** Gives a function that builds an sdist whose backend runs this Python code; undefined without uv, which the test has then said. */
async function makeHostile(t: ExecutionContext, given: EngineTest) {
	const uv = await findUv(t);
	if (!uv) {
		return undefined;
	}

	const {engine, image} = await makeBareBuilder(given.engine, given.folder, `${given.folder} ${t.title}`);
	await given.keep(image);
	const {effects, handlers} = await makeWheelSteps(t, engine, {target: await hostTarget(), uv: async () => uv});
	return {
		image,
		effects,
		async build(code: string, changes: Partial<BuildInputs> = {}, signal?: AbortSignal): Promise<FileResult> {
			const step = stepOf('wheels.build', buildInputs({environment: [], ...changes}));
			const sdist = await storeMade(effects, backendSdist(code));
			return await handlers['wheels.build']!.run(step, contextOf({builder: {image, reference: 'localhost/bare'}, sdist}, signal)) as unknown as FileResult;
		},
		async rebuild(wheel: FileResult, code: string, exception: RebuildInputs['exception']): Promise<RebuildResult> {
			const step = stepOf('wheels.rebuild', {build: buildInputs({environment: []}), wheel: 'wheel', exception} satisfies RebuildInputs);
			const sdist = await storeMade(effects, backendSdist(code));
			return await handlers['wheels.rebuild']!.run(step, contextOf({builder: {image, reference: 'localhost/bare'}, sdist, wheel})) as unknown as RebuildResult;
		},
		log: async () => readFile(path.join(effects.logs, 'thing-1.0.log'), 'utf8'),
	};
}

testEngines('a build cannot read, reach, write or leave behind anything', async (t, given) => {
	const hostile = await makeHostile(t, given);
	if (!hostile) {
		return;
	}

	process.env.STX_BUILD_TEST_SECRET = 'hunter2-in-the-environment';
	const home = await mkdtemp(path.join(homedir(), 'stx-build-hostile-'));
	const seconds = numberFor(given.engine, 98_890);
	try {
		await writeFile(path.join(home, '.netrc'), 'machine example.com login eve password hunter2-in-a-file\n');
		await withOpenDoor(async ({port, addresses, socket}) => {
			const result = await hostile.build(String.raw`
def attempt(what, function):
    try:
        print("DONE", what, function())
    except OSError as error:
        print("REFUSED", what, error.strerror)

def dial(family, address):
    with socket.socket(family) as knock:
        knock.settimeout(2)
        knock.connect(address)

def write(name):
    open(name, "w").close()
    os.remove(name)

print("ENVIRONMENT", dict(os.environ))
attempt("read the home folder", lambda: open("${home}/.netrc").read())
attempt("list root's home folder", lambda: os.listdir("/root") or "nothing there")
attempt("read the passwords", lambda: open("/etc/shadow").read())
for address in ${JSON.stringify(addresses)}:
    attempt("dial", lambda: dial(socket.AF_INET, (address, ${port})))
for name in ["\0${socket}", "\0${socket}".ljust(108, "\0")]:
    attempt("dial a socket", lambda: dial(socket.AF_UNIX, name))
for folder in ["/", "/usr", "/etc", "/opt", "/root", "/build", "/build/env", "/build/recipe", "/build/tools"]:
    attempt("write " + folder, lambda: write(folder + "/${path.basename(home)}"))
attempt("become root", lambda: os.setuid(0))
attempt("change the root", lambda: os.chroot("/"))
attempt("share memory", lambda: open("/dev/shm/${path.basename(home)}", "w").close())
if os.fork() == 0:
    os.setsid()
    for each in (0, 1, 2):
        os.dup2(os.open(os.devnull, os.O_RDWR), each)
    for each in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(each, signal.SIG_IGN)
    os.execvp("sleep", ["sleep", "${seconds}"])
`);
			t.is(result.filename, 'thing-1.0-py3-none-any.whl');
		});
		const log = await hostile.log();
		t.false(log.includes('hunter2'), log);
		const done = log.split('\n').filter(line => line.startsWith('DONE'));
		// An empty folder of the image, and memory that nobody else sees.
		t.deepEqual(done.filter(line => !line.startsWith('DONE list root') && !line.startsWith('DONE share memory')), []);
		t.true(log.split('\n').filter(line => line.startsWith('REFUSED')).length >= 16, log);
		t.false((await readdir('/dev/shm')).includes(path.basename(home)));
		t.deepEqual(await processesWith(seconds), []);
		t.deepEqual(await containersOf(given.engine, hostile.image), []);
		t.deepEqual(await readdir(path.join(hostile.effects.cache, 'tmp')), []);
	} finally {
		delete process.env.STX_BUILD_TEST_SECRET;
		await rm(home, {recursive: true});
	}
});

testEngines('a build that never ends, and one that is interrupted, are gone with all their processes', async (t, given) => {
	const hostile = await makeHostile(t, given);
	if (!hostile) {
		return;
	}

	const seconds = numberFor(given.engine, 98_900);
	const code = `
for each in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
    signal.signal(each, signal.SIG_IGN)
subprocess.Popen(["sleep", "${seconds}"], start_new_session=True)
while True:
    time.sleep(1)
`;
	const late = await failureOf(async () => hostile.build(code, {timeoutSeconds: 3}));
	t.is(late.code, 'STX0440');
	t.is(late.message, 'the build of thing 1.0 was ended: it took longer than 3 s');
	const interruption = new AbortController();
	const ended = t.throwsAsync(hostile.build(code, {}, interruption.signal), {code: 'STX0003'});
	await until(async () => (await processesWith(seconds)).length > 0);
	interruption.abort();
	await ended;
	await until(async () => (await processesWith(seconds)).length === 0);
	t.deepEqual(await containersOf(given.engine, hostile.image), []);
	t.deepEqual(await readdir(path.join(hostile.effects.cache, 'tmp')), []);
});

testEngines('a build that writes without end is stopped, in one file and in many', async (t, given) => {
	const hostile = await makeHostile(t, given);
	if (!hostile) {
		return;
	}

	const many = await failureOf(async () => hostile.build(`
for index in range(100):
    with open("/tmp/%d" % index, "wb") as file:
        file.write(b"x" * 2**20)
time.sleep(60)
`, {disk: 40}));
	t.is(many.code, 'STX0440');
	t.is(many.message, 'the build of thing 1.0 was ended: it wrote more than 40 MiB');
	t.regex(many.hint!, /disk = /v);
	const one = await failureOf(async () => hostile.build(`
signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
with open("/build/home/file", "wb") as file:
    while True:
        file.write(b"x" * 2**20)
`, {disk: 16}));
	t.true(['STX0417', 'STX0440'].includes(one.code), one.message);
	t.deepEqual(await readdir(path.join(hostile.effects.cache, 'tmp')), []);
});

testEngines('a build that prints without end is stopped', async (t, given) => {
	const hostile = await makeHostile(t, given);
	if (!hostile) {
		return;
	}

	const loud = await failureOf(async () => hostile.build(String.raw`
while True:
    os.write(1, (b"x" * 1023 + b"\n") * 64)
`, {timeoutSeconds: 100}));
	t.is(loud.code, 'STX0440');
	t.regex(loud.message, /^the build of thing 1\.0 was ended: it printed more than \d+ MiB$/v);
});

testEngines('a patch is applied to the source, and one that does not apply is named', async (t, given) => {
	const hostile = await makeHostile(t, given);
	if (!hostile) {
		return;
	}

	const file = path.join(given.folder, 'say.patch');
	await writeFile(file, '--- a/backend.py\n+++ b/backend.py\n@@ -7,3 +7,3 @@\n \n def build_wheel(folder, config_settings=None, metadata_directory=None):\n-    content = act() or ""\n+    content = print("PATCHED") or ""\n     sys.stdout.flush()\n');
	const patches = [{file, digest: await digestOfFile(file)}];
	await hostile.build('raise SystemExit("not patched")', {patches});
	t.regex(await hostile.log(), /applying 001-say\.patch\n.*PATCHED/sv);
	const twice = await failureOf(async () => hostile.build('pass', {patches: [...patches, ...patches]}));
	t.is(twice.code, 'STX0441');
	t.true(twice.message.startsWith(`the patch \`${file}\` does not apply to thing 1.0\n`), twice.message);
});

testEngines('a wheel that is built again is compared with the first one', async (t, given) => {
	const hostile = await makeHostile(t, given);
	if (!hostile) {
		return;
	}

	const rebuild = async (code: string, exception: RebuildInputs['exception'] = null): Promise<RebuildResult> => hostile.rebuild(await hostile.build(code), code, exception);
	const listed = {reason: 'it writes where it was built', at: {file: 'not-reproducible.ini', line: 3}};
	t.true((await rebuild('return "x = 1"')).isSame);

	for (const code of ['return os.getcwd()', 'return "%o" % os.umask(0)', 'return time.strftime("%z")', 'return os.environ["LC_ALL"]']) {
		const error = await failureOf(async () => rebuild(code));
		t.is(error.code, 'STX0442');
		t.regex(error.message, /^`thing-1\.0-py3-none-any\.whl` is not the same when it is built again: `thing\.py` differs from byte \d+ on/v, code);
	}

	t.false((await rebuild('return os.getcwd()', listed)).isSame);
	const same = await failureOf(async () => rebuild('return ""', listed));
	t.is(same.code, 'STX0442');
	t.regex(same.message, /is the same when it is built again, and is listed as one that is not$/v);
	t.deepEqual(same.at, [listed.at]);
});

testEngines('ways out of a container are found', async (t, given) => {
	const {engine, image} = await makeBareBuilder(given.engine, given.folder, `${given.folder} leaks`);
	await given.keep(image);
	t.deepEqual(await findLeaks(engine, {
		image, network: 'none', user: '1000:1000', untrusted: true,
	}), []);
	const open = await findLeaks(engine, {image, network: 'host'});
	for (const way of ['it reaches 127.0.0.1', 'it reaches the sockets of other processes', 'it has the rights of root', 'it has capabilities', 'a setuid program gives it rights', 'it can write to /etc']) {
		t.true(open.includes(way), `${way}: ${open.join('; ')}`);
	}

	t.false(open.includes('it can write to /usr'));
	t.regex((await findLeaks(given.engine, {image: given.reference, network: 'none'})).join(' '), /^it could not be tried: /v);
});
