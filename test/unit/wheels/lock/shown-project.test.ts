import test from 'ava';
import {createTarget, normalizeName} from '../../../../src/python/index.js';
import {formatPage, showProject, wheelsAlone} from '../../../../src/wheels/lock/shown-project.js';

const name = normalizeName('Green.Let');
const target = createTarget({python: '3.13', glibc: '2.41', arch: 'amd64'});

/** A file of the index; `!` behind its name for one that is withdrawn, `?` for one that wants a newer Python. */
const fileOf = (text: string) => {
	const filename = text.replace(/[!?]$/, '');
	return {
		filename, url: `https://files.example/${filename}`, ...(text.endsWith('!') && {yanked: true as const}), ...(text.endsWith('?') && {requiresPython: '>=3.14'}),
	};
};

const project = (...files: readonly string[]) => showProject(name, {
	name: 'greenlet', status: 'active', warnings: [], files: files.map(file => fileOf(file)),
}, target);
const show = (...files: readonly string[]) => {
	const {versions, others} = project(...files);
	return {versions: [...versions.values()].map(({version, file, isBuilt}) => `${version} ${isBuilt ? 'from ' : ''}${file.filename}`), others: others.map(({filename}) => filename)};
};

/** In both orders of the index. */
const showBoth = (...files: readonly string[]) => [show(...files), show(...files.toReversed())];

test('of a version the wheel is shown that pip would take in the target', t => {
	const shown = showBoth('green_let-3.1-cp313-cp313-manylinux_2_17_x86_64.whl', 'green_let-3.1-cp313-cp313-manylinux_2_41_x86_64.whl', 'green_let-3.1-py3-none-any.whl', 'green_let-3.1-cp312-cp312-manylinux_2_17_x86_64.whl', 'green_let-3.1-cp313-cp313-musllinux_1_2_x86_64.whl', 'green_let-3.1.tar.gz');
	const expected = {versions: ['3.1 green_let-3.1-cp313-cp313-manylinux_2_41_x86_64.whl'], others: []};
	t.deepEqual(shown, [expected, expected]);
});

test('a version without such a wheel is shown with its sdist, one without either by what it has', t => {
	t.deepEqual(show('green_let-1.0.zip', 'green_let-1.0.tar.gz', 'green_let-2.0.tar.gz', 'green_let-2.0-cp39-cp39-win_amd64.whl', 'green_let-3.0-cp39-cp39-win_amd64.whl'), {
		versions: ['1.0 from green_let-1.0.tar.gz', '2.0 from green_let-2.0.tar.gz'], others: ['green_let-3.0-cp39-cp39-win_amd64.whl'],
	});
});

test('files that pip refuses come after those that it takes, and stand for the version when there are no others', t => {
	for (const mark of ['!', '?']) {
		const shown = showBoth(`green_let-1.0-cp313-cp313-manylinux_2_17_x86_64.whl${mark}`, 'green_let-1.0-py3-none-any.whl', `green_let-2.0-py3-none-any.whl${mark}`, 'green_let-2.0.tar.gz', `green_let-3.0.tar.gz${mark}`);
		t.deepEqual(shown.map(({versions}) => versions.toSorted()), Array.from({length: 2}, () => ['1.0 green_let-1.0-py3-none-any.whl', '2.0 from green_let-2.0.tar.gz', '3.0 from green_let-3.0.tar.gz']));
	}
});

test('the versions with a wheel alone, where pip takes one of them of itself', t => {
	const filesOf = (...files: readonly string[]) => {
		const alone = wheelsAlone(project(...files));
		return alone && [...alone.versions.values()].map(({file}) => file.filename);
	};

	t.deepEqual(filesOf('green_let-1.0-py3-none-any.whl', 'green_let-2.0-py3-none-any.whl!', 'green_let-3.0.tar.gz', 'green_let-1.0.tar.gz'), ['green_let-1.0-py3-none-any.whl', 'green_let-2.0-py3-none-any.whl']);
	for (const wheel of ['green_let-1.0-py3-none-any.whl!', 'green_let-1.0-py3-none-any.whl?', 'green_let-1.0rc1-py3-none-any.whl', 'green_let-1.0-cp39-cp39-win_amd64.whl']) {
		t.is(filesOf(wheel, 'green_let-3.0.tar.gz'), undefined, wheel);
	}
});

test('files with another name are nobody\'s', t => {
	t.deepEqual(show('other-9.0-py3-none-any.whl', 'other-9.0.tar.gz', 'green_let-1.0-py3-none-any.whl').versions, ['1.0 green_let-1.0-py3-none-any.whl']);
});

test('versions that are equal are one, however they are spelled', t => {
	t.deepEqual(show('green_let-1.0.0.tar.gz', 'green_let-1.0-py3-none-any.whl', 'green_let-2.tar.gz'), {versions: ['1.0 green_let-1.0-py3-none-any.whl', '2 from green_let-2.tar.gz'], others: []});
});

test('the page has a wheel for every platform for each version, with what pip would refuse it for', t => {
	t.deepEqual(JSON.parse(formatPage(project('green_let-3.1-cp313-cp313-manylinux_2_17_x86_64.whl!', 'green_let-1.0.tar.gz?', 'green_let-2.0-cp39-cp39-win_amd64.whl', 'a b#%.exe'))) as unknown, {
		meta: {'api-version': '1.0'},
		name: 'green-let',
		files: [
			{
				filename: 'green_let-3.1-py3-none-any.whl', url: 'green_let-3.1-py3-none-any.whl', hashes: {}, yanked: true, 'core-metadata': true,
			},
			{
				filename: 'green_let-1.0-py3-none-any.whl', url: 'green_let-1.0-py3-none-any.whl', hashes: {}, 'requires-python': '>=3.14', 'core-metadata': true,
			},
			{
				filename: 'green_let-2.0-cp39-cp39-win_amd64.whl', url: 'green_let-2.0-cp39-cp39-win_amd64.whl', hashes: {}, 'core-metadata': true,
			},
			{
				filename: 'a b#%.exe', url: 'a%20b%23%25.exe', hashes: {}, 'core-metadata': false,
			},
		],
	});
});
