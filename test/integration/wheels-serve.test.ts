/** The server of wheels, with the tarball on disk, and what becomes of both while it runs. */
import {Buffer} from 'node:buffer';
import {
	appendFile, mkdir, mkdtemp, readFile, rename, rm, writeFile,
} from 'node:fs/promises';
import {request as sendRequest} from 'node:http';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {Readable} from 'node:stream';
import {text} from 'node:stream/consumers';
import {gzipSync} from 'node:zlib';
import test, {type ExecutionContext} from 'ava';
import {listen, type HttpOutcome, type HttpRequest} from '../../src/system/index.js';
import {formatOutcome, serveWheels} from '../../src/wheels/index.js';
import {sha256Of, wheelOf, type WheelParts} from '../_helpers/archives.js';
import {failureOf} from '../_helpers/failure.js';
import {noise, writeTarball} from '../_helpers/served-tarball.js';

type Served = {
	/** With a slash at the end. */
	readonly url: string;
	readonly file: string;
	readonly log: string[];
	/** Digests of tarballs that took the place of others. */
	readonly changes: string[];
	stop(): Promise<void>;
};

async function workplace(t: ExecutionContext): Promise<string> {
	const folder = await mkdtemp(path.join(tmpdir(), 'wheels-serve-'));
	t.teardown(async () => rm(folder, {recursive: true, force: true}));
	return folder;
}

async function serve(t: ExecutionContext, wheels: readonly WheelParts[]): Promise<Served> {
	const file = path.join(await workplace(t), 'stx-debian-stable-wheels.tar');
	await writeTarball(file, wheels);
	const controller = new AbortController();
	const log: string[] = [];
	const changes: string[] = [];
	const {url, ended} = await serveWheels({file, address: '127.0.0.1', port: 0}, {
		listen,
		signal: controller.signal,
		answered(request: HttpRequest, outcome: HttpOutcome) {
			log.push(formatOutcome(request, outcome));
		},
		changed({sha256}) {
			changes.push(sha256);
		},
	});
	const stop = async (): Promise<void> => {
		controller.abort();
		await ended;
	};

	t.teardown(stop);
	return {
		url, file, log, changes, stop,
	};
}

const get = async (url: string, headers: Readonly<Record<string, string>> = {}): Promise<{readonly status: number; readonly headers: Headers; readonly body: Buffer}> => {
	const answer = await fetch(url, {headers});
	return {status: answer.status, headers: answer.headers, body: Buffer.from(await answer.arrayBuffer())};
};

type ProjectPage = {readonly files: ReadonlyArray<{readonly filename: string; readonly url: string; readonly hashes: {readonly sha256: string}; readonly size: number; readonly 'core-metadata': {readonly sha256: string}}>};

const readProject = async (url: string, name: string): Promise<ProjectPage> => JSON.parse(String((await get(`${url}simple/${name}/`, {accept: 'application/vnd.pypi.simple.v1+json'})).body)) as ProjectPage;

const demo: WheelParts = {
	name: 'Demo.Project', version: '1.0', requires: ['helper>=2'], files: {'demo/data.bin': noise(100_000)},
};

test('tarball, index, wheels and metadata are what they say they are', async t => {
	const {url, file, log} = await serve(t, [demo, {name: 'helper', version: '2.1'}]);
	const bytes = await readFile(file);
	const tarball = await get(`${url}stx-debian-stable-wheels.tar`);
	t.true(tarball.body.equals(bytes));
	t.is(tarball.headers.get('etag'), `"${sha256Of(bytes)}"`);

	const {body} = await get(`${url}simple/`, {accept: 'application/vnd.pypi.simple.v1+json'});
	t.deepEqual((JSON.parse(String(body)) as {projects: unknown}).projects, [{name: 'demo-project'}, {name: 'helper'}]);
	const [wheel] = (await readProject(url, 'demo-project')).files;
	const address = new URL(wheel!.url, `${url}simple/demo-project/`).href;
	const fetched = await get(address);
	t.true(fetched.body.equals((await wheelOf(demo)).content));
	t.is(sha256Of(fetched.body), wheel!.hashes.sha256);
	t.is(fetched.body.length, wheel!.size);
	const metadata = await get(`${address}.metadata`);
	t.is(String(metadata.body), (await wheelOf(demo)).metadata);
	t.is(sha256Of(metadata.body), wheel!['core-metadata'].sha256);
	t.is(String((await get(`${url}upper-constraints.txt`)).body), 'Demo_Project===1.0\nhelper===2.1\n');
	t.deepEqual(log.slice(0, 2), ['127.0.0.1 GET /stx-debian-stable-wheels.tar 200', '127.0.0.1 GET /simple/ 200']);
});

