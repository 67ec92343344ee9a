import test from 'ava';
import {formatImageList} from '../../../../src/images/publish/format-image-list.js';

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
