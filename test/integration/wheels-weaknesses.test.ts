/** What StarlingX's tools for wheels let pass, by its number in the list of their weaknesses, where no other test has it. */
import {mkdir, readdir, writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import type {Engine} from '../../src/engine/index.js';
import {keyOf} from '../../src/plan/index.js';
import {
	createTarget, normalizeName, parseConstraints, rewriteConstraints,
} from '../../src/python/index.js';
import {withTemporaryFolder} from '../../src/system/index.js';
import {openTarball, readWheelInputs} from '../../src/wheels/index.js';
import {servicesLeftOut} from '../../src/wheels/inputs/services-left-out.js';
import {parseWheelList} from '../../src/wheels/inputs/parse-wheel-list.js';
import {tarOf, wheelOf} from '../_helpers/archives.js';
import {failureOf, problemsOf} from '../_helpers/failure.js';
import {fetchNothing} from '../_helpers/fetch-nothing.js';
import {createMemoryStore} from '../_helpers/memory-store.js';
import {contextOf, makeWheelSteps, stepOf} from '../_helpers/wheel-effects.js';

const target = createTarget({python: '3.13', glibc: '2.41', arch: 'amd64'});

/** The constraints of a tarball with these wheels. */
function rewrite(lines: string, wheels: Readonly<Record<string, string>>): string {
	const pins = new Map(Object.entries(wheels).map(([name, version]) => [normalizeName(name), {name, version}]));
	return rewriteConstraints(parseConstraints(lines, 'upper-constraints.txt'), pins, {leaveOut: servicesLeftOut, target});
}

test('W21: a folder that cannot be made ends the step, and nothing is written or removed where the command was run', async t => {
	const {folder, handlers} = await makeWheelSteps(t, undefined as unknown as Engine);
	await writeFile(path.join(folder, 'file'), '');
	const here = await readdir(process.cwd());
	const step = stepOf('wheels.tarball', {
		file: path.join(folder, 'file', 'std', 'stx-debian-stable-wheels.tar'), lockInputs: keyOf('lock'), globalRequirements: '', wheels: [], roots: {}, leftOut: [], unclosed: [],
	});
	t.is((await failureOf(async () => handlers['wheels.tarball']!.run(step, contextOf({})))).code, 'STX0904');
	t.deepEqual(await readdir(process.cwd()), here);
});

test('W22: a stream without a wheel list is an error that names the file, not a build without wheels', async t => {
	const error = await failureOf(async () => readWheelInputs({roots: [path.resolve('.')]}, {
		os: 'debian', codename: 'trixie', stream: 'dev', arch: 'amd64', repo: undefined,
	}, {fetchDocument: fetchNothing}));
	t.true(problemsOf(error).some(({code, at}) => code === 'STX0903' && at.some(place => 'file' in place && place.file.endsWith('wheels/debian-trixie/dev-wheels.cfg'))));
});

test('W41: a `.` in a name is a `.`', t => {
	t.is(rewrite('osloXconfig===1\noslo.config===1\n', {'oslo.config': '2'}), 'osloXconfig===1\noslo.config===2\n');
});

test('W42: a distribution has one line, however the list and the wheel spell it', t => {
	t.is(rewrite('pyyaml===5\nmako===1\nruamel_yaml===1\n', {PyYAML: '6.0', Mako: '1.3', 'ruamel.yaml': '2'}), 'PyYAML===6.0\nMako===1.3\nruamel.yaml===2\n');
});

test('W43: the METADATA of distributions that a wheel brings inside itself says nothing of the wheel', async t => {
	await withTemporaryFolder('vendored', async folder => {
		const vendoring = await wheelOf({
			name: 'setuptools',
			version: '82.0.0',
			requires: ['own'],
			files: {
				'setuptools/_vendor/packaging-75.0.dist-info/METADATA': 'Metadata-Version: 2.1\nName: packaging\nVersion: 75.0\nRequires-Dist: theirs\n',
				'setuptools-82.0.0.data/purelib/x-1.dist-info/METADATA': 'Metadata-Version: 2.1\nName: x\nVersion: 1\n',
			},
		});
		const file = path.join(folder, 'wheels.tar');
		await writeFile(file, tarOf([{path: vendoring.filename, content: new Uint8Array(vendoring.content)}, {path: 'upper-constraints.txt', content: ''}]));
		await mkdir(path.join(folder, 'tmp'));
		const {wheels} = await openTarball(file, {store: createMemoryStore(), target, folder: path.join(folder, 'tmp')});
		t.deepEqual(wheels.map(({name, version, metadata}) => [name, version, metadata.requiresDist]) as unknown, [['setuptools', '82.0.0', ['own']]]);
		t.is(rewrite('setuptools===80\npackaging===25.0\n', {setuptools: wheels[0]!.version}), 'setuptools===82.0.0\npackaging===25.0\n');
	});
});

test('W44: the services are left out of the constraints of every tarball, with their wheels and without', t => {
	t.is(servicesLeftOut.size, 13);
	t.is(rewrite([...[...servicesLeftOut].map(name => `${name}===1`), 'a===1', ''].join('\n'), {keystone: '2', nova: '2'}), 'a===1\n');
});

test('W57: what one line of a list says of its archive does not reach the next', t => {
	const line = (name: string, basedir: string): string => `${name}-1-py3-none-any.whl|tar|https://files.pythonhosted.org/packages/${'0'.repeat(2)}/${'0'.repeat(2)}/${'0'.repeat(60)}/${name}-1.tar.gz|${basedir}`;
	const {entries} = parseWheelList([line('a', ''), line('b', 'b-1'), line('c', '')].join('\n'), 'stable-wheels.cfg', target);
	t.deepEqual(entries.map(({name, basedir}) => [name, basedir]) as unknown, [['a', ''], ['b', 'b-1'], ['c', '']]);
});
