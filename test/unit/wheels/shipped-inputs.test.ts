import {
	mkdir, mkdtemp, readFile, rm, writeFile,
} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {digestOfFile} from '../../../src/system/index.js';
import {normalizeName} from '../../../src/python/index.js';
import {readWheelInputs} from '../../../src/wheels/index.js';
import {fetchNothing} from '../../_helpers/fetch-nothing.js';

const root = path.resolve('.');
const read = async (arch: string) => readWheelInputs({roots: [root]}, {
	os: 'debian', codename: 'trixie', stream: 'stable', arch, repo: undefined,
}, {fetchDocument: fetchNothing});

for (const arch of ['amd64', 'arm64']) {
	test(`the inputs that stx-build comes with are right for ${arch}`, async t => {
		const inputs = await read(arch);
		t.is(inputs.target.python, '3.13');
		t.true(inputs.constraints.entries.length > 500);
		t.true(inputs.wheelList.some(({name}) => name === 'uwsgi'));
		t.deepEqual(inputs.modules, []);
		t.true(inputs.onlyLocal.has('sysinv' as never));
		t.true(inputs.builderPackages.includes('python3-dev'));
		for (const tool of ['pip', 'setuptools', 'wheel', 'uv']) {
			t.true(inputs.toolchain.some(({name}) => name === tool), tool);
		}
	});
}

test('the toolchain and the build settings of a release whose Python is older: its own take the place of the others', async t => {
	const folder = await mkdtemp(path.join(tmpdir(), 'stx-build-inputs-'));
	t.teardown(async () => rm(folder, {recursive: true, force: true}));
	const own = '[psycopg2]\nsystem-packages = libpq-dev\nreason = this release\n\n[tempita]\nbuild-requires = setuptools<58\nreason = it is Python 2\n';
	for (const [name, text] of Object.entries({
		'build-settings.ini': own, 'openstack.cfg': 'STABLE_OPENSTACK_REQ_URL="requirements"\n', 'stable-wheels.cfg': '# none\n', 'requirements/upper-constraints.txt': 'six===1.17.0\n', 'requirements/global-requirements.txt': 'six\n',
	})) {
		const file = path.join(folder, 'wheels/debian-bullseye', name);
		await mkdir(path.dirname(file), {recursive: true});
		await writeFile(file, text);
	}

	const {target, toolchain, buildSettings} = await readWheelInputs({roots: [folder, root]}, {
		os: 'debian', codename: 'bullseye', stream: 'stable', arch: 'amd64', repo: undefined,
	}, {fetchDocument: fetchNothing});
	t.is(target.python, '3.9');
	const fileOf = (tool: string) => toolchain.filter(({name}) => name === tool).map(({at}) => path.relative(root, at.file));
	t.deepEqual(fileOf('pip'), ['wheels/debian-bullseye/toolchain.txt']);
	t.deepEqual(fileOf('uv'), ['wheels/toolchain.txt']);
	const reasonOf = (name: string) => buildSettings.get(normalizeName(name))?.reason;
	t.deepEqual(['psycopg2', 'tempita'].map(name => reasonOf(name)), ['this release', 'it is Python 2']);
	t.is(reasonOf('pystache'), undefined, 'of the folders of a release the first that has the file counts');
	t.regex(reasonOf('uwsgi')!, /libraries/v);

	await rm(path.join(folder, 'wheels/debian-bullseye/build-settings.ini'));
	await writeFile(path.join(folder, 'wheels/build-settings.ini'), '[tempita]\nreason = mine, for all releases\n');
	const {buildSettings: mine} = await readWheelInputs({roots: [folder, root]}, {
		os: 'debian', codename: 'bullseye', stream: 'stable', arch: 'amd64', repo: undefined,
	}, {fetchDocument: fetchNothing});
	t.is(mine.get(normalizeName('tempita'))?.reason, 'mine, for all releases', 'before what the package has for the release');
	t.true(mine.has(normalizeName('pystache')), 'which the package has for the release');
});

test('a release without build settings of its own has those of all', async t => {
	const {buildSettings} = await read('amd64');
	t.true(buildSettings.has(normalizeName('psycopg2')));
	t.false(buildSettings.has(normalizeName('tempita')));
});

test('the modules that stx-build comes with say all of themselves: nothing is fetched to plan', async t => {
	const {gitModules, onlyLocal} = await read('amd64');
	t.true(['api-proxy', 'fm', 'fm-api', 'fm-core', 'cgtsclient', 'tsconfig'].every(name => gitModules.some(module => module.name === name)));
	for (const {name, version, requires, buildRequires, commit, url} of gitModules) {
		t.true(version !== undefined && requires !== undefined && buildRequires !== undefined, name);
		t.regex(commit, /^[\da-f]{40}$/v);
		t.regex(url, /^https:\/\/opendev\.org\/starlingx\/[\-\w]+$/v);
		t.true(onlyLocal.has(name), `${name} is in only-local.txt`);
	}
});

test('no line of the wheel list repeats what the upper constraints and the index give anyway', async t => {
	const {wheelList} = await read('amd64');
	t.deepEqual(wheelList.filter(({type}) => type === 'pypi'), []);
});

test('the constraints are the bytes that ORIGIN states', async t => {
	const folder = path.join(root, 'wheels/debian-trixie/openstack-requirements/2026.1');
	const stated = [...(await readFile(path.join(folder, 'ORIGIN'), 'utf8')).matchAll(/^(?<hex>[\da-f]{64}) {2}(?<name>\S+)$/gm)];
	t.deepEqual(stated.map(match => match.groups!.name), ['upper-constraints.txt', 'global-requirements.txt']);
	for (const match of stated) {
		t.is(await digestOfFile(path.join(folder, match.groups!.name!)), `sha256:${match.groups!.hex!}`);
	}
});

test('an OS that there is nothing for', async t => {
	const error = await t.throwsAsync(readWheelInputs({roots: [root]}, {
		os: 'debian', codename: 'sid', stream: 'stable', arch: 'amd64', repo: undefined,
	}, {fetchDocument: fetchNothing}));
	t.regex((error as {problems?: ReadonlyArray<{message: string}>}).problems![0]!.message, /which Python and which glibc `debian-sid` has is not known/);
});
