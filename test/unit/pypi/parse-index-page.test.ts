import test from 'ava';
import fc from 'fast-check';
import {BuildError} from '../../../src/errors.js';
import {blake2OfUrl, parseFileUrl} from '../../../src/pypi/parse-file-url.js';
import {parseIndexPage} from '../../../src/pypi/parse-index-page.js';

const sha256 = 'ab'.repeat(32);
const other = 'cd'.repeat(32);
const url = 'https://index.example/simple/demo/';
const html = (body: string, contentType = 'text/html') => parseIndexPage({
	contentType, body, url, name: 'demo',
});
const json = (page: unknown, contentType = 'application/vnd.pypi.simple.v1+json') => parseIndexPage({
	contentType, body: JSON.stringify(page), url, name: 'demo',
});
const page = (files: readonly unknown[], more = {}) => ({
	meta: {'api-version': '1.1'}, name: 'Demo', files, ...more,
});

test('a link of PyPI', t => {
	const {files} = html(`<!DOCTYPE html><html><head><meta name="pypi:repository-version" content="1.3"></head><body>
		<a href="https://files.pythonhosted.org/packages/aa/demo-1.0-py3-none-any.whl#sha256=${sha256}" data-requires-python="&gt;=3.9,&lt;4" data-dist-info-metadata="sha256=${other}" data-core-metadata="sha256=${other}">demo-1.0-py3-none-any.whl</a><br />
	</body></html>`);
	t.deepEqual(files, [{
		url: 'https://files.pythonhosted.org/packages/aa/demo-1.0-py3-none-any.whl',
		filename: 'demo-1.0-py3-none-any.whl',
		sha256,
		requiresPython: '>=3.9,<4',
		metadata: {sha256: other},
	}]);
});

test('relative links are relative to the page, or to what <base> says', t => {
	t.is(html('<a href="../../packages/demo-1.0.tar.gz">x</a>').files[0]!.url, 'https://index.example/packages/demo-1.0.tar.gz');
	t.is(html('<a href="/p/demo-1.0.tar.gz">x</a>').files[0]!.url, 'https://index.example/p/demo-1.0.tar.gz');
	t.is(html('<base href="https://other.example/a/"><a href="demo-1.0.tar.gz">x</a>').files[0]!.url, 'https://other.example/a/demo-1.0.tar.gz');
	t.is(html('<base href="files/"><base href="/wrong/"><a href="demo-1.0.tar.gz">x</a>').files[0]!.url, 'https://index.example/simple/demo/files/demo-1.0.tar.gz');
});

test('withdrawn with and without a reason', t => {
	const {files} = html('<a href="a-1.tar.gz" data-yanked>1</a><a href="a-2.tar.gz" data-yanked="bad &amp; worse">2</a><a href="a-3.tar.gz">3</a>');
	t.deepEqual(files.map(({yanked}) => yanked), [true, 'bad & worse', undefined]);
});

test('metadata beside the wheel, by both names, with and without a digest', t => {
	const {files} = html([
		'<a href="a-1.whl" data-core-metadata="true">1</a>',
		'<a href="a-2.whl" data-core-metadata="false">2</a>',
		`<a href="a-3.whl" data-dist-info-metadata="sha256=${sha256.toUpperCase()}">3</a>`,
		`<a href="a-4.whl" data-core-metadata="sha256=${sha256}" data-dist-info-metadata="sha256=${other}">4</a>`,
		'<a href="a-5.whl">5</a>',
	].join(''));
	t.deepEqual(files.map(({metadata}) => metadata), [{}, undefined, {sha256}, {sha256}, undefined]);
});

test('what is no file is passed over', t => {
	const {files} = html('<a>no address</a><a href="mailto:a@b">mail</a><a href="..">up</a><a href="http://[">broken</a><a href="javascript:x()">x</a><A HREF="a-1.tar.gz">yes</A>');
	t.deepEqual(files.map(({filename}) => filename), ['a-1.tar.gz']);
});

