/** The [verify] section of an image's ini file. */
import {BuildError, throwProblems} from '../../errors.js';
import {nearNames} from '../../near-names.js';
import type {IniSection} from '../../workspace/index.js';
import type {ServiceCheck, VerifySpec} from './directive.js';

const lists = ['setup', 'skip-script', 'json'] as const;
const texts = ['start', 'wsgi', 'port', 'request', 'status', 'seconds'] as const;
const keys: readonly string[] = [...lists.map(name => `${name}[]`), ...texts];

/**
Reads `setup[]`, `skip-script[]`, `start` or `wsgi`, `port`, `request`, `status`, `json[]` and `seconds`.

@throws BuildError STX0602, STX0604: all that is wrong with the section.
*/
export function parseVerify(section: IniSection, file: string): VerifySpec {
	const problems: BuildError[] = [];
	const report = (code: 'STX0602' | 'STX0604', message: string, hint: string, line = section.line): void => {
		problems.push(new BuildError(code, message, {at: {file, line}, hint}));
	};

	for (const [name, {value, line}] of section.keys) {
		const written = typeof value === 'string' ? name : `${name}[]`;
		if (!keys.includes(written)) {
			const near = nearNames(written, keys);
			report('STX0602', `\`${written}\` is not a key of [verify]`, `${near.length > 0 ? `did you mean \`${near[0]!}\`? ` : ''}there are ${keys.map(key => `\`${key}\``).join(', ')}`, line);
		}
	}

	const text = (name: (typeof texts)[number]): string | undefined => {
		const value = section.keys.get(name)?.value;
		return typeof value === 'string' ? value : undefined;
	};

	const list = (name: (typeof lists)[number]): readonly string[] => {
		const value = section.keys.get(name)?.value;
		return value === undefined || typeof value === 'string' ? [] : value;
	};

	const lineOf = (name: string): number => section.keys.get(name)?.line ?? section.line;
	const number = (name: (typeof texts)[number], most: number): number | undefined => {
		const value = text(name);
		if (value !== undefined && !(/^[1-9]\d{0,5}$/.test(value) && Number(value) <= most)) {
			report('STX0604', `\`${name}\` is \`${value}\``, `write a whole number from 1 to ${most}`, lineOf(name));
			return undefined;
		}

		return value === undefined ? undefined : Number(value);
	};

	const start = text('start');
	const wsgi = text('wsgi');
	const request = text('request');
	const port = number('port', 65_535);
	const status = number('status', 599);
	const seconds = number('seconds', 3600);
	const [method, path, ...rest] = (request ?? 'GET /').split(/\s+/);
	if (request !== undefined && !(/^[A-Z]+$/.test(method!) && path?.startsWith('/') === true && rest.length === 0)) {
		report('STX0604', `\`request\` is \`${request}\``, 'write a method and a path: `GET /v3`', lineOf('request'));
	}

	for (const {key, message, hint} of explainServer({start, wsgi, request})) {
		report('STX0604', message, hint, lineOf(key));
	}

	const json: Array<ServiceCheck['json'][number]> = [];
	for (const entry of list('json')) {
		const [, where, value] = /^([^\s=]+?)\s*=\s*(.*)$/.exec(entry) ?? [];
		if (where === undefined || value === undefined) {
			report('STX0604', `\`json[]\` is \`${entry}\``, 'write a path into the answer and the value there: `version.id=v3.14`', lineOf('json'));
		} else {
			json.push({path: where, value});
		}
	}

	throwProblems(problems);
	return {
		setup: list('setup'),
		skipScripts: list('skip-script'),
		...((start ?? wsgi) !== undefined && {
			service: {
				...(start === undefined ? {wsgi: wsgi!} : {start}), method: method!, path: path!, status: status ?? 200, json, seconds: seconds ?? 120, ...(port !== undefined && {port}),
			},
		}),
	};
}

type Server = {readonly start: string | undefined; readonly wsgi: string | undefined; readonly request: string | undefined};

/** What is wrong with how a service is started and asked: by one of two keys, or neither, and if so, then both. */
function explainServer({start, wsgi, request}: Server): ReadonlyArray<{readonly key: keyof Server; readonly message: string; readonly hint: string}> {
	const form = wsgi !== undefined && !/^[a-z_][\w.]*:[a-z_]\w*$/i.test(wsgi)
		? [{key: 'wsgi', message: `\`wsgi\` is \`${wsgi}\``, hint: 'write a module and the application in it: `keystone.wsgi.api:application`'} as const]
		: [];
	if (start !== undefined && wsgi !== undefined) {
		return [...form, {key: 'wsgi', message: '[verify] has both `start` and `wsgi`', hint: 'keep the one that starts the service'}];
	}

	const server = start === undefined ? 'wsgi' : 'start';
	if (((start ?? wsgi) === undefined) === (request === undefined)) {
		return form;
	}

	const [has, lacks] = request === undefined ? [server, 'request'] as const : ['request', 'start'] as const;
	return [...form, {key: has, message: `[verify] has \`${has}\` but no \`${lacks}\``, hint: 'give what starts the service (`start` or `wsgi`) and the `request` that it must answer, or neither'}];
}
