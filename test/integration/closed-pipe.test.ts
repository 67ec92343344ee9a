/** Who reads standard output or standard error leaves while stx-build runs, as `head` does, or `tee` at Ctrl+C; or the terminal is closed. */
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {createServer, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {text} from 'node:stream/consumers';
import test, {type ExecutionContext} from 'ava';
import {packageFolder} from '../_helpers/run-cli.js';

const program = path.join(packageFolder, 'bin', 'stx-build');

async function makeFolder(t: ExecutionContext): Promise<string> {
	const folder = await mkdtemp(path.join(tmpdir(), 'stx-build-pipe-'));
	t.teardown(async () => rm(folder, {recursive: true, force: true}));
	return folder;
}

/** A run in a process of its own, as in a pipe. */
function start(folder: string, argv: readonly string[]) {
	const child = spawn(program, argv, {
		cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], env: {...process.env, NO_COLOR: '1', CI: '1'},
	});
	return {child, ended: once(child, 'close').then(([code]) => code as number | null)};
}

/** A registry that answers for the image stx-a when it is let, and never for stx-b; and a list of tags for both. */
async function createSlowRegistry(t: ExecutionContext) {
	const folder = await makeFolder(t);
	const waiting: ServerResponse[] = [];
	const server = createServer((request, response) => {
		if (request.url?.includes('stx-a')) {
			waiting.push(response);
		}

		server.emit('asked', request.url);
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	t.teardown(() => {
		server.closeAllConnections();
		server.close();
	});
	const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
	await writeFile(path.join(folder, 'tags.yaml'), `images:\n${['stx-a', 'stx-b'].map(label => `  - name: docker.io/starlingx/${label}\n    src_build_tag: build\n    src_ref: https://opendev.org/starlingx/root/commit/${'a'.repeat(40)}\n    tag: stx.13\n`).join('')}`);
	return {
		...start(folder, ['tags', 'apply', 'tags.yaml', '--registry', host, '--source-registry', host, '--insecure-registries', host]),
		/** All four requests have come. */
		async asked() {
			for (let count = 0; count < 4; count += 1) {
				await once(server, 'asked');
			}
		},
		/** Says of stx-a that there is none, which is told on standard output. */
		answer() {
			for (const response of waiting) {
				response.writeHead(404).end();
			}
		},
	};
}

test('nobody reads what is shown', async t => {
	const {child, ended} = start(await makeFolder(t), ['config', 'show']);
	child.stdout.destroy();
	const said = text(child.stderr);
	t.is(await ended, 0);
	t.is(await said, '');
});

test('who reads standard output leaves: what runs is ended as on Ctrl+C, without a word', async t => {
	const {child, ended, asked, answer} = await createSlowRegistry(t);
	const said = text(child.stderr);
	await asked();
	child.stdout.destroy();
	answer();
	t.is(await ended, 130);
	t.is(await said, '');
});

test('who reads standard error leaves: what runs goes on, and Ctrl+C is still an interruption', async t => {
	const {child, ended, asked, answer} = await createSlowRegistry(t);
	await asked();
	child.stderr.destroy();
	answer();
	t.regex(String(await once(child.stdout, 'data')), /^failed .*stx-a/v);
	child.kill('SIGINT');
	t.is(await ended, 130);
});

test('a terminal that is closed is an interruption', async t => {
	const {child, ended, asked} = await createSlowRegistry(t);
	await asked();
	child.kill('SIGHUP');
	t.is(await ended, 130);
});

test('nobody reads the error that it ends with', async t => {
	const {child, ended} = start(await makeFolder(t), ['wheels', 'serve', '--port', 'none']);
	child.stderr.destroy();
	t.is(await ended, 2);
});

test('standard output that cannot take what is written is an error', async t => {
	const folder = await makeFolder(t);
	const child = spawn('sh', ['-c', 'exec "$0" config show >/dev/full', program], {cwd: folder, stdio: ['ignore', 'ignore', 'pipe']});
	const said = text(child.stderr);
	t.deepEqual(await once(child, 'close'), [1, null]);
	t.regex(await said, /^error STX0904 standard output cannot be written: ENOSPC[^\n]*\n$/v);
});
