import {Buffer} from 'node:buffer';
import test from 'ava';
import fc from 'fast-check';
import {proxyFor} from '../../../src/system/http-proxy.js';
import {createRetryPolicy, parseRetryAfter} from '../../../src/system/http-retry.js';
import {redactUrl, splitCredentials} from '../../../src/system/index.js';

test('the wait before another attempt doubles, and is drawn anew below its limit', t => {
	const longest = createRetryPolicy({base: 100, cap: 1000, random: () => 0.999_999});
	t.deepEqual([1, 2, 3, 4, 5, 6].map(attempt => longest.delay(attempt)), [100, 200, 400, 800, 1000, 1000]);
	t.is(createRetryPolicy({base: 100, random: () => 0}).delay(4), 0);
});

test('a server that says when to come back is believed, up to a point', t => {
	const policy = createRetryPolicy({base: 100, patience: 60_000, random: () => 0.5});
	t.is(policy.delay(1, 5000), 5050);
	t.is(policy.delay(1, 60_001), undefined);
});

test('the wait is never negative and never above its bounds', t => {
	const attempts = fc.integer({min: 1, max: 60});
	const chances = fc.double({min: 0, max: 0.999_999, noNaN: true});
	const waits = fc.option(fc.integer({min: 0, max: 200_000}), {nil: undefined});
	fc.assert(fc.property(attempts, chances, waits, (attempt, random, retryAfter) => {
		const wait = createRetryPolicy({random: () => random}).delay(attempt, retryAfter);
		return wait === undefined ? retryAfter! > 120_000 : wait >= (retryAfter ?? 0) && wait <= (retryAfter === undefined ? 20_000 : retryAfter + 1000);
	}));
	t.pass();
});

test('Retry-After is seconds or a date', t => {
	const now = Date.parse('2026-01-01T00:00:00Z');
	t.is(parseRetryAfter('7', now), 7000);
	t.is(parseRetryAfter('Thu, 01 Jan 2026 00:00:30 GMT', now), 30_000);
	t.is(parseRetryAfter('Thu, 01 Jan 2020 00:00:30 GMT', now), 0);
	for (const value of [undefined, '', 'soon', '-3', '1.5']) {
		t.is(parseRetryAfter(value, now), undefined, value);
	}
});

const exempt = test.macro({
	exec(t, noProxy: string, url: string, expected: boolean) {
		t.is(proxyFor(new URL(url), {httpProxy: 'http://proxy:3128', httpsProxy: 'http://proxy:3128', noProxy}) === undefined, expected);
	},
	title: (_title: string | undefined, noProxy: string, url: string, expected: boolean) => `NO_PROXY=${noProxy} ${expected ? 'spares' : 'does not spare'} ${url}`,
});

test(exempt, '*', 'https://pypi.org/', true);
test(exempt, 'pypi.org', 'https://pypi.org/', true);
test(exempt, 'pypi.org', 'https://test.pypi.org/', true);
test(exempt, '.pypi.org', 'https://pypi.org/', true);
test(exempt, '*.pypi.org', 'https://test.pypi.org/', true);
test(exempt, 'ypi.org', 'https://pypi.org/', false);
test(exempt, 'PyPI.org', 'https://pypi.org/', true);
test(exempt, 'pypi.org:443', 'https://pypi.org/', true);
test(exempt, 'pypi.org:8443', 'https://pypi.org/', false);
test(exempt, 'pypi.org:8443', 'https://pypi.org:8443/', true);
test(exempt, 'localhost, 10.0.0.0/8', 'http://10.1.2.3:8080/', true);
test(exempt, '10.0.0.0/8', 'http://11.1.2.3/', false);
test(exempt, '10.0.0.0/99', 'http://10.1.2.3/', false);
test(exempt, '192.168.0.7', 'http://192.168.0.7/', true);
test(exempt, 'fd00::/8', 'http://[fd00::1]/', true);
test(exempt, '[::1]:8080', 'http://[::1]:8080/', true);
test(exempt, '::1', 'http://[::1]:8080/', true);
test(exempt, '0.0.7', 'http://192.168.0.7/', false);
test(exempt, '', 'https://pypi.org/', false);

test('http and https have a proxy each; one without a scheme is an http proxy', t => {
	const settings = {httpProxy: 'proxy:3128', httpsProxy: undefined};
	t.is(proxyFor(new URL('http://a/'), settings), 'http://proxy:3128');
	t.is(proxyFor(new URL('https://a/'), settings), undefined);
	t.is(proxyFor(new URL('https://a/'), {httpsProxy: ''}), undefined);
});

test('no user name and no password is ever shown', t => {
	t.is(redactUrl('https://user:pa@ss@host/a@b?c=@d'), 'https://host/a@b?c=@d');
	t.is(redactUrl(new URL('http://token@host:8080/simple/')), 'http://host:8080/simple/');
	t.is(redactUrl('https://host/x'), 'https://host/x');
});

test('credentials are taken out of a URL and decoded', t => {
	const {url, authorization} = splitCredentials('https://us%40er:p%3Aw@host/simple/');
	t.is(url.href, 'https://host/simple/');
	t.is(authorization, `Basic ${Buffer.from('us@er:p:w').toString('base64')}`);
	t.is(splitCredentials('https://host/').authorization, undefined);
});
