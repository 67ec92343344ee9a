/** A git host: git's own smart HTTP over the repositories of a folder. */
import {Buffer} from 'node:buffer';
import {spawn} from 'node:child_process';
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import {createServer as createTlsServer} from 'node:https';
import process from 'node:process';
import type {ExecutionContext} from 'ava';
import {listenLocally} from './local-network.js';

export type GitHostOptions = {
	/** Serves https with this certificate; plain http without. */
	readonly certificate?: {readonly key: Buffer; readonly cert: Buffer};
	/** `user:password` that it asks for. */
	readonly account?: string;
	/** Answers in place of git; gives whether it has. */
	readonly instead?: (request: IncomingMessage, response: ServerResponse) => boolean;
};

export type GitHost = {
	/** Without a slash at the end; the repository `x` is at `${url}/x`. */
	readonly url: string;
	/** `GET /x/info/refs`, with the kind of what was asked for. */
	readonly requests: string[];
};

/** @param root folder of the repositories; each is served with all it holds. */
export async function startGitHost(t: ExecutionContext<any>, root: string, {certificate, account, instead}: GitHostOptions = {}): Promise<GitHost> {
	const requests: string[] = [];
	const answer = (request: IncomingMessage, response: ServerResponse): void => {
		const {pathname, searchParams, search} = new URL(request.url!, 'http://localhost');
		requests.push([request.method!, pathname, searchParams.get('service')].filter(word => word !== null).join(' '));
		if (account !== undefined && request.headers.authorization !== `Basic ${Buffer.from(account).toString('base64')}`) {
			response.writeHead(401, {'www-authenticate': 'Basic realm="git"'}).end();
			return;
		}

		if (instead?.(request, response)) {
			return;
		}

		const backend = spawn('git', ['http-backend'], {
			env: {
				PATH: process.env.PATH,
				GIT_PROJECT_ROOT: root,
				GIT_HTTP_EXPORT_ALL: '1',
				GIT_CONFIG_NOSYSTEM: '1',
				PATH_INFO: pathname,
				QUERY_STRING: search.slice(1),
				REQUEST_METHOD: request.method!,
				CONTENT_TYPE: request.headers['content-type'] ?? '',
				HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
				GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
			},
			stdio: ['pipe', 'pipe', 'ignore'],
		});
		request.pipe(backend.stdin);
		const chunks: Buffer[] = [];
		backend.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
		backend.on('close', () => {
			const output = Buffer.concat(chunks);
			const end = output.indexOf('\r\n\r\n');
			const headers = Object.fromEntries(output.subarray(0, end).toString().split('\r\n').map(line => line.split(/: (?<value>.*)/v).slice(0, 2) as [string, string]));
			const {Status: status = '200', ...others} = headers;
			response.writeHead(Number(status.slice(0, 3)), others).end(output.subarray(end + 4));
		});
	};

	const port = await listenLocally(t, certificate ? createTlsServer(certificate, answer) : createServer(answer));
	return {url: `${certificate ? 'https' : 'http'}://localhost:${port}`, requests};
}