test('a fragment with more than a digest, and one with a weaker digest', t => {
	const {files} = html(`<a href="a-1.zip#egg=a&amp;sha256=${sha256}&subdirectory=x">1</a><a href="a-2.zip#md5=${'0'.repeat(32)}">2</a><a href="a-3.zip#sha256=12">3</a>`);
	t.deepEqual(files.map(({sha256}) => sha256), [sha256, undefined, undefined]);
	t.true(files.every(({url}) => !url.includes('#')));
});

test('credentials in a page do not get into what it gives', t => {
	t.is(html('<a href="https://user:secret@host.example/a-1.tar.gz">x</a>').files[0]!.url, 'https://host.example/a-1.tar.gz');
	t.is(json(page([{filename: 'a-1.tar.gz', url: 'https://user:secret@host.example/a-1.tar.gz', hashes: {}}])).files[0]!.url, 'https://host.example/a-1.tar.gz');
});

test('JSON with everything', t => {
	const read = json(page([{
		filename: 'demo-1.0-py3-none-any.whl',
		url: '../files/demo-1.0-py3-none-any.whl',
		hashes: {sha256: sha256.toUpperCase(), md5: 'x'},
		'requires-python': '>=3.9',
		yanked: 'broken',
		size: 12,
		'upload-time': '2026-01-01T00:00:00Z',
		'core-metadata': {sha256: other},
		'dist-info-metadata': true,
		provenance: null,
		unknown: {},
	}], {versions: ['1.0'], 'project-status': {status: 'archived', reason: 'no time'}, more: 1}));
	t.deepEqual(read, {
		name: 'Demo',
		status: 'archived',
		statusReason: 'no time',
		warnings: [],
		files: [{
			filename: 'demo-1.0-py3-none-any.whl',
			url: 'https://index.example/simple/files/demo-1.0-py3-none-any.whl',
			sha256,
			size: 12,
			requiresPython: '>=3.9',
			yanked: 'broken',
			metadata: {sha256: other},
			uploadTime: '2026-01-01T00:00:00Z',
		}],
	});
});

test('JSON with the least there may be', t => {
	t.deepEqual(json(page([{
		filename: 'a-1.zip', url: 'https://h/a-1.zip', yanked: false, 'requires-python': null, 'core-metadata': false,
	}])).files, [{filename: 'a-1.zip', url: 'https://h/a-1.zip'}]);
	t.deepEqual(json(page([{
		filename: 'a-1.zip', url: 'https://h/a-1.zip', hashes: {}, yanked: true, 'dist-info-metadata': true,
	}])).files[0], {
		filename: 'a-1.zip', url: 'https://h/a-1.zip', yanked: true, metadata: {},
	});
});

test('a file name that leads elsewhere is passed over', t => {
	t.deepEqual(json(page([{filename: '../../etc/passwd', url: 'https://h/a', hashes: {}}])).files, []);
	t.deepEqual(html('<a href="https://h/..%2F..%2Fetc%2Fpasswd">x</a>').files, []);
});

test('the Content-Type decides, and the content where that says nothing', t => {
	const text = JSON.stringify(page([{filename: 'a-1.zip', url: 'https://h/a-1.zip', hashes: {}}]));
	for (const contentType of ['application/vnd.pypi.simple.v1+json; charset=utf-8', 'application/json', 'text/html', undefined]) {
		t.is(parseIndexPage({
			contentType, body: text, url, name: 'demo',
		}).files.length, 1, contentType);
	}

	for (const contentType of ['application/vnd.pypi.simple.v1+html', 'TEXT/HTML;charset=utf-8', 'text/plain', undefined]) {
		t.is(parseIndexPage({
			contentType, body: '\uFEFF\n <a href="a-1.zip">x</a>', url, name: 'demo',
		}).files.length, 1, contentType);
	}
});

type Broken = {readonly type?: string; readonly body: string; readonly message: RegExp; readonly code?: string};

const unreadable = test.macro((t, {type, body, message, code = 'STX0305'}: Broken) => {
	const error = t.throws(() => parseIndexPage({
		contentType: type, body, url, name: 'demo',
	}), {instanceOf: BuildError, message});
	t.is(error.code, code as typeof error.code);
	t.deepEqual(error.at, [{url}]);
});

