import test from 'ava';
import {
	formatLsbRelease, formatSuites, planBootstrap, planInMemory, planProxyVariables, planReleaseConf, planSuites,
} from '../../../src/base/plan-bootstrap.js';

const sources = formatSuites(planSuites({codename: 'trixie', mirror: 'http://deb.debian.org/debian', securityMirror: 'http://deb.debian.org/debian-security'}));
const inputs = {
	codename: 'trixie', arch: 'amd64', sources, packages: ['git', 'sudo'],
};
const files = {
	tar: '/t/root.tar', lsbRelease: '/t/lsb-release', status: '/t/status', releaseNames: ['a_InRelease', 'b_InRelease'], releases: '/t/releases',
};

test('the release, its updates and its security updates, each signed with Debian\'s keys', t => {
	t.deepEqual(sources, [
		'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian trixie main',
		'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian trixie-updates main',
		'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian-security trixie-security main',
	]);
});

test('mmdebstrap', t => {
	t.deepEqual(planBootstrap(inputs, files), [
		'mmdebstrap',
		'--variant=minbase',
		'--format=tar',
		'--architectures=amd64',
		'--include=git,sudo',
		'--customize-hook=upload /t/lsb-release /etc/lsb-release',
		'--customize-hook=download /var/lib/dpkg/status /t/status',
		'--customize-hook=download /var/lib/apt/lists/a_InRelease /t/releases/a_InRelease',
		'--customize-hook=download /var/lib/apt/lists/b_InRelease /t/releases/b_InRelease',
		'trixie',
		'/t/root.tar',
		...sources,
	]);
});

test('the certificates of the host are used while it runs, and are not left in the image', t => {
	const argv = planBootstrap(inputs, {...files, caFile: '/etc/ca.pem'});
	t.true(argv.includes('--aptopt=Acquire::https::CAInfo "/etc/ca.pem"'));
	t.true(argv.some(word => word.startsWith('--customize-hook=rm ') && word.includes('99mmdebstrap')));
});

test('no option weakens the check of signatures', t => {
	const text = [...planBootstrap(inputs, files), planReleaseConf('/t/apt', 'amd64', {})].join('\n');
	t.notRegex(text, /trusted|allow-?unauthenticated|allow-?insecure|no-?check/iv);
});

test('in memory the words stay words', t => {
	t.deepEqual(planInMemory(['a b', '$(id)'], '/t/c'), ['sh', '-c', 'mount -t tmpfs -o mode=0755 tmpfs "$1" && shift && exec "$@"', 'sh', '/t/c', 'a b', '$(id)']);
});

test('proxies are variables, not words of a command line', t => {
	t.deepEqual(planProxyVariables({httpProxy: 'http://u:p@proxy', noProxy: 'localhost'}), {http_proxy: 'http://u:p@proxy', no_proxy: 'localhost'});
	t.deepEqual(planProxyVariables({}), {});
});

test('apt keeps to its own folder', t => {
	const conf = planReleaseConf('/t/apt "x"', 'amd64', {httpProxy: 'http://proxy'});
	t.true(conf.startsWith(String.raw`Dir "/t/apt \"x\"";`));
	t.regex(conf, /Acquire::http::Proxy "http:\/\/proxy";/v);
	t.regex(conf, /APT::Update::Error-Mode "any";/v);
});

test('LOCI finds the codename', t => {
	t.is(formatLsbRelease('trixie'), 'DISTRIB_ID=Debian\nDISTRIB_CODENAME=trixie\n');
});
