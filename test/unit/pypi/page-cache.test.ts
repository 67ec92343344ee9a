import test from 'ava';
import {parseMaxAge} from '../../../src/pypi/page-cache.js';

const age = test.macro({
	exec(t, cacheControl: string | undefined, spent: string | undefined, seconds: number) {
		t.is(parseMaxAge(cacheControl, spent), seconds);
	},
	title: (_title: string | undefined, cacheControl: string | undefined, spent: string | undefined, seconds: number) => `Cache-Control: ${cacheControl ?? 'none'}, Age: ${spent ?? 'none'}: fresh for ${seconds} s`,
});

test(age, 'max-age=600, public', undefined, 600);
test(age, 'public, MAX-AGE="60"', undefined, 60);
test(age, 'max-age=600', '100', 500);
test(age, 'max-age=600', '700', 0);
test(age, 'no-cache, max-age=600', undefined, 0);
test(age, 'no-store', undefined, 0);
test(age, 's-maxage=600', undefined, 0);
test(age, undefined, undefined, 0);
