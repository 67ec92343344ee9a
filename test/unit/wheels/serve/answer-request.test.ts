import {Buffer} from 'node:buffer';
import test from 'ava';
import fc from 'fast-check';
import {answerRequest, type Answer} from '../../../../src/wheels/serve/answer-request.js';
import {servedTarball} from '../../../_helpers/served-tarball.js';

const tarball = servedTarball([{name: 'PyYAML', version: '6.0.3'}, {name: 'oslo.config', version: '1+x'}]);
const [yaml, oslo] = [...tarball.wheels.values()] as [NonNullable<ReturnType<typeof tarball.wheels.get>>, NonNullable<ReturnType<typeof tarball.wheels.get>>];
const answer = (target: string, headers: Readonly<Record<string, string>> = {}, method = 'GET'): Answer => answerRequest({method, target, headers}, tarball);
const textOf = ({body}: Answer): string => typeof body === 'string' ? body : Buffer.from(body as Uint8Array).toString();

test('the tarball, under its name', t => {
	t.deepEqual(answer('/stx-debian-stable-wheels.tar'), {
		status: 200,
		headers: {
			etag: `"${tarball.sha256}"`, 'accept-ranges': 'bytes', 'cache-control': 'no-cache', 'content-type': 'application/x-tar', 'content-length': '10240',
		},
		body: {part: {start: 0, end: 10_240}},
	});
	t.is(answer('http://127.0.0.1:8088/stx-debian-stable-wheels.tar?x=1').status, 200);
});

test('a wheel and its metadata are at an address that holds the digest, for ever', t => {
	const wheel = answer(`/files/${oslo.sha256}/oslo.config-1%2Bx-py3-none-any.whl`);
	t.is(wheel.status, 200);
	t.like(wheel.headers, {'cache-control': 'public, max-age=31536000, immutable', 'content-length': '10', 'content-type': 'application/octet-stream'});
	t.deepEqual(wheel.body, {part: {start: 1000, end: 1010}});
	t.is(answer(`/files/${oslo.sha256}/oslo.config-1+x-py3-none-any.whl`).status, 200);
	const metadata = answer(`/files/${yaml.sha256}/${yaml.filename}.metadata`);
	t.is(textOf(metadata), 'Name: PyYAML\n');
	t.is(metadata.headers.etag, `"${yaml.metadataSha256}"`);
	t.is(answer(`/files/${oslo.sha256}/${yaml.filename}`).status, 404);
	t.is(answer(`/files/${yaml.sha256}/${yaml.filename}.metadata.metadata`).status, 404);
});

test('the texts of the tarball', t => {
	const constraints = answer('/upper-constraints.txt');
	t.is(constraints.headers['content-type'], 'text/plain; charset=utf-8');
	t.deepEqual(constraints.body, {part: {start: 9000, end: 9020}});
	t.is(answer('/global-requirements.txt').status, 404);
});

test('the index, in the form that is wanted', t => {
	t.is(answer('/simple/').headers['content-type'], 'text/html; charset=utf-8');
	const page = answer('/simple/pyyaml/', {accept: 'application/vnd.pypi.simple.v1+json'});
	t.like(page.headers, {'content-type': 'application/vnd.pypi.simple.v1+json', vary: 'accept', 'cache-control': 'no-cache'});
	t.is((JSON.parse(textOf(page)) as {name: string}).name, 'pyyaml');
	t.is(Number(page.headers['content-length']), (page.body as Uint8Array).length);
	t.is(answer('/simple/pyyaml/?format=application/vnd.pypi.simple.v1%2Bjson').headers['content-type'], 'application/vnd.pypi.simple.v1+json');
	t.is(answer('/simple/', {accept: 'image/png'}).status, 406);
	t.is(answer('/simple/absent/').status, 404);
	t.is(answer('/').headers['content-type'], 'text/html; charset=utf-8');
});

test('who writes a name in another way is sent to the right one', t => {
	const places: Readonly<Record<string, string>> = {
		'/simple': 'simple/', '/simple/pyyaml': 'pyyaml/', '/simple/PyYAML': 'pyyaml/', '/simple/PyYAML/': '../pyyaml/', '/simple/oslo.config': 'oslo-config/',
	};
	for (const [target, location] of Object.entries(places)) {
		t.like(answer(target), {status: 301, headers: {location}}, target);
		t.is(answer(new URL(location, `http://h${target}`).pathname).status, 200, target);
	}
});