test('text is no page', unreadable, {type: 'text/plain', body: 'Not found', message: /neither JSON nor HTML but `text\/plain`/});
test('nothing is no page', unreadable, {body: '', message: /nothing stated/});
test('broken JSON is no page', unreadable, {type: 'application/vnd.pypi.simple.v1+json', body: '{"meta": ', message: /not JSON/});
test('JSON of something else is no page, and it says where', unreadable, {type: 'application/json', body: '{"meta": {"api-version": "1.0"}, "name": "x", "files": [{"filename": 3, "url": "x"}]}', message: /`files\.0\.filename`/});
test('JSON without a version is no page', unreadable, {type: 'application/json', body: '{"files": []}', message: /`meta`/});
test('version 2 by name is refused', unreadable, {
	type: 'application/vnd.pypi.simple.v2+json', body: '{}', message: /version `2\.0`/, code: 'STX0310',
});
test('version 2 of JSON is refused', unreadable, {
	type: 'application/json', body: '{"meta": {"api-version": "2.0"}}', message: /version `2\.0`/, code: 'STX0310',
});
test('version 2 of HTML is refused', unreadable, {
	type: 'text/html', body: '<meta name="pypi:repository-version" content="2.0">', message: /version `2\.0`/, code: 'STX0310',
});
test('a version that is none is refused', unreadable, {
	type: 'text/html', body: '<meta name="pypi:repository-version" content="new">', message: /version `new`/, code: 'STX0310',
});

test('a newer minor version is read with a warning', t => {
	t.regex(html('<meta name="pypi:repository-version" content="1.99"><a href="a-1.zip">x</a>').warnings[0]!, /1\.99/);
	t.is(html('<meta name="pypi:repository-version" content="1.1">').warnings.length, 0);
});

test('the status of a project in HTML; one that is not known counts as active', t => {
	const read = html('<meta name="pypi:project-status" content="quarantined"><meta name="pypi:project-status-reason" content="malware">');
	t.like(read, {status: 'quarantined', statusReason: 'malware'});
	t.is(html('<meta name="pypi:project-status" content="sleepy">').status, 'active');
});

test('an attribute comes back from HTML as it was, whatever is in it', t => {
	const escape = (text: string) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
	fc.assert(fc.property(fc.string({minLength: 1, unit: 'grapheme'}), reason => html(`<a href="a-1.zip" data-yanked="${escape(reason)}">x</a>`).files[0]!.yanked === reason));
	t.pass();
});

test('no page makes the reader fail otherwise than with a BuildError', t => {
	const pieces = fc.constantFrom('<a href="', 'a-1.zip', '">', '</a>', '<base href="', '<meta name=', '{', '}', '"files": [', '&#x', '\0', '<!--', '<script>');
	fc.assert(fc.property(fc.array(fc.oneof(pieces, fc.string()), {maxLength: 12}), parts => {
		try {
			html(parts.join(''));
			return true;
		} catch (error) {
			return error instanceof BuildError;
		}
	}));
	t.pass();
});

test('the address of a file on PyPI\'s host is its BLAKE2b-256', t => {
	const path = '30/fd/ab48eadee8658bfa870574ab052bdf076bc579d9fb446cf4c5c2e0bb8584';
	t.is(blake2OfUrl(`https://files.pythonhosted.org/packages/${path}/keystone-30.0.0-py3-none-any.whl`), path.replaceAll('/', ''));
	t.is(blake2OfUrl('https://files.pythonhosted.org/packages/source/k/keystone/keystone-1.tar.gz'), undefined);
	t.is(blake2OfUrl(`https://elsewhere.example/packages/${path}/keystone-30.0.0-py3-none-any.whl`), undefined);
});

test('a file name is decoded, broken escapes are left', t => {
	t.is(parseFileUrl('https://h/demo-1%2Blocal.tar.gz')!.filename, 'demo-1+local.tar.gz');
	t.is(parseFileUrl('https://h/demo-%zz.tar.gz')!.filename, 'demo-%zz.tar.gz');
});
