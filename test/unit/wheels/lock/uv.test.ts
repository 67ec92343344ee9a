import {readFile} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {createUvRunner} from '../../../../src/wheels/lock/uv.js';
import {withTemporaryFolder, type Command} from '../../../../src/system/index.js';

const network = {
	caBundle: '/ca.pem', httpProxy: undefined, httpsProxy: 'http://proxy:3128', noProxy: undefined, offline: false,
};

/** What uv is run with for an index, and the settings file that it reads. */
const runFor = async (index: string) => withTemporaryFolder('uv', async folder => {
	const commands: Command[] = [];
	const runUv = createUvRunner({file: '/cache/uv/1/uv', version: '1', digest: 'sha256:00'}, async command => {
		commands.push(command);
		return {
			exitCode: 0, stdout: '', stderr: '', output: '', timedOut: false,
		};
	}, {...network, index}, '/cache');
	await runUv(['pip', 'compile'], {folder});
	const {argv, env} = commands[0]!;
	return {
		argv, env: env!, settings: await readFile(path.join(folder, 'uv.toml'), 'utf8'), folder,
	};
});

test('uv reads one settings file, which says how long it takes what it has', async t => {
	const {env, settings, folder} = await runFor('https://pypi.org/simple');
	t.is(env.UV_CONFIG_FILE, path.join(folder, 'uv.toml'));
	t.is(settings, '[[index]]\nname = "stx"\nurl = "https://pypi.org/simple"\ndefault = true\ncache-control = {api = "max-age=60", files = "max-age=365000000, immutable"}\n');
	t.like(env, {UV_CACHE_DIR: '/cache/uv/cache', SSL_CERT_FILE: '/ca.pem', HTTPS_PROXY: 'http://proxy:3128'});
	t.is(env.UV_INDEX_STX_USERNAME, undefined);
});

test('the password of an index is in the environment, and neither on disk nor in an argument', async t => {
	const {argv, env, settings} = await runFor('https://eve:s3%40cret@index.example/simple');
	t.like(env, {UV_INDEX_STX_USERNAME: 'eve', UV_INDEX_STX_PASSWORD: 's3@cret'});
	t.true(settings.includes('url = "https://index.example/simple"'));
	t.notRegex(`${settings} ${argv.join(' ')}`, /eve|s3/v);
});
