import test from 'ava';
import {formatAptConf} from '../../../src/base/format-apt-conf.js';

test('nothing to say', t => {
	t.is(formatAptConf({}), '');
});

test('proxies, hosts without one, certificates', t => {
	t.is(formatAptConf({
		httpProxy: 'http://u:p@proxy:3128', httpsProxy: 'http://proxy:3129', noProxy: 'localhost, .example.com,10.0.0.0/8,*.corp:8080', caFile: '/run/ca.pem',
	}), `Acquire::http::Proxy "http://u:p@proxy:3128";
Acquire::http::Proxy::localhost "DIRECT";
Acquire::http::Proxy::example.com "DIRECT";
Acquire::http::Proxy::corp "DIRECT";
Acquire::https::Proxy "http://proxy:3129";
Acquire::https::Proxy::localhost "DIRECT";
Acquire::https::Proxy::example.com "DIRECT";
Acquire::https::Proxy::corp "DIRECT";
Acquire::https::CAInfo "/run/ca.pem";
`);
});

test('a value cannot end its quotes', t => {
	t.is(formatAptConf({httpProxy: 'http://a";Dir "/'}), 'Acquire::http::Proxy "http://a%22;Dir %22/";\n');
});
