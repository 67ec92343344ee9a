import {mkdir, writeFile} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {withTemporaryFolder} from '../../src/system/index.js';
import {fakeEffects} from '../_helpers/fake-effects.js';
import {runCli} from '../_helpers/run-cli.js';

const host = 'https://files.pythonhosted.org/packages/ab/cd/ef';
const good = `good-1-py3-none-any.whl|pypi|${host}/good-1-py3-none-any.whl\n`;
const write = async (file: string, text: string): Promise<void> => {
	await mkdir(path.dirname(file), {recursive: true});
	await writeFile(file, text);
};

/** A folder with the lists of StarlingX's checkout in `repo`, and what else a test writes. */
async function withLists(files: Readonly<Record<string, string>>, use: (folder: string, lint: (...argv: readonly string[]) => ReturnType<typeof runCli>) => Promise<void>): Promise<void> {
	await withTemporaryFolder('lint', async folder => {
		for (const [name, text] of Object.entries(files)) {
			await write(path.join(folder, name), text);
		}

		await use(folder, async (...argv) => runCli(['wheels', 'lint', ...argv], {folder, effects: async () => fakeEffects()}));
	});
}

test('a clean list, and one with a warning alone', async t => {
	await withLists({
		'lists/debian-bookworm/stable-wheels.cfg': good,
		'lists/debian-bookworm/openstack.cfg': 'STABLE_OPENSTACK_REQ_URL=requirements\n',
		'lists/debian-bookworm/requirements/upper-constraints.txt': '# pins\ngood===1\n',
		'lists/debian-bookworm/requirements/global-requirements.txt': 'good\n',
	}, async (folder, lint) => {
		const file = path.join(folder, 'lists/debian-bookworm/stable-wheels.cfg');
		const clean = await lint('lists/debian-bookworm/stable-wheels.cfg');
		t.is(clean.out, `${file}: 1 of 1 wheels can be used on debian-bookworm (CPython 3.11, x86_64, glibc 2.36); 0 errors, 0 warnings\n`);
		t.is(clean.code, 0);

		const constraints = path.join(folder, 'lists/debian-bookworm/requirements/upper-constraints.txt');
		await write(constraints, '# pins\ngood===2\n');
		const warned = await lint('lists/debian-bookworm/stable-wheels.cfg');
		t.is(warned.code, 1);
		t.is(warned.out, [
			`${file}:1: warning STX0422 \`good\` is listed in version 1, and the constraints hold \`good===2\``,
			`  see ${constraints}:2`,
			'  hint: the list decides: take the line out if the constraint is meant',
			`${file}: 1 of 1 wheels can be used on debian-bookworm (CPython 3.11, x86_64, glibc 2.36); 0 errors, 1 warning`,
			'',
		].join('\n'));

		// A line that cannot be used is compared too, and a release that was asked for counts more than the folder's name.
		await write(file, 'good-1-cp311-cp311-manylinux_2_17_x86_64.whl|whl|https://example.com/good-1-cp311-cp311-manylinux_2_17_x86_64.whl\n');
		const {code, out} = await lint('--json', '--os-codename', 'trixie', 'lists/debian-bookworm/stable-wheels.cfg');
		t.is(code, 2);
		const [list] = JSON.parse(out) as [{os: string; python: string; findings: ReadonlyArray<{code: string; severity: string}>}];
		t.deepEqual([list.os, list.python], ['debian-trixie', '3.13']);
		t.deepEqual(list.findings.map(finding => [finding.severity, finding.code]), [['error', 'STX0401'], ['error', 'STX0402']]);
		const own = JSON.parse((await lint('--json', 'lists/debian-bookworm/stable-wheels.cfg')).out) as ReadonlyArray<typeof list>;
		t.deepEqual(own[0]!.findings.map(finding => finding.code), ['STX0401', 'STX0422']);
	});
});

test('without a file, the list that a build would take, and the one for Python 2 beside it', async t => {
	const old = `good-1-py2-none-any.whl|tar|${host}/good-1.tar.gz|good-1\n`;
	await withLists({
		'repo/build-tools/build-wheels/debian-bullseye/stable-wheels.cfg': `\n${good.replace('|pypi|', '|whl|')}`,
		'repo/build-tools/build-wheels/debian-bullseye/stable-wheels-py2.cfg': old,
	}, async (folder, lint) => {
		const {code, out} = await lint('--my-repo', 'repo', '--os-codename', 'bullseye', '--json');
		t.is(code, 2);
		const place = path.join(folder, 'repo/build-tools/build-wheels/debian-bullseye');
		t.deepEqual(JSON.parse(out), [
			{
				file: path.join(place, 'stable-wheels.cfg'),
				os: 'debian-bullseye',
				python: '3.9',
				glibc: '2.31',
				arch: 'x86_64',
				constraints: null,
				lines: 1,
				usable: 0,
				findings: [{
					severity: 'error',
					code: 'STX0401',
					message: '`whl` is not a type of a wheel list',
					hint: 'write `pypi` for a finished wheel; StarlingX\'s own tools pass over such a line in silence',
					file: path.join(place, 'stable-wheels.cfg'),
					line: 2,
					wheel: 'good-1-py3-none-any.whl',
					at: [{file: path.join(place, 'stable-wheels.cfg'), line: 2}],
				}],
			},
			{
				file: path.join(place, 'stable-wheels-py2.cfg'),
				os: 'debian-bullseye',
				python: '3.9',
				glibc: '2.31',
				arch: 'x86_64',
				constraints: null,
				lines: 1,
				usable: 0,
				findings: [{
					severity: 'error',
					code: 'STX0421',
					message: 'the list is for Python 2, which stx-build makes nothing for: 1 of its 1 wheels install on Python 2 alone',
					hint: 'no build reads it: what is to be in the tarball goes into the list without `-py2`, as wheels for Python 3',
					file: path.join(place, 'stable-wheels-py2.cfg'),
					line: 1,
					at: [{file: path.join(place, 'stable-wheels-py2.cfg'), line: 1}],
				}],
			},
		]);
	});
});

