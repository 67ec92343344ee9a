/** The programs of the dialects, run by themselves: the package tables, the verifier, the scripts' texts, the steps around an installation. */
import {
	chmod, mkdir, mkdtemp, readFile, readdir, rm, writeFile,
} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {execa} from 'execa';
import fc from 'fast-check';
import {parsePackageTable, selectPackages} from '../../src/images/dialects/parse-package-table.js';
import type {Check} from '../../src/images/image-steps.js';
import {needs} from '../_helpers/needs.js';

/** Runs a program to its end, whatever its exit code. */
const run = async (file: string, args: readonly string[], more: {input?: string; env?: Record<string, string>} = {}) =>
	execa(file, [...args], {
		reject: false, timeout: 120_000, ...(more.input === undefined ? {stdin: 'ignore' as const} : {input: more.input}), ...(more.env && {env: more.env, extendEnv: false}),
	});

const loci = path.resolve(import.meta.dirname, '../../build-config/loci');

async function temporary(t: ExecutionContext, name: string): Promise<string> {
	const folder = await mkdtemp(path.join(tmpdir(), `stx-build-${name}-`));
	t.teardown(async () => rm(folder, {recursive: true, force: true}));
	return folder;
}

test('the installer reads package tables as stx-build does', async t => {
	if (!needs(t, 'python3')) {
		return;
	}

	const profile = fc.constantFrom('keystone', 'nova', 'ldap', 'apache', 'trixie');
	const plain = fc.tuple(fc.constantFrom('', '!'), profile).map(parts => parts.join(''));
	const word = fc.oneof(plain, fc.array(plain, {minLength: 1, maxLength: 3}).map(words => `(${words.join(' ')})`));
	const line = fc.oneof(
		fc.tuple(fc.constantFrom('a', 'b', 'lib-c++', 'd<81'), fc.array(word, {maxLength: 4})).map(([name, words]) => words.length === 0 ? name : `${name}  [${words.join(' ')}]`),
		fc.constantFrom('', '# a comment', 'x []', 'y [nova] # why'),
	);
	const folder = await temporary(t, 'tables');
	const cases = fc.sample(fc.tuple(fc.array(line, {maxLength: 12}), fc.uniqueArray(profile)), {numRuns: 300, seed: 20_261_121});
	const file = path.join(folder, 'cases.json');
	await writeFile(file, JSON.stringify(cases));
	const program = 'import json, sys; sys.path.insert(0, sys.argv[1]); sys.dont_write_bytecode = True; from select_packages import select; print(json.dumps([list(select(lines, set(profiles))) for lines, profiles in json.load(open(sys.argv[2]))]))';
	const python = await run('python3', ['-c', program, path.join(loci, 'builtin'), file]);
	t.is(python.exitCode, 0, python.stderr);
	t.deepEqual(cases.map(([lines, profiles]) => selectPackages(parsePackageTable(lines.join('\n'), 'table'), profiles)), JSON.parse(python.stdout));
});

test('the installer says where a table is wrong', async t => {
	if (!needs(t, 'python3')) {
		return;
	}

	const file = path.join(await temporary(t, 'tables'), 'pydep.txt');
	await writeFile(file, 'good\nbad one\n');
	const {exitCode, stderr} = await run('python3', [path.join(loci, 'builtin/select_packages.py'), file]);
	t.is(exitCode, 1);
	t.is(stderr.trim(), 'install: not a line of a package table: bad one');
});

test('shellcheck finds nothing in the scripts of the dialects', async t => {
	if (!needs(t, 'shellcheck')) {
		return;
	}

	const scripts = (await readdir(loci, {recursive: true})).filter(name => name.endsWith('.sh'));
	t.true(scripts.includes('pinned/shadow/scripts/create_user.sh'));
	const {exitCode, stdout} = await run('shellcheck', scripts.map(name => path.join(loci, name)));
	t.is(exitCode, 0, stdout);
});

