import test from 'ava';
import {BuildError} from '../../../../src/errors.js';
import {parseImageChecks, parseImageIni} from '../../../../src/images/directives/parse-image-ini.js';

const file = 'build-config/images/x.ini';
const image = '[image]\nBUILDER = loci\nLABEL = stx-x\nPROJECT = keystone\nPROJECT_REPO = pypi\n';

const problemsOf = (text: string): readonly BuildError[] => {
	try {
		parseImageIni(text, file);
		return [];
	} catch (error) {
		return error instanceof BuildError && error.problems.length > 0 ? error.problems : [error as BuildError];
	}
};

test('the keys are those of directive files', t => {
	const directive = parseImageIni(`${image}PIP_PACKAGES = pymysql   uwsgi\nPIP_ARGS_ARE_NOT = 1\n`.replace('PIP_ARGS_ARE_NOT = 1\n', ''), file);
	t.is(directive.label, 'stx-x');
	t.deepEqual(directive.values.get('PIP_PACKAGES'), {raw: 'pymysql   uwsgi', value: 'pymysql uwsgi', line: 6});
	t.deepEqual(directive.verify, {setup: [], skipScripts: []});
});

test('lists are words, and shell text has lines', t => {
	const {values} = parseImageIni(`${image}PIP_PACKAGES[] = pymysql\nPIP_PACKAGES[] = uwsgi\nCUSTOMIZATION[] = echo a  b\nCUSTOMIZATION[] = echo c\n`, file);
	t.is(values.get('PIP_PACKAGES')?.value, 'pymysql uwsgi');
	t.is(values.get('CUSTOMIZATION')?.value, 'echo a  b\necho c');
});

test('[verify] says how the service is tried', t => {
	const {verify} = parseImageIni(`${image}\n[verify]\nsetup[] = x-manage db_sync\nsetup[] = true\nskip-script[] = x-odd\nstart = exec x --port $PORT\nport = 5000\nrequest = GET /v3\nstatus = 300\njson[] = version.id=v3.14\njson[] = a = b=c\nseconds = 90\n`, file);
	t.deepEqual(verify, {
		setup: ['x-manage db_sync', 'true'],
		skipScripts: ['x-odd'],
		service: {
			start: 'exec x --port $PORT', port: 5000, method: 'GET', path: '/v3', status: 300, json: [{path: 'version.id', value: 'v3.14'}, {path: 'a', value: 'b=c'}], seconds: 90,
		},
	});
});

test('a WSGI application is served by what the image has', t => {
	const {verify, verifyFile} = parseImageIni(`${image}[verify]\nwsgi = x.wsgi.api:application\nrequest = GET /\n`, file);
	t.is(verifyFile, file);
	t.deepEqual(verify.service, {
		wsgi: 'x.wsgi.api:application', method: 'GET', path: '/', status: 200, json: [], seconds: 120,
	});
});

test('a file with a label and [verify] alone is about an image of another file', t => {
	t.deepEqual(parseImageChecks('[image]\nLABEL = stx-x\n[verify]\nsetup[] = true\n', file), {file, label: 'stx-x', verify: {setup: ['true'], skipScripts: []}});
	t.is(parseImageChecks('[image]\nLABEL = stx-x\n', file), undefined);
	t.is(parseImageChecks('[image]\nLABEL = stx-x\nBUILDER = docker\n[verify]\n', file), undefined);
	t.is(parseImageChecks('[image]\nLABEL = stx-x\nPROJEKT = x\n[verify]\n', file), undefined, 'what is wrong with it, the whole reading tells');
	t.throws(() => parseImageChecks('[image]\nLABEL = stx-x\n[verify]\nport = 0\n', file), {instanceOf: BuildError, code: 'STX0604'});
});

test('a service has defaults', t => {
	const {verify} = parseImageIni(`${image}[verify]\nstart = x\nrequest = GET /\n`, file);
	t.deepEqual(verify.service, {
		start: 'x', method: 'GET', path: '/', status: 200, json: [], seconds: 120,
	});
});

for (const [title, text, line, message] of [
	['an unknown key', `${image}PIPPACKAGES = x\n`, 6, /`PIPPACKAGES` is not a key/],
	['a key in small letters', `${image}label = x\n`, 6, /`label` is not a key/],
	['an unknown section', `${image}[image.extra]\nA = 1\n`, 6, /\[image\.extra] is not a section/],
	['keys before any section', `LABEL = x\n${image}`, 1, /before the first section/],
	['an unknown key of [verify]', `${image}[verify]\nsetup = x\n`, 7, /`setup` is not a key of \[verify]/],
	['a port that is none', `${image}[verify]\nstart = x\nrequest = GET /\nport = 70000\n`, 9, /`port` is `70{4}`/],
	['a request without a method', `${image}[verify]\nstart = x\nrequest = /v3\n`, 8, /`request` is `\/v3`/],
	['a service that nobody asks', `${image}[verify]\nstart = x\n`, 7, /no `request`/],
	['a request that nobody answers', `${image}[verify]\nrequest = GET /\n`, 7, /no `start`/],
	['an application that nobody asks', `${image}[verify]\nwsgi = x:y\n`, 7, /`wsgi` but no `request`/],
	['an application that is none', `${image}[verify]\nwsgi = x.y\nrequest = GET /\n`, 7, /`wsgi` is `x\.y`/],
	['two ways to start', `${image}[verify]\nwsgi = x:y\nstart = x\nrequest = GET /\n`, 7, /both `start` and `wsgi`/],
	['a JSON value without a path', `${image}[verify]\nstart = x\nrequest = GET /\njson[] = v3\n`, 9, /`json\[]` is `v3`/],
] as const) {
	test(`refuses ${title}`, t => {
		const [problem, ...others] = problemsOf(text);
		t.deepEqual(others, []);
		t.regex(problem!.message, message);
		t.deepEqual(problem!.at[0], {file, line});
		t.truthy(problem!.hint);
	});
}

test('what is wrong in both sections is told at once', t => {
	t.is(problemsOf(`${image.replace('LABEL = stx-x\n', '')}[verify]\nport = x\nstatus = 1000\n`).length, 3);
});

test('an unknown key of [image] hides nothing else', t => {
	t.deepEqual(problemsOf(`${image.replace('LABEL', 'LABLE')}[verify]\nport = x\n`).map(({message}) => message.replaceAll(/`.*?`/gv, '…')), [
		'… is not a key of directive files',
		'… is …',
		'the directive has no …',
	]);
});

test('a line that cannot be read does not hide what is wrong with the others', t => {
	const told = (text: string) => problemsOf(text).map(({code, at}) => [code, (at[0] as {line?: number}).line]);
	t.deepEqual(told('[image]\nBUILDER = loc\nLABEL\nPROJCT = x\n[verify]\nport = 0\n'), [['STX0101', 3], ['STX0602', 4], ['STX0604', 6], ['STX0604', 2]]);
	// What may follow from it is not told: what lacks, and the value that is cut off.
	t.deepEqual(told('[image]\nBUILDER = "loc\nLABEL = stx-x\n'), [['STX0101', 2]]);
	t.deepEqual(told('[image\nBUILDER = loci\nLABEL = stx-x\n'), [['STX0101', 1]]);
	t.deepEqual(told('[image]\nLABEL = stx-x\n[verify]\nport\n'), [['STX0101', 4]]);
});
