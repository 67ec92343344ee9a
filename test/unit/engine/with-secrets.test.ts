import {readFile, stat} from 'node:fs/promises';
import test from 'ava';
import {secretIds, withSecrets, type BuildNetwork} from '../../../src/engine/index.js';

const caBundle = '/etc/ca.pem';

const networks: ReadonlyArray<readonly [BuildNetwork, readonly string[], string]> = [
	[{}, [], ''],
	[{caBundle}, ['ca'], ''],
	[{caBundle, httpProxy: '', httpsProxy: ''}, ['ca'], ''],
	[{noProxy: 'example.com'}, ['proxy'], 'no_proxy=example.com\n'],
	[{
		caBundle, httpProxy: 'http://a:b@proxy:1', httpsProxy: 'http://proxy:2', noProxy: 'example.com',
	}, ['ca', 'proxy'], 'http_proxy=http://a:b@proxy:1\nhttps_proxy=http://proxy:2\nno_proxy=example.com\n'],
];

test('a build gets the secrets whose ids are told before, in files that are gone afterwards', async t => {
	for (const [network, ids, lines] of networks) {
		t.deepEqual(secretIds(network), ids as never);
		const files = await withSecrets(network, async secrets => {
			t.deepEqual(secrets.map(({id}) => id), ids);
			for (const {id, source} of secrets) {
				t.is(id === 'ca' ? source : await readFile(source, 'utf8'), id === 'ca' ? caBundle : lines);
			}

			return secrets.filter(({id}) => id === 'proxy').map(({source}) => source);
		});
		for (const file of files) {
			await t.throwsAsync(stat(file), {code: 'ENOENT'});
		}
	}
});