/** An environment of Python as an image has one, with distributions made by hand. */
async function createImage(t: ExecutionContext) {
	const folder = await temporary(t, 'verify');
	const venv = path.join(folder, 'venv');
	const made = await run('python3', ['-m', 'venv', '--without-pip', venv]);
	t.is(made.exitCode, 0, made.stderr);
	const python = path.join(venv, 'bin/python');
	const answer = async (program: string): Promise<string> => (await run(python, ['-c', program])).stdout.trim();
	const site = await answer('import sysconfig; print(sysconfig.get_path("purelib"))');
	const pip = await answer('import glob, os, ensurepip; print((glob.glob(os.path.join(os.path.dirname(ensurepip.__file__), "_bundled", "pip-*.whl")) + glob.glob("/usr/share/python-wheels/pip-*.whl"))[0])');
	return {
		/** A file beside the distributions, which can be run. */
		async write(name: string, text: string) {
			await writeFile(path.join(site, name), text, {mode: 0o755});
		},
		async install(name: string, {version = '1.0', requires = [], scripts = {}}: {version?: string; requires?: readonly string[]; scripts?: Readonly<Record<string, {target: string; text?: string}>>} = {}) {
			const info = path.join(site, `${name}-${version}.dist-info`);
			await mkdir(info, {recursive: true});
			await writeFile(path.join(info, 'METADATA'), `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n${requires.map(text => `Requires-Dist: ${text}\n`).join('')}`);
			await writeFile(path.join(info, 'RECORD'), '');
			await writeFile(path.join(info, 'entry_points.txt'), `[console_scripts]\n${Object.entries(scripts).map(([script, {target}]) => `${script} = ${target}\n`).join('')}`);
			for (const [script, {text}] of Object.entries(scripts)) {
				if (text !== undefined) {
					const file = path.join(venv, 'bin', script);
					await writeFile(file, text);
					await chmod(file, 0o755);
				}
			}
		},
		/** @param change made to the verifier. */
		async verify(request: Readonly<Record<string, unknown>>, change = (text: string) => text): Promise<readonly Check[]> {
			const verifier = path.join(folder, 'verify.py');
			await writeFile(verifier, change(await readFile(path.join(loci, 'verify.py'), 'utf8')));
			const result = await run(python, [verifier], {
				env: {PATH: `${path.join(venv, 'bin')}:/usr/bin:/bin`, PYTHONDONTWRITEBYTECODE: '1'},
				input: JSON.stringify({
					pip, distributions: [], packages: [], absent: {distributions: [], packages: []}, setup: [], scripts: [], skip: [], loads: [], service: null, ...request,
				}),
			});
			t.is(result.exitCode, 0, result.stderr);
			return (JSON.parse(result.stdout.trimEnd().split('\n').at(-1)!) as {checks: Check[]}).checks;
		},
	};
}

const outcomes = (checks: readonly Check[]): Readonly<Record<string, string>> => Object.fromEntries(checks.map(({check, status}) => [check, status]));
const detailOf = (checks: readonly Check[], name: string): string => checks.find(({check}) => check === name)!.detail;

test('the verifier looks for distributions, and whether what they require is there', async t => {
	if (!needs(t, {program: 'python3', python: 'ensurepip'})) {
		return;
	}

	const image = await createImage(t);
	await image.install('Oslo_Thing', {version: '2.0'});
	await image.install('keystone', {requires: ['oslo.thing>=2']});
	const whole = await image.verify({distributions: [{name: 'keystone', version: '1.0'}, {name: 'oslo-thing'}, {name: 'nothere'}, {name: 'oslo.thing', version: '3'}], absent: {distributions: ['pip', 'keystone'], packages: []}});
	t.deepEqual(outcomes(whole), {
		'requirements of all distributions': 'passed', 'distribution keystone': 'passed', 'distribution oslo-thing': 'passed', 'distribution nothere': 'failed', 'distribution oslo.thing': 'failed', 'no distribution pip': 'passed', 'no distribution keystone': 'failed',
	});
	t.is(detailOf(whole, 'distribution oslo.thing'), 'version 2.0 is installed, not 3');

	await image.install('broken', {requires: ['missing-thing']});
	t.regex(detailOf(await image.verify({}), 'requirements of all distributions'), /broken 1\.0 requires missing-thing, which is not installed/);
});