test('constraints that cannot be read do not hide what is wrong with the list', async t => {
	await withLists({
		'debian-trixie/stable-wheels.cfg': good.replace('|pypi|', '|whl|'),
		'debian-trixie/openstack.cfg': 'STABLE_OPENSTACK_REQ_URL=$HOME\n',
	}, async (folder, lint) => {
		const {code, out} = await lint('debian-trixie/stable-wheels.cfg', '--json');
		t.is(code, 2);
		const [{findings}] = JSON.parse(out) as [{findings: ReadonlyArray<{code: string; file: string; line: number}>}];
		t.deepEqual(findings.map(finding => [finding.code, path.relative(folder, finding.file), finding.line]), [
			['STX0401', 'debian-trixie/stable-wheels.cfg', 1],
			['STX0405', 'debian-trixie/openstack.cfg', 1],
		]);
	});
});

test('a list where builds look is compared with the constraints and the target that a build takes', async t => {
	await withLists({
		'repo/build-tools/build-wheels/debian-trixie/stable-wheels.cfg': good,
		'repo/build-tools/build-wheels/debian-trixie/openstack.cfg': 'STABLE_OPENSTACK_REQ_URL=requirements\n',
		'repo/build-tools/build-wheels/debian-trixie/target.ini': '[target]\npython = 3.9\nglibc = 2.31\n',
		'repo/build-tools/build-wheels/debian-trixie/requirements/upper-constraints.txt': 'good===1\n',
		'repo/build-tools/build-wheels/debian-trixie/requirements/global-requirements.txt': '',
		'wheels/debian-trixie/openstack.cfg': 'STABLE_OPENSTACK_REQ_URL=own\n',
		'wheels/debian-trixie/own/upper-constraints.txt': 'good===2\n',
		'wheels/debian-trixie/own/global-requirements.txt': '',
	}, async (folder, lint) => {
		const list = 'repo/build-tools/build-wheels/debian-trixie/stable-wheels.cfg';
		for (const argv of [[], [list]]) {
			const warned = await lint('--my-repo', 'repo', '--json', ...argv);
			const [{python, constraints, findings}] = JSON.parse(warned.out) as [{python: string; constraints: string; findings: ReadonlyArray<{code: string}>}];
			t.deepEqual([warned.code, python, path.relative(folder, constraints), findings.map(({code}) => code)], [1, '3.13', 'wheels/debian-trixie/own/upper-constraints.txt', ['STX0422']]);
		}

		// In a folder that is nobody's, what lies beside the list counts.
		const {code, out} = await lint('--json', list);
		const [{python}] = JSON.parse(out) as [{python: string}];
		t.deepEqual([code, python], [0, '3.9']);

		// A build refuses these constraints, whatever the list has.
		await write(path.join(folder, list), '# nothing\n');
		await write(path.join(folder, 'wheels/debian-trixie/own/upper-constraints.txt'), 'good==\n');
		t.is((await lint('--my-repo', 'repo')).code, 2);
	});
});

test('what is wrong with one of the two files of the constraints does not hide what is wrong with the other', async t => {
	await withLists({
		'debian-trixie/stable-wheels.cfg': good,
		'debian-trixie/openstack.cfg': 'STABLE_OPENSTACK_REQ_URL=own\n',
		'debian-trixie/own/upper-constraints.txt': 'good==\nother==\n',
	}, async (folder, lint) => {
		const {code, out} = await lint('debian-trixie/stable-wheels.cfg', '--json');
		t.is(code, 2);
		const [{findings}] = JSON.parse(out) as [{findings: ReadonlyArray<{code: string}>}];
		t.deepEqual(findings.map(finding => finding.code).toSorted(), ['STX0204', 'STX0204', 'STX0903']);
	});
});

test('a list that is not there, and an OS of which nothing is known', async t => {
	await withLists({'debian-sid/stable-wheels.cfg': good}, async (folder, lint) => {
		const both = await lint('nowhere.cfg', 'debian-sid');
		t.regex(both.err, /`debian-sid` is a folder[\s\S]*`nowhere\.cfg` does not exist[\s\S]*2 errors/v);
		const missing = await lint('nowhere.cfg');
		t.is(missing.code, 2);
		t.is(missing.err, `error STX0903 \`nowhere.cfg\` does not exist\n  at ${path.join(folder, 'nowhere.cfg')}\nhint: correct its name, or make it\n`);
		const place = await lint('debian-sid');
		t.is(place.code, 2);
		t.is(place.err, `error STX0903 \`debian-sid\` is a folder, and a file is wanted\n  at ${path.join(folder, 'debian-sid')}\nhint: name a file in it\n`);
		const unknown = await lint('debian-sid/stable-wheels.cfg');
		t.is(unknown.code, 2);
		t.regex(unknown.err, /error STX0406 which Python and which glibc `debian-sid` has is not known/);
	});
});