test('parts put together are the whole, and a part with a condition that fails is the whole', async t => {
	const {url, file} = await serve(t, [demo]);
	const bytes = await readFile(file);
	const address = `${url}stx-debian-stable-wheels.tar`;
	const parts = await Promise.all(['bytes=0-999', 'bytes=1000-9999', 'bytes=10000-'].map(async range => get(address, {range})));
	t.deepEqual(parts.map(({status}) => status), [206, 206, 206]);
	t.true(Buffer.concat(parts.map(({body}) => body)).equals(bytes));
	t.is(parts[2]!.headers.get('content-range'), `bytes 10000-${bytes.length - 1}/${bytes.length}`);
	const other = await get(address, {range: 'bytes=1000-', 'if-range': '"another"'});
	t.is(other.status, 200);
	t.true(other.body.equals(bytes));
	t.is((await get(address, {range: `bytes=${bytes.length}-`})).status, 416);
	t.is((await get(address, {'if-none-match': `"${sha256Of(bytes)}"`})).status, 304);
});

/** What fetch would tidy up is sent as it is. */
const sendRaw = async (url: string, target: string, method = 'GET'): Promise<{readonly status: number; readonly body: string}> => new Promise((resolve, reject) => {
	const {hostname, port} = new URL(url);
	sendRequest({
		hostname, port, path: target, method,
	}, async response => {
		resolve({status: response.statusCode!, body: await text(response)});
	}).once('error', reject).end();
});

test('nothing beside the tarball is served', async t => {
	const {url, file} = await serve(t, [demo]);
	await writeFile(path.join(path.dirname(file), 'secret.txt'), 'secret');
	for (const target of ['/secret.txt', '/files/../secret.txt', '/..%2fsecret.txt', '/../../../../../../etc/passwd', '/%2e%2e/secret.txt', `/${file}`, '//secret.txt']) {
		const {status, body} = await sendRaw(url, target);
		t.is(status, 404, target);
		t.false(body.includes('secret\n'), target);
	}

	t.is((await sendRaw(url, '/simple/', 'DELETE')).status, 405);
	t.is((await sendRaw(url, '/stx-debian-stable-wheels.tar', 'HEAD')).body, '');
});

test('many at once get what each asked for', async t => {
	const names = Array.from({length: 20}, (_, index) => `p${index}`);
	const {url, log} = await serve(t, names.map(name => ({name, version: '1', files: {[`${name}/data`]: Buffer.alloc(50_000, name)}})));
	const rounds = Array.from({length: 200}, (_, index) => names[index % names.length]!);
	const answers = await Promise.all(rounds.map(async name => {
		const {files: [file]} = await readProject(url, name);
		const {body} = await get(new URL(file!.url, `${url}simple/${name}/`).href);
		return sha256Of(body) === file!.hashes.sha256 && file!.filename.startsWith(`${name}-`);
	}));
	t.true(answers.every(Boolean));
	t.is(log.filter(line => line.endsWith(' 200')).length, 400);
});

test('a new build is served as soon as it is there, and who reads the old one gets it to its end', async t => {
	const {url, file, changes} = await serve(t, [{...demo, files: {'demo/data.bin': noise(20_000_000)}}]);
	const old = await readFile(file);
	const answer = await fetch(`${url}stx-debian-stable-wheels.tar`);
	const pieces = Readable.fromWeb(answer.body!)[Symbol.asyncIterator]();
	const chunks = [(await pieces.next()).value as Uint8Array];

	await writeTarball(`${file}.new`, [{name: 'other', version: '3'}]);
	await rename(`${file}.new`, file);
	const pages = await Promise.all(Array.from({length: 10}, async () => get(`${url}simple/`)));
	t.true(pages.every(({body}) => String(body).includes('other/') && !String(body).includes('demo-project')));
	t.deepEqual(changes, [sha256Of(await readFile(file))]);

	for await (const piece of pieces) {
		chunks.push(piece as Uint8Array);
	}

	t.true(Buffer.concat(chunks).equals(old));
	t.is((await get(`${url}simple/demo-project/`)).status, 404);
});

