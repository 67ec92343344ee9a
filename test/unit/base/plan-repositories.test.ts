import test from 'ava';
import {formatRepository, parseRepository} from '../../../src/base/parse-repository.js';
import {
	formatAptFiles, planHostSources, planRepositories, trustedOnes, type RepositoriesRequest, type RepositoryKey,
} from '../../../src/base/plan-repositories.js';
import {BuildError} from '../../../src/errors.js';

const key: RepositoryKey = {file: '/home/key.asc', digest: `sha256:${'a'.repeat(64)}`, armored: true};

const request = (more: Partial<RepositoriesRequest> = {}): RepositoriesRequest => ({
	codename: 'trixie', publishUrl: 'http://repos.example.org/stx/', origin: 'starlingx', repos: [], layers: ['flock', 'openstack'], key, trusted: false, ...more,
});

const debian = ['deb http://deb.debian.org/debian trixie main'];

test('a line of sources.list is read and written', t => {
	for (const line of [
		'deb http://repos.example.org/a trixie main',
		'deb-src https://repos.example.org/a trixie main contrib',
		'deb [signed-by=/usr/share/keyrings/a.gpg check-valid-until=0] http://repos.example.org:8080/a trixie main',
		'deb [trusted=yes] http://repos.example.org/a ./',
	]) {
		t.is(formatRepository(parseRepository(line, {from: '--repo'})), line);
	}
});

test('what apt would not read, or what must not be in an image, is no repository', t => {
	for (const line of ['', 'deb http://a', 'deb http://a trixie', 'rpm http://a trixie main', 'deb ftp://a trixie main', 'deb http://a ./ main', 'deb [x http://a trixie main']) {
		t.throws(() => parseRepository(line, {from: '--repo'}), {instanceOf: BuildError, code: 'STX0505'}, line);
	}

	const error = t.throws(() => parseRepository('deb http://me:s3cret@repos.example.org/a trixie main', {from: '--repo'}));
	t.notRegex(error?.message ?? '', /s3cret/);
});

test('the files are those of build-stx-base.sh: lists that are off, stx.list that is on, a list for each layer, a pin', t => {
	const files = formatAptFiles(planRepositories(request())!, debian);
	t.deepEqual(Object.keys(files).toSorted(), [
		'etc/apt/apt.conf.d/80-retries',
		'etc/apt/preferences.d/stx',
		'etc/apt/sources.list',
		'etc/apt/sources.list.d/debian.list.disabled',
		'etc/apt/sources.list.d/flock.list.disabled',
		'etc/apt/sources.list.d/openstack.list.disabled',
		'etc/apt/sources.list.d/stx.list',
		'etc/apt/sources.list.d/stx.list.disabled',
	]);
	const signed = '[signed-by=/usr/share/keyrings/stx-build-repositories.asc]';
	t.is(files['etc/apt/sources.list.d/stx.list'], ['containers', undefined].map(part => `deb ${signed} http://repos.example.org/stx/deb-local-binary${part === undefined ? '' : `-${part}`} trixie main\n`).join('') + `deb ${signed} http://repos.example.org/stx/deb-local-build trixie main\n`);
	t.is(files['etc/apt/sources.list.d/stx.list'], files['etc/apt/sources.list.d/stx.list.disabled']);
	t.is(files['etc/apt/sources.list.d/openstack.list.disabled'], `deb ${signed} http://repos.example.org/stx/deb-local-binary-openstack trixie main\n`);
	t.is(files['etc/apt/sources.list.d/debian.list.disabled'], 'deb http://deb.debian.org/debian trixie main\n');
	t.regex(files['etc/apt/preferences.d/stx']!, /^Pin: release o=starlingx\nPin-Priority: 999\n$/m);
	t.is(files['etc/apt/apt.conf.d/80-retries'], 'Acquire::Retries "3";\n');
	t.notRegex(files['etc/apt/sources.list']!, /^deb/m);
});

test('this machine\'s apt finds the key where it is here', t => {
	t.is(planHostSources(planRepositories(request())!)[2], 'deb [signed-by=/home/key.asc] http://repos.example.org/stx/deb-local-build trixie main');
});

test('--repo takes the place of the repositories that StarlingX publishes, not of the layers', t => {
	const planned = planRepositories(request({repos: [{line: 'deb http://mine.example.org/a trixie main', from: '--repo'}]}))!;
	t.deepEqual(planned.stx.map(({url}) => url), ['http://mine.example.org/a']);
	t.deepEqual(planned.layers.map(({name}) => name), ['flock', 'openstack']);
	t.is(planRepositories(request({publishUrl: undefined})), undefined);
	t.deepEqual(planRepositories(request({publishUrl: undefined, repos: [{line: 'deb http://mine.example.org/a trixie main', from: '--repo'}]}))!.layers, []);
});

test('W31: a repository is taken without a signature only where that is asked for in so many words, and that is known', t => {
	const unsigned = t.throws(() => planRepositories(request({key: undefined})), {instanceOf: BuildError});
	t.is(unsigned?.problems.length, 5);
	t.true(unsigned?.problems.every(({code, hint}) => code === 'STX0505' && hint?.includes('--trust-unsigned-repos') === true));
	t.throws(() => planRepositories(request({repos: [{line: 'deb [trusted=yes] http://mine.example.org/a trixie main', from: '--repo'}], layers: []})), {instanceOf: BuildError, code: 'STX0505', message: /to be trusted without a signature/});
	const planned = planRepositories(request({key: undefined, trusted: true, layers: ['flock']}))!;
	t.regex(formatAptFiles(planned, debian)['etc/apt/sources.list.d/stx.list']!, /^deb \[trusted=yes] /);
	t.is(trustedOnes(planned).length, 4);
	t.deepEqual(trustedOnes(planRepositories(request())!), []);
	const own = planRepositories(request({repos: [{line: 'deb [signed-by=/usr/share/keyrings/own.gpg] http://mine.example.org/a trixie main', from: '--repo'}], layers: [], key: undefined}))!;
	t.is(formatRepository(own.stx[0]!), 'deb [signed-by=/usr/share/keyrings/own.gpg] http://mine.example.org/a trixie main');
});