test('what distributions of Debian\'s packages lack is no more than a doubt, and what all others lack a failure', async t => {
	if (!needs(t, {program: 'python3', python: 'ensurepip'})) {
		return;
	}

	const image = await createImage(t);
	// Both are seen by the environment, and not its own; only one of them is the folder of Debian's packages.
	const [debian, local] = [await temporary(t, 'dist-packages'), await temporary(t, 'local')];
	await image.write('others.pth', `${debian}\n${local}\n`);
	const place = async (folder: string, name: string, requires: string) => {
		await mkdir(path.join(folder, `${name}-8.2.0.dist-info`));
		await writeFile(path.join(folder, `${name}-8.2.0.dist-info/METADATA`), `Metadata-Version: 2.1\nName: ${name}\nVersion: 8.2.0\nRequires-Dist: ${requires}\n`);
	};

	await place(debian, 'oslo_utils', 'tzdata');
	const check = async () => {
		const [made] = await image.verify({}, text => text.replace('"/usr/lib/python3/dist-packages"', JSON.stringify(debian)));
		return made!;
	};

	const {status, detail} = await check();
	t.is(status, 'warning');
	t.is(detail, 'by the metadata of Debian\'s packages, oslo-utils 8.2.0 requires tzdata, which is not installed.');

	await image.install('project', {requires: ['oslo.utils', 'missing-thing']});
	const own = await check();
	t.is(own.status, 'failed');
	t.is(own.detail, 'ended with exit code 1\nproject 1.0 requires missing-thing, which is not installed.');

	await image.install('missing_thing');
	await place(local, 'by_hand', 'another-thing');
	t.regex((await check()).detail, /^ended with exit code 1\nby-hand 8\.2\.0 requires another-thing/v);
});

test('the verifier asks the console scripts of the project', async t => {
	if (!needs(t, {program: 'python3', python: 'ensurepip'})) {
		return;
	}

	const image = await createImage(t);
	const script = (text: string) => ({target: 'json:dumps', text: `#!/bin/sh\n${text}\n`});
	await image.install('project', {
		scripts: {
			'a-help': script('test "$1" = --help'),
			'b-version': script('test "$1" = --version'),
			'c-refuses': script('echo "needs a configuration" >&2; exit 3'),
			'd-crashes': script('echo "Traceback (most recent call last):"; echo "ModuleNotFoundError: x"; exit 1'),
			'e-missing': {target: 'json:dumps'},
			'f-skipped': script('exit 1'),
		},
	});
	await image.install('client', {scripts: {loads: {target: 'json:dumps'}, 'loads-not': {target: 'no_such_module:main'}, 'loads-with-extra': {target: 'no_such_module:main [extra]'}}});
	const checks = await image.verify({scripts: ['project', 'nothere'], skip: ['f-skipped'], loads: ['client']});
	t.deepEqual(outcomes(checks), {
		'requirements of all distributions': 'passed', 'script a-help': 'passed', 'script b-version': 'passed', 'script c-refuses': 'warning', 'script d-crashes': 'failed', 'script e-missing': 'failed', 'script loads loads': 'passed', 'script loads-not loads': 'warning',
	});
	t.regex(detailOf(checks, 'script d-crashes'), /ModuleNotFoundError: x/);
	t.regex(detailOf(checks, 'script loads-not loads'), /No module named 'no_such_module'/);
});

test('the verifier looks for Debian packages and what provides them', async t => {
	if (!needs(t, {program: ['python3', 'dpkg-query'], python: 'ensurepip'})) {
		return;
	}

	const image = await createImage(t);
	t.deepEqual(outcomes(await image.verify({packages: ['bash', 'awk', 'no-such-package'], absent: {distributions: [], packages: ['no-such-package', 'bash']}})), {
		'requirements of all distributions': 'passed', 'package bash': 'passed', 'package awk': 'passed', 'package no-such-package': 'failed', 'no package no-such-package': 'passed', 'no package bash': 'failed',
	});
});

const server = String.raw`
import http.server, json, os, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps({"version": {"id": "v3.14", "links": [{"rel": "self"}], "count": 2}, "config": open(os.path.join(os.environ["HOME"], "config")).read()}).encode()
        self.send_response(200 if self.path == "/v3" else 404)
        self.end_headers()
        self.wfile.write(body)
http.server.HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
`;

const ask = (start: string, more: Readonly<Record<string, unknown>> = {}) => ({
	start, wsgi: null, port: null, method: 'GET', path: '/v3', status: 200, json: [], seconds: 90, ...more,
});

