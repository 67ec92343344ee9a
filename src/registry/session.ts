/** Requests to one registry: its address, and what it wants to see before it answers. */
import {Buffer} from 'node:buffer';
import type {Readable} from 'node:stream';
import * as z from 'zod';
import {isLoopbackRegistry} from '../engine/index.js';
import {BuildError} from '../errors.js';
import {
	extendHttp, httpFailure, redactUrl, statusFailure, type HttpClient, type PlainResponse,
} from '../system/index.js';
import {
	findCredentials, findKeeper, type AuthFile, type Credentials,
} from './parse-auth-file.js';
import {parseChallenge, type Challenge} from './parse-challenge.js';
import {notePassing, reasonOf} from './passing-failure.js';

export type SessionOptions = {
	readonly http: HttpClient;
	/** Files with credentials; read when a registry first asks for some. */
	readonly authFiles: () => Promise<readonly AuthFile[]>;
	readonly signal: AbortSignal;
	/** Registries, as in references, that may speak plain HTTP, or TLS with a certificate that nobody trusts. */
	readonly insecure?: readonly string[];
};

export type Answer = Pick<PlainResponse, 'statusCode' | 'headers'> & {readonly body: Uint8Array; readonly url: string};

export type Question = {
	readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
	/** Behind `/v2/`, or an address that the registry gave. */
	readonly path: string;
	/** The repository it is about; the rights that are asked for with it. */
	readonly repository: string;
	readonly rights: 'pull' | 'pull,push';
	/** Another repository, to be read. */
	readonly alsoFrom?: string;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: Uint8Array | Readable;
	/** Statuses besides those of success that are answers. */
	readonly expected?: readonly number[];
};

/** What the client asks one registry. */
export type Session = {
	ask(question: Question): Promise<Answer>;
	/** The content of a blob. What goes wrong on the way fails the stream. */
	open(repository: string, digest: string): Promise<Readable>;
};

/** A repository of a registry. */
export type Place = {readonly session: Session; readonly registry: string; readonly repository: string};

/** Documents of a registry are small; the specification lets it refuse manifests of more than 4 MiB. */
const largestDocument = 32 * (2 ** 20);

/** Milliseconds that a registry may take to see to what it was sent, and says nothing meanwhile. */
const patience = 600_000;

const tokenAnswer = z.object({token: z.string().optional(), access_token: z.string().optional()});

/** What a registry said was wrong: https://github.com/opencontainers/distribution-spec, Error Codes. */
const errorAnswer = z.object({errors: z.array(z.object({code: z.string().optional(), message: z.string().nullish()})).min(1)});

