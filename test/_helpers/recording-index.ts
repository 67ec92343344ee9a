/** PyPI, through a server of the test that notes which projects were asked for. */
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import process from 'node:process';
import type {ExecutionContext} from 'ava';
import {createHttp, createRetryPolicy, systemClock} from '../../src/system/index.js';
import {sha256Of, type MadeFile} from './archives.js';

export type RecordingIndex = {
	/** `http://127.0.0.1:4711/simple` */
	readonly index: string;
	/** Names of projects, as they were asked for. */
	readonly asked: ReadonlySet<string>;
};

export type OwnFiles = {
	/** Files of projects that PyPI is not asked for, by the project's name. */
	readonly own?: Readonly<Record<string, Pick<MadeFile, 'filename' | 'content' | 'sha256' | 'metadata'>>>;
	/** Told of each request for one of them before it is answered. */
	onFile?(filename: string): void;
};

/** Starts it, and ends it after the test. Its pages are PyPI's own, which name files by their whole addresses. */
export async function startRecordingIndex(t: Pick<ExecutionContext, 'teardown'>, {own = {}, onFile}: OwnFiles = {}): Promise<RecordingIndex> {
	const {SSL_CERT_FILE: caBundle, http_proxy: httpProxy, https_proxy: httpsProxy, no_proxy: noProxy} = process.env;
	const http = createHttp({
		caBundle, httpProxy, httpsProxy, noProxy, userAgent: 'stx-build-test', clock: systemClock, retry: createRetryPolicy({random: Math.random}),
	});
	const asked = new Set<string>();
	const server = createServer(async (request, response) => {
		const url = request.url ?? '/';
		asked.add(/^\/simple\/(?<name>[^\/]+)/v.exec(url)?.groups?.name ?? url);
		const page = own[url.split('/')[2] ?? ''];
		const file = Object.values(own).find(({filename}) => url.startsWith(`/files/${filename}`));
		if (page) {
			response.writeHead(200, {'content-type': 'text/html'});
			response.end(`<!DOCTYPE html><html><body><a href="../../files/${page.filename}#sha256=${page.sha256}"${page.filename.endsWith('.whl') ? ` data-core-metadata="sha256=${sha256Of(page.metadata)}"` : ''}>${page.filename}</a></body></html>`);
			return;
		}

		if (file) {
			onFile?.(url.slice('/files/'.length));
			response.end(url.endsWith('.metadata') ? file.metadata : file.content);
			return;
		}

		try {
			const client = await http();
			const answer = await client(`https://pypi.org${url}`, {
				headers: {accept: request.headers.accept}, responseType: 'buffer', throwHttpErrors: false,
			});
			response.writeHead(answer.statusCode, {'content-type': answer.headers['content-type']});
			response.end(answer.rawBody);
		} catch {
			response.destroy();
		}
	});
	await new Promise<void>(resolve => {
		server.listen(0, '127.0.0.1', resolve);
	});
	t.teardown(() => {
		server.close();
		server.closeAllConnections();
	});
	return {index: `http://127.0.0.1:${(server.address() as AddressInfo).port}/simple`, asked};
}
