/** The HTTP client everything goes through: proxies, certificates, credentials, timeouts and retries in one place. */
import {Buffer} from 'node:buffer';
import {X509Certificate} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {lookup} from 'node:dns';
import {Agent as HttpAgent} from 'node:http';
import {Agent as HttpsAgent} from 'node:https';
import type {LookupFunction} from 'node:net';
import {createSecureContext} from 'node:tls';
import type {ExtendOptions, Got} from 'got';
import {BuildError} from '../errors.js';
import {decodePercents} from '../url-parts.js';
import type {Clock} from './clock.js';
import {createLookup} from './http-lookup.js';
import {proxyFor, type ProxySettings} from './http-proxy.js';
import {
	parseRetryAfter, retriedCodes, retriedStatuses, type RetryPolicy,
} from './http-retry.js';

export type HttpOptions = ProxySettings & {
	/** PEM file with the certificates to trust, in place of Node's own; undefined for those. */
	readonly caBundle?: string | undefined;
	readonly userAgent: string;
	readonly clock: Clock;
	readonly retry: RetryPolicy;
	/** Seconds to wait for a connection. */
	readonly connectSeconds?: number;
	/** Seconds without a byte after which a server counts as hanging. */
	readonly idleSeconds?: number;
};

/**
Gives a configured got instance; got is loaded by the first request, as many runs ask nobody. Only GET and HEAD are asked
again, after a broken connection or a status of `retriedStatuses`. User name and password of a URL become a header at once,
so that no message of got shows them, and the header is dropped on a redirect to another origin. Redirects from https to
http are refused.
*/
export type HttpClient = () => Promise<Got>;

export type {PlainResponse} from 'got';

/** Connections to one host at the same time, and so the most that is worth downloading at once. */
export const connectionsPerHost = 24;

/** @throws BuildError STX0903 when the CA bundle cannot be read. */
export function createHttp(options: HttpOptions): HttpClient {
	const bundle = options.caBundle === undefined ? undefined : readBundle(options.caBundle);
	const findHost = createLookup(lookup);
	return once(async () => {
		const {default: got} = await import('got');
		return configure(got, options, {findHost, agent: await createAgents(options, {findHost, ca: bundle})});
	});
}

/** The same client with other options. */
export const extendHttp = (http: HttpClient, options: ExtendOptions): HttpClient => once(async () => {
	const client = await http();
	return client.extend(options);
});

function once(make: HttpClient): HttpClient {
	let made: Promise<Got> | undefined;
	return async () => {
		made ??= make();
		return made;
	};
}

function configure(got: Got, options: HttpOptions, {agent, findHost}: {readonly agent: Agents; readonly findHost: LookupFunction}): Got {
	const {retry, clock} = options;
	const connect = (options.connectSeconds ?? 20) * 1000;
	const idle = (options.idleSeconds ?? 45) * 1000;
	return got.extend({
		agent,
		dnsLookup: findHost,
		headers: {'user-agent': options.userAgent},
		timeout: {
			lookup: connect, connect, secureConnect: connect, socket: idle, response: idle,
		},
		retry: {
			limit: retry.limit,
			methods: ['GET', 'HEAD'],
			statusCodes: [...retriedStatuses],
			errorCodes: [...retriedCodes],
			maxRetryAfter: Number.POSITIVE_INFINITY,
			calculateDelay({attemptCount, computedValue, error}) {
				// Got's own rules for methods, statuses, codes and the limit of this request say no.
				if (computedValue === 0) {
					return 0;
				}

				const wait = retry.delay(attemptCount, parseRetryAfter(error.response?.headers['retry-after'], clock.now().getTime()));
				// Zero means to give up.
				return wait === undefined ? 0 : Math.max(1, wait);
			},
		},
		hooks: {
			beforeRedirect: [
				(next, response) => {
					const target = next.url!;
					if (response.url.startsWith('https:') && target.protocol !== 'https:') {
						throw new BuildError('STX0909', `\`${redactUrl(response.url)}\` redirects to \`${redactUrl(target)}\`, from https to http`, {at: {url: redactUrl(response.url)}});
					}

					if (new URL(response.url).origin !== target.origin) {
						delete next.headers.authorization;
						next.username = '';
						next.password = '';
					}
				},
			],
		},
		handlers: [
			(request, next) => {
				if (request.username !== '' || request.password !== '') {
					request.headers.authorization ??= basicAuthorization(request.username, request.password);
					request.username = '';
					request.password = '';
				}

				return next(request);
			},
		],
	});
}

export function isWorthRetrying(code: string | undefined, status: number | undefined): boolean {
	return status === undefined || status < 400 ? retriedCodes.includes(code ?? '') : retriedStatuses.includes(status);
}

/** Certificates to trust, as PEM. */
type Certificates = ReadonlyArray<string | Buffer>;

type Agents = {readonly http: HttpAgent; readonly https: HttpsAgent};

async function createAgents(options: ProxySettings, {findHost, ca}: {readonly findHost: LookupFunction; readonly ca: Certificates | undefined}): Promise<Agents> {
	// One context for all connections: parsing a bundle of 150 certificates takes some 20 ms.
	const secureContext = ca && createSecureContext({ca: [...ca]});
	const shared = {keepAlive: true, maxSockets: connectionsPerHost, ...(secureContext && {secureContext})};
	const direct = {http: new HttpAgent(shared), https: new HttpsAgent(shared)};
	if (options.httpProxy === undefined && options.httpsProxy === undefined) {
		return direct;
	}

	const {ProxyAgent} = await import('proxy-agent');
	const agent = new ProxyAgent({
		...shared,
		lookup: findHost,
		httpAgent: direct.http,
		httpsAgent: direct.https,
		getProxyForUrl: url => proxyFor(new URL(url), options) ?? '',
	});
	return {http: agent, https: agent};
}

/** The first certificate on its own, so that a file without any is an error: it would be passed over, and nothing trusted. */
function readBundle(file: string): Certificates {
	try {
		const all = readFileSync(file);
		return [new X509Certificate(all).toString(), all];
	} catch (error) {
		throw new BuildError('STX0903', `the CA bundle \`${file}\` cannot be read`, {at: {file}, hint: 'name a PEM file with the certificates to trust', cause: error});
	}
}

/** A URL as it may be shown: without user name and password. */
export function redactUrl(url: string | URL): string {
	return String(url).replace(/^(?<scheme>[a-z][\w+.-]*:\/\/)[^/?#]*@/i, '$<scheme>');
}

/**
Takes user name and password out of a URL.

@returns the URL without them, and the value of the `Authorization` header they make, if there are any.
*/
export function splitCredentials(url: string | URL): {url: URL; authorization: string | undefined} {
	const bare = new URL(url);
	const {username, password} = bare;
	bare.username = '';
	bare.password = '';
	return {url: bare, authorization: username === '' && password === '' ? undefined : basicAuthorization(username, password)};
}

function basicAuthorization(username: string, password: string): string {
	return `Basic ${Buffer.from(`${decodePercents(username)}:${decodePercents(password)}`).toString('base64')}`;
}
