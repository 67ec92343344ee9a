import test from 'ava';
import fc from 'fast-check';
import {decodePercents, filenameOfUrl} from '../../src/url-parts.js';

test('percents are decoded where they mean something', t => {
	t.is(decodePercents('a%2Bb'), 'a+b');
	t.is(decodePercents('50%off'), '50%off');
	fc.assert(fc.property(fc.string({unit: 'grapheme'}), text => {
		t.is(decodePercents(encodeURIComponent(text)), text);
	}));
});

test('the name of a file never leads elsewhere', t => {
	for (const [url, name] of [
		['https://example.com/a/b%2Bc-1.tar.gz?x#y', 'b+c-1.tar.gz'],
		['https://example.com/a-1%zz.tar.gz', 'a-1%zz.tar.gz'],
		['https://example.com/a%2F..%2F..%2Fb.whl', ''],
		['https://example.com/a%5Cb.whl', ''],
		['https://example.com/a%0Ab.whl', ''],
		['https://example.com/a/', ''],
		['https://example.com/%2e%2e', ''],
	] as const) {
		t.is(filenameOfUrl(new URL(url)), name);
	}
});