test('what the client has it is not sent again', t => {
	const {etag} = answer('/simple/').headers as {etag: string};
	t.deepEqual(answer('/simple/', {'if-none-match': `"x", W/${etag}`}), {
		status: 304, headers: {
			etag, 'accept-ranges': 'bytes', 'cache-control': 'no-cache', vary: 'accept',
		},
	});
	t.is(answer('/simple/', {'if-none-match': '"x"'}).status, 200);
	t.not(answer('/simple/', {accept: 'application/vnd.pypi.simple.v1+json'}).headers.etag, etag);
	t.is(answer('/stx-debian-stable-wheels.tar', {'if-none-match': `"${tarball.sha256}"`, range: 'bytes=0-1'}).status, 304);
});

test('parts', t => {
	const part = answer('/stx-debian-stable-wheels.tar', {range: 'bytes=100-'});
	t.is(part.status, 206);
	t.like(part.headers, {'content-range': 'bytes 100-10239/10240', 'content-length': '10140'});
	t.deepEqual(part.body, {part: {start: 100, end: 10_240}});
	t.deepEqual(answer(`/files/${oslo.sha256}/${oslo.filename}`, {range: 'bytes=-3'}).body, {part: {start: 1007, end: 1010}});
	t.like(answer('/stx-debian-stable-wheels.tar', {range: 'bytes=10240-'}), {status: 416, headers: {'content-range': 'bytes */10240'}});
	t.is(textOf(answer(`/files/${yaml.sha256}/${yaml.filename}.metadata`, {range: 'bytes=6-9'})), 'PyYA');
});

test('a download goes on only with what it began with', t => {
	t.is(answer('/stx-debian-stable-wheels.tar', {range: 'bytes=100-', 'if-range': `"${tarball.sha256}"`}).status, 206);
	for (const condition of ['"other"', `W/"${tarball.sha256}"`, 'Sat, 21 Nov 2026 04:14:09 GMT']) {
		t.is(answer('/stx-debian-stable-wheels.tar', {range: 'bytes=100-', 'if-range': condition}).status, 200, condition);
	}
});

test('nothing but reading', t => {
	for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'CONNECT']) {
		t.like(answer('/simple/', {}, method), {status: 405, headers: {allow: 'GET, HEAD'}}, method);
	}

	t.deepEqual(answer('/simple/', {}, 'HEAD').headers, answer('/simple/').headers);
});

test('there is no way out', t => {
	for (const target of [
		'/../etc/passwd',
		'/files/../../../etc/passwd',
		'/%2e%2e/%2e%2e/etc/passwd',
		'/files/..%2f..%2fetc%2fpasswd',
		'/simple/../stx-debian-stable-wheels.tar',
		'/simple/..%2f/',
		'//etc/passwd',
		'/files/',
		'/stx-debian-stable-wheels.tar/',
		'/stx-debian-stable-wheels.tar%00',
		'/stx-debian-stable-wheels.json',
		'/simple//',
		'/simple/pyyaml//',
		'/simple/pyyaml/x/',
		'/simple/%00/',
		'/constructor',
		'/files/__proto__/toString',
		'/simple/__proto__/',
	]) {
		t.is(answer(target).status, 404, target);
	}

	for (const target of ['', '*', 'simple/', '/%', '/%E0%A4%A', 'host:80']) {
		t.is(answer(target).status, 400, target);
	}
});

test('whatever is asked is answered, within the bounds of the tarball', t => {
	const segment = fc.oneof(fc.constantFrom('', '.', '..', 'simple', 'files', yaml.sha256, yaml.filename, `${yaml.filename}.metadata`, 'pyyaml', 'stx-debian-stable-wheels.tar', '%2e%2e'), fc.string());
	const header = fc.option(fc.oneof(fc.string(), fc.constantFrom('bytes=0-5', 'bytes=-7', '*', '*/*')), {nil: undefined});
	fc.assert(fc.property(fc.array(segment), fc.record({
		range: header, accept: header, 'if-none-match': header, 'if-range': header,
	}), fc.constantFrom('GET', 'HEAD', 'POST'), (segments, headers, method) => {
		const {status, body} = answerRequest({method, target: `/${segments.join('/')}`, headers}, tarball);
		const isKnown = [200, 206, 301, 304, 400, 404, 405, 406, 416].includes(status);
		const isWithin = typeof body !== 'object' || !('part' in body) || (body.part.start >= 0 && body.part.end <= 10_240);
		return isKnown && isWithin;
	}));
	t.pass();
});