test('the verifier sets a service up, asks it, and leaves nothing running', async t => {
	if (!needs(t, {program: ['python3', 'bash'], python: 'ensurepip'})) {
		return;
	}

	const image = await createImage(t);
	const folder = await temporary(t, 'service');
	await writeFile(path.join(folder, 'server.py'), server);
	const pids = path.join(folder, 'pids');
	const checks = await image.verify({
		setup: ['printf "a;b" >"$HOME/config"', 'test -s "$HOME/config"'],
		service: ask(`sleep 600 & echo $! $$ >${pids}; exec python ${path.join(folder, 'server.py')}`, {
			json: [{path: 'version.id', value: 'v3.14'}, {path: 'version.id', value: 'v3*'}, {path: 'version.links.0.rel', value: 'self'}, {path: 'version.count', value: '2'}, {path: 'config', value: 'a;b'}, {path: 'version.nothing', value: 'x'}, {path: 'version.id', value: 'v2*'}],
		}),
	});
	t.deepEqual(checks.slice(1).map(({check, status, detail}) => [check.replace(/:.*/, ''), status, detail]), [
		['setup', 'passed', ''],
		['setup', 'passed', ''],
		['GET /v3', 'passed', '200'],
		['JSON version.id', 'passed', 'v3.14'],
		['JSON version.id', 'passed', 'v3.14'],
		['JSON version.links.0.rel', 'passed', 'self'],
		['JSON version.count', 'passed', '2'],
		['JSON config', 'passed', 'a;b'],
		['JSON version.nothing', 'failed', 'the answer has no version.nothing'],
		['JSON version.id', 'failed', 'version.id is v3.14, not v2*'],
	]);
	const running = await run('bash', ['-c', `for pid in $(cat ${pids}); do if kill -0 "$pid" 2>/dev/null && ! grep -q '^State:.Z' "/proc/$pid/status"; then echo "$pid"; fi; done`]);
	t.is(running.stdout, '');
});

test('the verifier serves a WSGI application itself, where the image has no uwsgi', async t => {
	if (!needs(t, {program: ['python3', 'bash'], python: 'ensurepip'})) {
		return;
	}

	const image = await createImage(t);
	await image.write('demo.py', 'import sys\ndef application(environ, start_response):\n    start_response("200 OK", [])\n    return [str(sys.argv[1:]).encode()]\n');
	const asked = {...ask(''), start: null, wsgi: 'demo:application'};
	t.like((await image.verify({service: asked})).at(-1), {check: 'GET /v3', status: 'passed', detail: '200'});
	t.like((await image.verify({service: {...asked, json: [{path: '0', value: '-'}]}})).at(-1), {check: 'JSON 0', status: 'failed', detail: 'the answer has no 0'}, 'it sees no arguments that are not its own');
	t.regex((await image.verify({service: {...asked, wsgi: 'demo:none'}})).at(-1)!.detail, /^`demo:none` ended with exit code 1\n[\s\S]*has no attribute 'none'/);

	await image.write('../../../bin/uwsgi', '#!/bin/sh\nprintf "uwsgi %s\\n" "$*"\nexit 3\n');
	t.regex((await image.verify({service: asked})).at(-1)!.detail, /^`demo:application` ended with exit code 3\nuwsgi --http-socket 127\.0\.0\.1:\d+ --module demo:application /);
});

test('the verifier says why a service does not answer', async t => {
	if (!needs(t, {program: ['python3', 'bash'], python: 'ensurepip'})) {
		return;
	}

	const image = await createImage(t);
	const folder = await temporary(t, 'service');
	await writeFile(path.join(folder, 'server.py'), server);
	const setup = ['printf x >"$HOME/config"'];
	const first = async (request: Readonly<Record<string, unknown>>): Promise<string> => (await image.verify({setup, ...request})).filter(({status}) => status === 'failed').map(({check, detail}) => `${check}: ${detail}`).join('|');
	t.regex(await first({service: ask('echo "no configuration" >&2; exit 4')}), /^GET \/v3: `.*` ended with exit code 4\nno configuration$/);
	t.regex(await first({service: ask(`exec python ${path.join(folder, 'server.py')}`, {path: '/v2'})}), /^GET \/v2: status 404, not 200\n{"version"/);
	t.regex(await first({service: ask('echo starting; sleep 60', {seconds: 4})}), /^GET \/v3: no answer on port \d+ in 4 s: .*\nstarting$/);
	t.regex(await first({setup: ['echo "what is wrong"; false', 'true'], service: ask('true')}), /^setup: echo "what is wrong"; false: ended with exit code 1\nwhat is wrong$/);
});
