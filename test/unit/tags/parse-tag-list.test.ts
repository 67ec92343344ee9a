import test from 'ava';
import {parseTagList} from '../../../src/tags/parse-tag-list.js';
import {planTags} from '../../../src/tags/plan-tags.js';
import {problemsOf, thrownBy} from '../../_helpers/failure.js';

const image = (name: string, more = '') => `  - name: ${name}\n    src_build_tag: master-debian-trixie-amd64-stable-20260713T220100Z.0\n    src_ref: https://opendev.org/starlingx/a/commit/${'a'.repeat(40)}\n    tag: stx.13.0-v1.0.2-trixie\n${more}`;

test('a list as StarlingX has them, of several documents', t => {
	const entries = parseTagList(`# yamllint disable rule:line-length\n---\nimages:\n  #- name: docker.io/starlingx/IMAGE\n${image('docker.io/starlingx/stx-snmp')}---\nimages:\n  - {name: quay.io/a/b, src_build_tag: "1.10", tag: 2.0}\n---\n# nothing\n---\nimages:\n`, 'tags.yaml');
	t.deepEqual(entries, [
		{
			name: 'docker.io/starlingx/stx-snmp', sourceTag: 'master-debian-trixie-amd64-stable-20260713T220100Z.0', tag: 'stx.13.0-v1.0.2-trixie', sourceRef: `https://opendev.org/starlingx/a/commit/${'a'.repeat(40)}`, at: {file: 'tags.yaml', line: 5},
		},
		{
			name: 'quay.io/a/b', sourceTag: '1.10', tag: '2.0', sourceRef: undefined, at: {file: 'tags.yaml', line: 11},
		},
	]);
});

test('all that is wrong with a list is told, with its lines', t => {
	const error = thrownBy(() => parseTagList([
		'images:',
		'  - name: docker.io/starlingx/A',
		'    src_build_tag: x y',
		'    tags: 1',
		'  - nothing',
		'  - name: docker.io/starlingx/a:1',
		'    src_build_tag: [1]',
		'    src_ref: commit',
		'    tag: 1',
		'  - {}',
		'other: 1',
	].join('\n'), 'tags.yaml'));
	t.deepEqual(problemsOf(error).map(({code, message, at: [place]}) => [code, (place as {line: number}).line, message]), [
		['STX0640', 11, '`other` is not known'],
		['STX0640', 4, '`tags` is not known'],
		['STX0640', 2, 'the image has no `tag`'],
		['STX0640', 2, '`docker.io/starlingx/A` cannot be the name of an image'],
		['STX0640', 3, '`x y` cannot be a tag'],
		['STX0640', 5, 'an image is no mapping'],
		['STX0640', 7, '`src_build_tag` is no text'],
		['STX0640', 6, 'the image has no `src_build_tag`'],
		['STX0640', 6, '`docker.io/starlingx/a:1` has a tag or a digest'],
		['STX0640', 8, '`commit` is not an address'],
		['STX0640', 10, 'the image has no `name`'],
		['STX0640', 10, 'the image has no `src_build_tag`'],
		['STX0640', 10, 'the image has no `tag`'],
	]);
	t.is(error.exitCode, 2);
});

for (const [title, text] of [
	['no YAML', 'images: ['],
	['a key twice', 'images:\nimages:\n'],
	['a text', 'images'],
	['nothing', ''],
	['a list without images', 'images:\n'],
	['images that are a text', 'images: all'],
	['an alias', 'images: &a [*a]'],
] as const) {
	test(`${title} is no list`, t => {
		const error = thrownBy(() => parseTagList(text, 'tags.yaml'));
		t.true(problemsOf(error).every(({code}) => code === 'STX0640'));
	});
}

test('a name is moved to the registries that are asked for', t => {
	const [planned] = planTags(parseTagList(`images:\n${image('docker.io/starlingx/stx-snmp')}`, 'tags.yaml'), {registry: 'a:5000', sourceRegistry: 'b', overwrite: ['stx-snmp']});
	t.is(planned?.source, 'b/starlingx/stx-snmp:master-debian-trixie-amd64-stable-20260713T220100Z.0');
	t.is(planned?.target, 'a:5000/starlingx/stx-snmp:stx.13.0-v1.0.2-trixie');
	t.true(planned?.overwrite);
});

test('a name that is asked for twice, and one that no list has', t => {
	const entries = [...parseTagList(`images:\n${image('docker.io/starlingx/stx-snmp')}`, 'one.yaml'), ...parseTagList(`images:\n${image('starlingx/stx-snmp')}`, 'two.yaml')];
	const error = thrownBy(() => planTags(entries, {overwrite: ['stx-snnp']}));
	t.deepEqual(problemsOf(error).map(({message, at}) => [message, at.length]), [
		['`starlingx/stx-snmp:stx.13.0-v1.0.2-trixie` is asked for twice', 2],
		['no list has an image `stx-snnp`, which is to be pushed again', 0],
	]);
});

test('what is no YAML at all is one error of one line, however much the parser stumbles over', t => {
	const error = thrownBy(() => parseTagList('# A page\n\n`a`: b: c: d\n- {e\n> f\n\t"g\n', 'README.md'));
	t.is(error.code, 'STX0640');
	t.is(error.problems.length, 0);
	t.regex(error.message, /^this is not YAML: [^\n]{1,160}$/v);
	t.deepEqual(error.at, [{file: 'README.md', line: 3}]);
});
