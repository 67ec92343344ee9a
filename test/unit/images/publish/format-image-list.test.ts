import test from 'ava';
import {formatImageList, formatKeptList, isListed} from '../../../../src/images/publish/format-image-list.js';

test('a reference comes last', t => {
	t.is(formatImageList('', 'stx-nova', 'r/u/stx-nova:1'), 'r/u/stx-nova:1\n');
	t.is(formatImageList('u/stx-a:1\n', 'stx-nova', 'u/stx-nova:1'), 'u/stx-a:1\nu/stx-nova:1\n');
});

test('or in the place of the same image', t => {
	t.is(formatImageList('u/stx-a:1\nu/stx-nova:0\nu/stx-nova:9\nu/stx-b:1', 'stx-nova', 'u/stx-nova:2'), 'u/stx-a:1\nu/stx-nova:2\nu/stx-b:1\n');
});

test('but not in that of an image whose label only ends or begins alike', t => {
	t.is(formatImageList('u/my-stx-nova:1\nu/stx-nova-x:1\n', 'stx-nova', 'u/stx-nova:2'), 'u/my-stx-nova:1\nu/stx-nova-x:1\nu/stx-nova:2\n');
});

test('a list is in the order of the build, whatever is pushed first', t => {
	const labels = ['stx-a', 'stx-b', 'stx-c', 'stx-d'];
	const permutations = (rest: readonly string[]): ReadonlyArray<readonly string[]> =>
		rest.length === 0 ? [[]] : rest.flatMap(label => permutations(rest.filter(other => other !== label)).map(tail => [label, ...tail]));
	for (const order of permutations(labels)) {
		let list = '';
		for (const label of order) {
			list = formatImageList(list, label, `u/${label}:1`, labels.slice(labels.indexOf(label) + 1));
		}

		t.is(list, 'u/stx-a:1\nu/stx-b:1\nu/stx-c:1\nu/stx-d:1\n', order.join(' '));
	}
});

test('what is not pushed by this build goes out, and nothing else', t => {
	t.is(formatKeptList('u/stx-a:1\n\nu/stx-b:1\nu/stx-c:1\n', ['u/stx-c:1', 'u/stx-a:1', 'u/stx-d:1']), 'u/stx-a:1\nu/stx-c:1\n');
	t.is(formatKeptList('u/stx-a:1\n', []), '');
	t.true(isListed('u/stx-a:1\n', 'u/stx-a:1'));
	t.false(isListed('u/stx-a:10\n', 'u/stx-a:1'));
});