/** @param registry host with port, as in references. */
export function createSession(registry: string, options: SessionOptions): Session {
	const {signal} = options;
	const isInsecure = options.insecure?.includes(registry) ?? false;
	const plain = isInsecure ? extendHttp(options.http, {https: {rejectUnauthorized: false}}) : options.http;
	const asking = (http: HttpClient) => extendHttp(http, {
		throwHttpErrors: false, retry: {methods: ['GET', 'HEAD', 'POST', 'PUT']},
	});
	const http = asking(plain);
	/** What was shown to be let in, by the rights that were wanted. */
	const known = new Map<string, Promise<string | undefined>>();
	let found: Promise<string> | undefined;

	async function origin(): Promise<string> {
		found ??= findOrigin(registry, {http, signal, isInsecure});
		found.catch(() => {
			found = undefined;
		});
		return found;
	}

	async function send(url: URL, {method, headers, body}: Pick<Question, 'method' | 'headers' | 'body'>, authorization: string | undefined): Promise<PlainResponse & {readonly body: Uint8Array}> {
		// What is read is there at once; what is sent, or taken from another repository, the registry may have to move.
		const isQuestion = method === 'GET' || method === 'HEAD';
		try {
			const client = await http();
			const request = client(url, {
				method,
				// An address of another host is not shown what was shown to the registry.
				headers: {...headers, ...(authorization !== undefined && url.origin === await origin() && {authorization})},
				...(body !== undefined && {body: body instanceof Uint8Array ? Buffer.from(body) : body}),
				followRedirect: isQuestion,
				...(!isQuestion && {timeout: {response: patience, socket: patience}}),
				responseType: 'buffer',
				signal,
				// A stream is there once.
				...(body !== undefined && !(body instanceof Uint8Array) && {retry: {limit: 0}}),
			});
			void request.on('downloadProgress', ({transferred}) => {
				if (transferred > largestDocument) {
					request.cancel();
				}
			});
			return await request;
		} catch (error) {
			if (error instanceof Error && error.name === 'CancelError') {
				throw new BuildError('STX0724', `\`${registry}\` answers with more than ${largestDocument} bytes`, {at: {url: shown(url)}});
			}

			throw explainTls(error, url) ?? notePassing(httpFailure(error, shown(url), signal), reasonOf(error));
		}
	}

	/** Asks, and shows what the registry wants to see. */
	async function ask(question: Question): Promise<Answer> {
		const url = new URL(question.path, `${await origin()}/v2/`);
		const scopes = scopesOf(question);
		const key = scopes.join(' ');
		const earlier = await known.get(key);
		let answer = await send(url, question, earlier);
		// What was shown may have run out.
		if (answer.statusCode === 401 && !(question.body !== undefined && !(question.body instanceof Uint8Array))) {
			const challenge = parseChallenge(answer.headers['www-authenticate']);
			const showing = challenge && showCredentials(challenge, question, scopes);
			if (showing) {
				known.set(key, showing);
				showing.catch(() => {
					known.delete(key);
				});
				answer = await send(url, question, await showing);
			}
		}

		if ((answer.statusCode >= 200 && answer.statusCode < 300) || question.expected?.includes(answer.statusCode)) {
			return answer;
		}

		throw await explain(answer, question, url);
	}

	async function showCredentials(challenge: Challenge, {repository}: Question, scopes: readonly string[]): Promise<string | undefined> {
		const credentials = findCredentials(await options.authFiles(), registry, repository);
		if (challenge.scheme === 'basic') {
			return credentials?.kind === 'password' ? basic(credentials) : undefined;
		}

		const realm = URL.canParse(challenge.realm) ? new URL(challenge.realm) : undefined;
		const here = new URL(await origin());
		if (!realm || !(realm.protocol === 'https:' || (realm.protocol === 'http:' && here.protocol === 'http:'))) {
			throw new BuildError('STX0724', `\`${registry}\` sends those who want to be let in to \`${redactUrl(challenge.realm)}\``, {hint: 'the address must be one of https'});
		}

		const wanted = [...new Set([...challenge.scopes, ...scopes])];
		const answer = await fetchToken(realm, {service: challenge.service, scopes: wanted, credentials});
		const token = answer.token ?? answer.access_token;
		if (token === undefined) {
			throw new BuildError('STX0724', `\`${redactUrl(realm)}\` gives no token for \`${registry}\``);
		}

		return `Bearer ${token}`;
	}

	async function fetchToken(realm: URL, {service, scopes, credentials}: {
		readonly service: string | undefined; readonly scopes: readonly string[]; readonly credentials: Credentials | undefined;
	}): Promise<z.infer<typeof tokenAnswer>> {
		// Who vouches for the registry does not do so for others.
		const client = await (isInsecure && realm.host !== new URL(await origin()).host ? asking(options.http) : http)();
		const asked = [...(service === undefined ? [] : [['service', service] as const]), ...scopes.map(scope => ['scope', scope] as const)];
		try {
			const response = await (credentials?.kind === 'token'
				? client.post(realm, {
					form: {
						grant_type: 'refresh_token', refresh_token: credentials.token, client_id: 'stx-build', ...(service !== undefined && {service}), scope: scopes.join(' '),
					},
					signal,
				})
				: client(withQuery(realm, asked), {headers: credentials ? {authorization: basic(credentials)} : {}, signal}));
			if (response.statusCode === 401 || response.statusCode === 403) {
				throw await refusal(scopes.join(', '), `\`${realm.host}\` answered ${response.statusCode}`);
			}

			if (response.statusCode !== 200) {
				throw statusFailure(response.statusCode, realm, response.headers['retry-after']);
			}

			return parseToken(response.body, realm);
		} catch (error) {
			throw httpFailure(error, realm, signal);
		}
	}

	async function refusal(what: string, why: string): Promise<BuildError> {
		const files = await options.authFiles();
		const repository = /^repository:(?<name>[^:]+)/.exec(what)?.groups?.name ?? what;
		const keeper = findKeeper(files, registry, repository);
		const hint = findCredentials(files, registry, repository)
			? 'check that these credentials may do this'
			: (keeper === undefined ? `log in with \`docker login ${registry}\` or \`buildah login ${registry}\`` : `\`${keeper}\` has a program keep the credentials, which is not run: log in so that they are in the file, or name another with REGISTRY_AUTH_FILE`);
		return new BuildError('STX0720', `\`${registry}\` does not let us read or write \`${repository}\` (${why})`, {hint});
	}

	async function explain({statusCode, headers, body}: Answer, {repository}: Question, url: URL): Promise<BuildError> {
		const said = messageOf(body);
		if (statusCode === 401 || statusCode === 403) {
			return refusal(repository, said === undefined ? String(statusCode) : `${statusCode}, ${said}`);
		}

		const failure = statusFailure(statusCode, shown(url), headers['retry-after']);
		const told = said === undefined ? failure : new BuildError('STX0909', `${failure.message}: ${said}`, {at: failure.at, ...(failure.hint !== undefined && {hint: failure.hint})});
		return notePassing(told, {status: statusCode});
	}

	return {
		ask,
		async open(repository, digest) {
			const path = `${repository}/blobs/${digest}`;
			// Shows what must be shown, for a stream cannot be asked again.
			const question = {
				method: 'HEAD', path, repository, rights: 'pull',
			} as const;
			await ask(question);
			const authorization = await known.get(scopesOf(question).join(' '));
			const client = await plain();
			const stream = client.stream(new URL(path, `${await origin()}/v2/`), {
				headers: authorization === undefined ? {} : {authorization}, retry: {limit: 0}, signal,
			});
			stream.on('error', () => {
				// Who reads is told, but may not have begun when the work is interrupted.
			});
			return stream;
		},
	};
}

