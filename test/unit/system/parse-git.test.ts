import test from 'ava';
import {isCommitId, parseGitUrl} from '../../../src/git-url.js';
import {
	checkTree, parseRefs, parseSubmodules, parseTree,
} from '../../../src/system/parse-git.js';
import {thrownBy} from '../../_helpers/failure.js';

const [one, two] = ['1'.repeat(40), '2'.repeat(40)];

test('URLs of repositories', t => {
	for (const url of ['https://opendev.org/starlingx/nfv', 'ssh://git@host/a.git', 'git://host/a', 'file:///srv/a']) {
		t.is(parseGitUrl(url), url);
	}

	t.is(parseGitUrl('git@github.com:starlingx/nfv.git'), 'ssh://git@github.com/starlingx/nfv.git');
	for (const text of ['ext::sh -c id', '/srv/a', '../a', '-x', 'ftp://host/a', 'https://host/a b', 'host:a']) {
		t.is(thrownBy(() => parseGitUrl(text)).code, 'STX0915', text);
	}
});

test('whole ids of commits', t => {
	t.true(isCommitId(one));
	t.true(isCommitId('a'.repeat(64)));
	t.false(isCommitId('a'.repeat(39)));
	t.false(isCommitId('A'.repeat(40)));
});

test('what a host advertises', t => {
	t.deepEqual([...parseRefs(`${one}\trefs/tags/v1\n${two}\trefs/tags/v1^{}\n${one}\tHEAD\nwarning: x\n`)], [['refs/tags/v1', two], ['HEAD', one]]);
});

test('the members of a tree', t => {
	const entries = parseTree(`100644 blob ${one}\ta\n b\u0000120000 blob ${one}\tl\u0000160000 commit ${two}\ts/m\u0000`);
	t.deepEqual(entries, [{kind: 'file', id: one, path: 'a\n b'}, {kind: 'link', id: one, path: 'l'}, {kind: 'submodule', id: two, path: 's/m'}]);
	t.notThrows(() => {
		checkTree(entries, {url: 'https://host/a'});
	});
	for (const path of ['a/.git/config', '.GIT/x', 'GIT~1/x', 'a/../b']) {
		t.is(thrownBy(() => {
			checkTree([{kind: 'file', id: one, path}], {url: 'https://host/a'});
		}).code, 'STX0913', path);
	}
});

test('submodules, by the URL of the repository that has them', t => {
	const entries = parseTree(`160000 commit ${one}\tlib/a\u0000160000 commit ${two}\tb\u0000160000 commit ${two}\tstray\u0000`);
	const text = (a: string, b = 'https://other.org/b'): string => `submodule.x.y.path\nlib/a\u0000submodule.x.y.url\n${a}\u0000submodule.b.path\nb\u0000submodule.b.url\n${b}\u0000`;
	const urls = (parent: string, a: string) => parseSubmodules(text(a), entries, parent).map(({path, url, commit}) => [path, url, commit]);
	t.deepEqual(urls('https://host/org/a.git', '../c.git'), [['lib/a', 'https://host/org/c.git', one], ['b', 'https://other.org/b', two]]);
	t.is(urls('https://host/org/a/', '../../up/c')[0]![1], 'https://host/up/c');
	t.is(urls('https://host/org/a', './in')[0]![1], 'https://host/org/a/in');
	t.is(urls('file:///srv/a', '../c')[0]![1], 'file:///srv/c');
	t.is(urls('file:///srv/a', 'file:///srv/c')[0]![1], 'file:///srv/c');
	t.is(thrownBy(() => urls('https://host/a', 'file:///etc')).code, 'STX0913');
	t.is(thrownBy(() => urls('https://host/a', 'ext::id')).code, 'STX0915');
});