test('an address of the build before is not found, and never other bytes', async t => {
	const {url, file} = await serve(t, [demo]);
	const [wheel] = (await readProject(url, 'demo-project')).files;
	await writeTarball(`${file}.new`, [{...demo, files: {'demo/data.bin': 'changed'}}]);
	await rename(`${file}.new`, file);
	t.is((await get(new URL(wheel!.url, `${url}simple/demo-project/`).href)).status, 404);
});

test('a tarball that is away or being written is answered for with 503, until it is there', async t => {
	const {url, file, log} = await serve(t, [demo]);
	const bytes = await readFile(file);
	await rm(file);
	const away = await get(`${url}simple/`);
	t.is(away.status, 503);
	t.is(away.headers.get('retry-after'), '2');
	t.regex(log.at(-1)!, /GET \/simple\/ 503; there is no wheels tarball/);
	await writeFile(file, bytes.subarray(0, -2000));
	t.is((await get(`${url}simple/`)).status, 503);
	t.regex(log.at(-1)!, /503; .* cannot be read as an archive/);
	await appendFile(file, bytes.subarray(-2000));
	t.is((await get(`${url}simple/`)).status, 200);
});

test('it ends when it is told to', async t => {
	const {url, stop} = await serve(t, [demo]);
	t.is((await get(url)).status, 200);
	await stop();
	await t.throwsAsync(get(url));
});

const refuse = async (t: ExecutionContext, write: (file: string) => Promise<unknown>) => {
	const file = path.join(await workplace(t), 'stx-debian-stable-wheels.tar');
	await write(file);
	return failureOf(async () => serveWheels({file, address: '127.0.0.1', port: 0}, {
		async listen() {
			throw new Error('nothing is to be listened on');
		},
		signal: new AbortController().signal,
		answered() {
			// Nothing is asked.
		},
		changed() {
			// Nothing is served.
		},
	}));
};

test('what is no wheels tarball is refused before anything is served', async t => {
	t.is((await refuse(t, async () => undefined)).code, 'STX0903');
	t.is((await refuse(t, async file => writeFile(file, 'x'.repeat(2000)))).code, 'STX0420');
	const folder = await refuse(t, async file => {
		await mkdir(file);
	});
	t.is(folder.message, '`stx-debian-stable-wheels.tar` is no file');
	const empty = await refuse(t, async file => writeTarball(file, []));
	t.is(empty.code, 'STX0420');
	t.regex(empty.message, /has no wheels/);
	const compressed = await refuse(t, async file => {
		await writeTarball(file, [demo]);
		await writeFile(file, gzipSync(await readFile(file)));
	});
	t.is(compressed.code, 'STX0420');
	t.regex(compressed.message, /is compressed with gzip, and only a plain tar can be served/);
	t.regex(compressed.hint!, /^unpack it first: `gunzip --keep \S+`$/);
	const other = await refuse(t, async file => writeFile(file, Buffer.from([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0, 0, 4])));
	t.regex(`${other.message} ${other.hint}`, /is compressed with xz.*`unxz --keep/);
	const made = await wheelOf(demo);
	t.is((await refuse(t, async file => writeTarball(file, [demo], [{path: 'l.whl', type: 'SymbolicLink', linkpath: '/etc/passwd'}]))).code, 'STX0907');
	const several = await refuse(t, async file => writeTarball(file, [demo], [{path: 'no-wheel.whl', content: ''}, {path: 'other-1-py3-none-any.whl', content: made.content}, {path: 'broken-1-py3-none-any.whl', content: 'PK'}]));
	t.deepEqual(several.problems.map(({code}) => code).toSorted(), ['STX0206', 'STX0416', 'STX0910']);
});