/** A server that answers a TLS handshake with something else. */
const explainTls = (error: unknown, {host, protocol}: URL): BuildError | undefined => protocol === 'https:' && (error as {readonly code?: unknown}).code === 'EPROTO'
	? new BuildError('STX0908', `\`${host}\` speaks no TLS`, {at: {url: `https://${host}/v2/`}, hint: `where it is to be asked without, name it with --insecure-registries ${host}, or \`insecure-registries\` in stx-build.ini`})
	: undefined;

/**
Docker's own registry has another address than its name. Registries of this machine, and those that the user says it of, may
speak plain HTTP, as with Docker.
*/
async function findOrigin(registry: string, {http, signal, isInsecure}: Pick<SessionOptions, 'http' | 'signal'> & {readonly isInsecure: boolean}): Promise<string> {
	const host = registry === 'docker.io' ? 'registry-1.docker.io' : registry;
	if (!isInsecure && !isLoopbackRegistry(host)) {
		return `https://${host}`;
	}

	try {
		const client = await http();
		await client(`https://${host}/v2/`, {retry: {limit: 0}, signal});
		return `https://${host}`;
	} catch (error) {
		const failure = httpFailure(error, `https://${host}/v2/`, signal);
		if (!(failure instanceof BuildError) || failure.code !== 'STX0908' || failure.message.includes('certificate')) {
			throw failure;
		}

		return `http://${host}`;
	}
}

const scopesOf = ({repository, rights, alsoFrom}: Question): readonly string[] =>
	[`repository:${repository}:${rights}`, ...(alsoFrom === undefined ? [] : [`repository:${alsoFrom}:pull`])];

const basic = (credentials: Extract<Credentials, {kind: 'password'}>): string => `Basic ${Buffer.from(`${credentials.user}:${credentials.password}`).toString('base64')}`;

function withQuery(url: URL, query: ReadonlyArray<readonly [string, string]>): URL {
	const whole = new URL(url);
	for (const [name, value] of query) {
		whole.searchParams.append(name, value);
	}

	return whole;
}

/** An address without its query, in which registries keep what an upload may do. */
const shown = (url: URL): string => redactUrl(new URL(url.pathname, url.origin));

function parseToken(body: string, realm: URL): z.infer<typeof tokenAnswer> {
	try {
		return tokenAnswer.parse(JSON.parse(body));
	} catch {
		throw new BuildError('STX0724', `\`${redactUrl(realm.origin)}\` does not answer with a token`);
	}
}

/** The first thing that a registry says is wrong, on one line. */
function messageOf(body: Uint8Array): string | undefined {
	try {
		const [first] = errorAnswer.parse(JSON.parse(Buffer.from(body).toString('utf8'))).errors;
		const said = (first!.message ?? '') === '' ? first!.code : first!.message!;
		return said?.replaceAll(/\s+/g, ' ').slice(0, 200);
	} catch {
		return undefined;
	}
}
