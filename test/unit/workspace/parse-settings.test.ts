import test from 'ava';
import {BuildError} from '../../../src/errors.js';
import {parseIni} from '../../../src/workspace/index.js';
import {parseSettings, type SettingOptions} from '../../../src/workspace/parse-settings.js';

const surroundings = {
	workingFolder: '/work', homeFolder: '/home/eve', environment: {}, machine: 'x64', processors: 4, memory: 15.6,
};

const read = (options: SettingOptions = {}, ini = '', environment: Record<string, string> = {}) =>
	parseSettings(options, [parseIni(ini, '/work/build-config/stx-build.ini')], {...surroundings, environment});

test('without anything said, the defaults hold', t => {
	const {settings, sourced} = read();
	t.like(settings, {
		os: 'debian', codename: 'trixie', arch: 'amd64', stream: 'stable', engine: 'auto', osLabel: 'debian-trixie-amd64', index: 'https://pypi.org/simple', workspace: '/work/workspace', cache: '/home/eve/.cache/stx-build', jobs: 4, offline: false,
	});
	t.is(sourced.os.from, 'default');
});

test('option over environment over file over default', t => {
	const ini = '[target]\ncodename = bullseye';
	t.like(read({}, ini).sourced.codename, {value: 'bullseye', origin: 'file', from: '/work/build-config/stx-build.ini:2'});
	t.like(read({}, ini, {DEBIAN_DISTRIBUTION: 'bookworm'}).sourced.codename, {value: 'bookworm', from: '$DEBIAN_DISTRIBUTION'});
	t.like(read({codename: 'trixie'}, ini, {DEBIAN_DISTRIBUTION: 'bookworm'}).sourced.codename, {value: 'trixie', from: '--os-codename'});
});

test('the user\'s file counts before the package\'s', t => {
	const files = [parseIni('[run]\njobs = 3', '/work/build-config/stx-build.ini'), parseIni('[run]\njobs = 9\noffline = yes', '/pkg/build-config/stx-build.ini')];
	t.like(parseSettings({}, files, surroundings).settings, {jobs: 3, offline: true});
});

test('an empty value in file or environment says nothing', t => {
	t.is(read({}, '[images]\nprefix =', {http_proxy: ''}).settings.prefix, 'dev');
});

test('paths are meant from where they are written', t => {
	t.is(read({workspace: 'out'}).settings.workspace, '/work/out');
	t.is(read({}, '[run]\nworkspace = out').settings.workspace, '/work/out');
	t.is(read({}, '[run]\ncache = ~/c').settings.cache, '/home/eve/c');
	t.is(read({}, '', {MY_WORKSPACE: '/big/ws'}).settings.workspace, '/big/ws');
});

test('the OS label follows the target', t => {
	t.is(read({codename: 'bookworm', arch: 'arm64'}).settings.osLabel, 'debian-bookworm-arm64');
	t.is(read({osLabel: 'mine'}).settings.osLabel, 'mine');
});

test('a login name with capitals becomes a name space', t => {
	t.is(read({}, '', {USER: 'Eve'}).settings.user, 'eve');
	for (const [login, user] of [[String.raw`DOM\Joe Doe`, 'dom-joe-doe'], ['joe.doe@ex.com', 'joe.doe-ex.com'], ['_svc$', 'svc'], ['a._b__c--d', 'a-b__c--d'], ['Zoë', 'zoe'], ['李', 'stx-build']] as const) {
		t.like(read({}, '', {USER: login}).settings, {user, localUser: user});
	}

	t.throws(() => read({user: 'Eve'}), {instanceOf: BuildError, code: 'STX0104'});
});

test('who is logged in is the default of a name space, and no more: option over file over that', t => {
	const ini = '[images]\nuser = starlingx\nlocal-user = builds';
	t.like(read({}, ini, {USER: 'eve'}).sourced, {user: {value: 'starlingx', origin: 'file'}, localUser: {value: 'builds', origin: 'file'}});
	t.like(read({user: 'me', localUser: 'mine'}, ini, {USER: 'eve'}).settings, {user: 'me', localUser: 'mine'});
	t.like(read({}, '[images]\nuser = starlingx', {LOGNAME: 'eve'}).settings, {user: 'starlingx', localUser: 'eve'});
	t.like(read({}, '', {USER: '', LOGNAME: 'eve'}).sourced.user, {value: 'eve', from: '$LOGNAME'});
});

test('what is built and not pushed is named for who builds, as in StarlingX', t => {
	t.like(read({user: 'starlingx'}, '', {USER: 'Jenkins'}).settings, {user: 'starlingx', localUser: 'jenkins'});
	t.like(read({user: 'starlingx'}).settings, {user: 'starlingx', localUser: 'starlingx'});
	t.like(read().settings, {user: 'stx-build', localUser: 'stx-build'});
});

test('an empty option takes a prefix away, and nothing else', t => {
	t.is(read({prefix: '', latestPrefix: ''}).settings.prefix, undefined);
	t.throws(() => read({osLabel: ''}), {instanceOf: BuildError, code: 'STX0001'});
});

test('a registry may have a slash at its end, as in StarlingX', t => {
	t.is(read({registry: 'registry.example.com:5000/'}).settings.registry, 'registry.example.com:5000');
});

test('registries without TLS are a list of hosts', t => {
	t.is(read({insecureRegistries: 'a.example.org:5000, b'}).settings.insecureRegistries, 'a.example.org:5000, b');
	t.is(read({}, '[images]\ninsecure-registries[] = a:5000\ninsecure-registries[] = b').settings.insecureRegistries, 'a:5000 b');
	t.throws(() => read({insecureRegistries: 'http://a'}), {instanceOf: BuildError, code: 'STX0104', message: /hosts with optional ports/v});
});

test('attempts are counted from 1, and there may be no wait between them', t => {
	t.like(read().settings, {attempts: 1, retryDelay: 30});
	t.like(read({attempts: '3', retryDelay: '0'}).settings, {attempts: 3, retryDelay: 0});
	t.throws(() => read({attempts: '0'}), {instanceOf: BuildError, code: 'STX0104', message: /a whole number from 1/v});
});

test('a slash at the end of a URL does not matter', t => {
	t.is(read({index: 'https://example.com/simple/'}).settings.index, 'https://example.com/simple');
});

const refuses = test.macro((t, options: SettingOptions, code: string, message: RegExp) => {
	t.throws(() => read(options), {instanceOf: BuildError, code, message});
});

test('a choice that is none', refuses, {engine: 'rkt'}, 'STX0104', /`engine` cannot be `rkt`.*docker/v);
test('a count that is none', refuses, {jobs: '0'}, 'STX0104', /whole number/v);
test('a URL that is none', refuses, {index: 'pypi'}, 'STX0104', /http or https/v);
test('a codename that would leave its folder', refuses, {codename: '../x'}, 'STX0104', /lower-case/v);
test('a password in a refused value is masked', refuses, {index: 'ftp://me:secret@host/'}, 'STX0104', /ftp:\/\/\*\*\*@host/v);

test('unknown keys and sections, and wrong values, all at once with their lines', t => {
	const error = t.throws(() => read({}, '[target]\ncode = 1\n[nonsense]\nx = 1\n[run]\njobs = many'), {instanceOf: BuildError});
	t.deepEqual(error.problems.map(({code, at}) => [code, (at[0] as {line: number}).line]), [['STX0102', 2], ['STX0102', 3], ['STX0104', 6]]);
	t.is(error.exitCode, 2);
});
