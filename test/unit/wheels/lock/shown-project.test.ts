import test from 'ava';
import {createTarget, normalizeName} from '../../../../src/python/index.js';
import {formatPage, showProject, versionsWithoutWheel} from '../../../../src/wheels/lock/shown-project.js';

const name = normalizeName('Green.Let');
const target = createTarget({python: '3.13', glibc: '2.41', arch: 'amd64'});
const packument = (...filenames: readonly string[]) => ({
	name: 'greenlet', status: 'active' as const, warnings: [], files: filenames.map(filename => ({filename: filename.replace('!', ''), url: `https://files.example/${filename}`, ...(filename.endsWith('!') && {yanked: true as const})})),
});
const show = (pin: string | undefined, ...filenames: readonly string[]) => {
	const {wheels, sdists, others} = showProject(name, packument(...filenames), target, pin);
	return {wheels: [...wheels].map(([version, {filename}]) => `${version} ${filename}`), sdists: [...sdists], others: others.map(({filename}) => filename)};
};

test('of a version the wheel is shown that pip would take in the target, whatever the order of the index', t => {
	const wheels = ['green_let-3.1-cp313-cp313-manylinux_2_17_x86_64.whl', 'green_let-3.1-cp313-cp313-manylinux_2_41_x86_64.whl', 'green_let-3.1-py3-none-any.whl', 'green_let-3.1-cp312-cp312-manylinux_2_17_x86_64.whl', 'green_let-3.1-cp313-cp313-musllinux_1_2_x86_64.whl', 'green_let-3.1.tar.gz'];
	for (const files of [wheels, wheels.toReversed()]) {
		t.deepEqual(show(undefined, ...files), {wheels: ['3.1 green_let-3.1-cp313-cp313-manylinux_2_41_x86_64.whl'], sdists: [], others: []});
	}
});

test('a version without a wheel is shown where the constraints ask for it, or where the project has no wheel at all', t => {
	const files = ['green_let-1.0.tar.gz', 'green_let-2.0.tar.gz', 'green_let-2.0-cp39-cp39-win_amd64.whl'];
	t.deepEqual(show(undefined, ...files), {wheels: [], sdists: ['1.0', '2.0'], others: []});
	t.deepEqual(show('===2.0', ...files), {wheels: [], sdists: ['2.0'], others: ['green_let-1.0.tar.gz']});
	const some = [...files, 'green_let-0.9-py3-none-any.whl'];
	t.deepEqual(show(undefined, ...some), {wheels: ['0.9 green_let-0.9-py3-none-any.whl'], sdists: [], others: files});
	t.deepEqual(show('<2', ...some), {wheels: ['0.9 green_let-0.9-py3-none-any.whl'], sdists: ['1.0'], others: files.slice(1)});
	t.deepEqual(show('===0.9', ...some).sdists, []);
});

test('withdrawn sdists count where there are no others', t => {
	t.deepEqual(versionsWithoutWheel(name, packument('green_let-1.0.tar.gz!', 'green_let-2.0.tar.gz'), target), ['2.0']);
	t.deepEqual(versionsWithoutWheel(name, packument('green_let-1.0.tar.gz!', 'green_let-2.0.tar.gz!'), target), ['1.0', '2.0']);
});

test('the page has a wheel for every platform for each version, and the files by which uv gives its reasons', t => {
	const page = JSON.parse(formatPage(showProject(name, packument('green_let-3.1-cp313-cp313-manylinux_2_17_x86_64.whl!', 'green_let-2.0-cp39-cp39-win_amd64.whl', 'a b#?.exe'), target, undefined))) as unknown;
	t.deepEqual(page, {
		meta: {'api-version': '1.0'},
		name: 'green-let',
		files: [
			{
				filename: 'green_let-3.1-py3-none-any.whl', url: 'green_let-3.1-py3-none-any.whl', hashes: {}, yanked: true, 'core-metadata': true,
			},
			{
				filename: 'green_let-2.0-cp39-cp39-win_amd64.whl', url: 'green_let-2.0-cp39-cp39-win_amd64.whl', hashes: {}, 'core-metadata': true,
			},
			{
				filename: 'a b#?.exe', url: 'a%20b%23%3F.exe', hashes: {}, 'core-metadata': false,
			},
		],
	});
});
