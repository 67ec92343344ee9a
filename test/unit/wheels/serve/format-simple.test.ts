import test from 'ava';
import fc from 'fast-check';
import {parseIndexHtml} from '../../../../src/pypi/parse-index-html.js';
import {parseIndexJson} from '../../../../src/pypi/parse-index-json.js';
import {formatOverview, formatProject, formatProjectList} from '../../../../src/wheels/serve/format-simple.js';
import {servedTarball} from '../../../_helpers/served-tarball.js';

const json = 'application/vnd.pypi.simple.v1+json';

test('all projects', t => {
	const tarball = servedTarball([{name: 'PyYAML', version: '6.0.3'}, {name: 'oslo.config', version: '1'}, {name: 'oslo.config', version: '2'}]);
	t.deepEqual(JSON.parse(formatProjectList(tarball, json)), {meta: {'api-version': '1.1'}, projects: [{name: 'oslo-config'}, {name: 'pyyaml'}]});
	t.regex(formatProjectList(tarball, 'text/html'), /^<!DOCTYPE html>[^]*<a href="oslo-config\/">oslo-config<\/a><br>\n<a href="pyyaml\/">pyyaml<\/a>/);
});

test('a project, as the standards have it', t => {
	const tarball = servedTarball([{name: 'a', version: '1+local', requiresPython: '>=3.9,<4'}]);
	const [wheel] = tarball.wheels.values();
	t.deepEqual(JSON.parse(formatProject('a', [wheel!], json)), {
		meta: {'api-version': '1.1'},
		name: 'a',
		versions: ['1+local'],
		files: [{
			filename: 'a-1+local-py3-none-any.whl',
			url: `../../files/${wheel!.sha256}/a-1%2Blocal-py3-none-any.whl`,
			hashes: {sha256: wheel!.sha256},
			size: 10,
			'requires-python': '>=3.9,<4',
			'core-metadata': {sha256: wheel!.metadataSha256},
		}],
	});
	t.true(formatProject('a', [wheel!], 'text/html').includes(`<a href="../../files/${wheel!.sha256}/a-1%2Blocal-py3-none-any.whl#sha256=${wheel!.sha256}" data-requires-python="&gt;=3.9,&lt;4" data-core-metadata="sha256=${wheel!.metadataSha256}" data-dist-info-metadata="sha256=${wheel!.metadataSha256}">a-1+local-py3-none-any.whl</a><br>`));
});

test('what our own client reads of a page is what is served, in either form', t => {
	const name = fc.stringMatching(/^[a-z][a-z\d]{0,8}$/);
	const version = fc.stringMatching(/^[1-9]\d{0,3}(?:\.\d{1,3}){0,2}(?:\+[a-z]{1,4})?$/);
	fc.assert(fc.property(name, fc.uniqueArray(fc.record({version, requiresPython: fc.constantFrom(undefined, '>=3.9', '!=3.0.*,<"4"&', '<script>')}), {minLength: 1, selector: wheel => wheel.version}), (project, versions) => {
		const tarball = servedTarball(versions.map(({version: text, requiresPython}) => ({name: project, version: text, ...(requiresPython !== undefined && {requiresPython})})));
		const wheels = [...tarball.wheels.values()];
		const expected = wheels.map(wheel => ({
			filename: wheel.filename, url: `http://h/files/${wheel.sha256}/${encodeURIComponent(wheel.filename)}`, sha256: wheel.sha256, requiresPython: wheel.requiresPython, metadata: {sha256: wheel.metadataSha256},
		}));
		const url = `http://h/simple/${project}/`;
		for (const files of [
			parseIndexHtml({
				body: formatProject(project, wheels, 'text/html'), contentType: 'text/html', name: project, url,
			}).files,
			parseIndexJson({
				body: formatProject(project, wheels, json), contentType: json, name: project, url,
			}).files,
		]) {
			t.deepEqual(files.map(file => ({
				filename: file.filename, url: file.url, sha256: file.sha256, requiresPython: file.requiresPython, metadata: file.metadata,
			})), expected as never);
		}
	}), {numRuns: 50});
});

test('the page for people names what there is', t => {
	const page = formatOverview(servedTarball([{name: 'a', version: '1'}]));
	for (const text of ['href="stx-debian-stable-wheels.tar"', 'href="simple/"', 'its 1 wheels of 1 projects', 'href="upper-constraints.txt"', '10240 bytes']) {
		t.true(page.includes(text), text);
	}
});
