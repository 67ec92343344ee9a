import test from 'ava';
import {BuildError} from '../../../src/errors.js';
import {createTarget} from '../../../src/python/index.js';

const trixie = createTarget({python: '3.13.5', glibc: '2.41', arch: 'amd64'});

test('the tags of CPython 3.13 on Debian 13, the best first', t => {
	const {tags} = trixie;
	t.is(tags[0], 'cp313-cp313-manylinux_2_41_x86_64');
	t.is(new Set(tags).size, tags.length);
	const places = [
		'cp313-cp313-manylinux_2_17_x86_64',
		'cp313-cp313-manylinux2014_x86_64',
		'cp313-cp313-manylinux_2_12_x86_64',
		'cp313-cp313-manylinux2010_x86_64',
		'cp313-cp313-manylinux_2_5_x86_64',
		'cp313-cp313-manylinux1_x86_64',
		'cp313-cp313-linux_x86_64',
		'cp313-abi3-manylinux_2_41_x86_64',
		'cp313-none-linux_x86_64',
		'cp312-abi3-manylinux_2_41_x86_64',
		'cp32-abi3-linux_x86_64',
		'py313-none-manylinux_2_41_x86_64',
		'py3-none-linux_x86_64',
		'py312-none-linux_x86_64',
		'py30-none-linux_x86_64',
		'cp313-none-any',
		'py313-none-any',
		'py3-none-any',
		'py312-none-any',
		'py30-none-any',
	].map(tag => tags.indexOf(tag));
	t.false(places.includes(-1));
	t.deepEqual(places, places.toSorted((a, b) => a - b));
	t.is(tags.at(-1), 'py30-none-any');
	for (const other of ['cp312-cp312-linux_x86_64', 'cp313-cp313-manylinux_2_42_x86_64', 'cp31-abi3-linux_x86_64', 'py2-none-any', 'cp313-cp313-musllinux_1_2_x86_64']) {
		t.false(tags.includes(other), other);
	}
});

test('the tags of 64-bit ARM begin at glibc 2.17', t => {
	const {tags, arch} = createTarget({python: '3.11', glibc: '2.36-9+deb12u9', arch: 'arm64'});
	t.is(arch, 'aarch64');
	t.is(tags[0], 'cp311-cp311-manylinux_2_36_aarch64');
	t.true(tags.includes('cp311-cp311-manylinux2014_aarch64'));
	t.false(tags.some(tag => tag.includes('manylinux_2_16')));
});

test('the environment is that of the target', t => {
	t.is(trixie.python, '3.13');
	t.is(trixie.environment.python_full_version, '3.13.5');
	t.is(trixie.environment.platform_machine, 'x86_64');
	t.is(createTarget({python: '3.13', glibc: '2.41', arch: 'amd64'}).environment.python_full_version, '3.13.0');
	t.deepEqual(structuredClone(trixie), trixie);
});

test('targets that there are no wheels for', t => {
	for (const wrong of [{python: '2.7.18'}, {python: '3'}, {python: '3.7'}, {python: '3.13t'}, {glibc: '1.2'}, {glibc: 'musl'}, {arch: 'riscv64'}, {arch: 'x86_64'}, {arch: 'constructor'}]) {
		t.throws(() => createTarget({
			python: '3.13', glibc: '2.41', arch: 'amd64', ...wrong,
		}), {instanceOf: BuildError, code: 'STX0210'}, JSON.stringify(wrong));
	}
});
