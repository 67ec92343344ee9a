import test from 'ava';
import {BuildError} from '../../../../src/errors.js';
import {parseDirectiveFile} from '../../../../src/images/directives/parse-directive-file.js';
import {doubledLabels} from '../../../../src/images/directives/read-directives.js';
import {selectImages} from '../../../../src/images/directives/select-images.js';

const directive = (label: string, project: string) => parseDirectiveFile(`BUILDER=loci\nLABEL=${label}\nPROJECT=${project}\n`, `${label}.stable_docker_image`);
const all = [directive('stx-keystone', 'keystone'), directive('stx-keystone-api-proxy', 'infra'), directive('stx-nova', 'nova'), directive('rvmc', 'infra')];
const labels = (only: readonly string[], skip: readonly string[] = []): readonly string[] => selectImages(all, {only, skip}).map(({label}) => label);

test('all images, when none is named', t => {
	t.is(labels([]).length, 4);
	t.is(labels(['']).length, 4);
});

test('labels, with and without stx-', t => {
	t.deepEqual(labels(['keystone']), ['stx-keystone']);
	t.deepEqual(labels(['stx-keystone']), ['stx-keystone']);
	t.deepEqual(labels(['stx-rvmc']), ['rvmc']);
});

test('comma lists, in the order of the directives', t => {
	t.deepEqual(labels(['nova, keystone', 'rvmc']), ['stx-keystone', 'stx-nova', 'rvmc']);
});

test('globs', t => {
	t.deepEqual(labels(['keystone*']), ['stx-keystone', 'stx-keystone-api-proxy']);
	t.deepEqual(labels(['stx-n[no]va', '?vmc']), ['stx-nova', 'rvmc']);
});

test('projects, as StarlingX matches them', t => {
	t.deepEqual(labels(['infra']), ['stx-keystone-api-proxy', 'rvmc']);
	t.deepEqual(labels([], ['infra']), ['stx-keystone', 'stx-nova']);
});

test('a name that no image has is an error, with names that are near', t => {
	const error = t.throws(() => labels(['keystnoe']), {instanceOf: BuildError, code: 'STX0606'});
	t.is(error.exitCode, 2);
	t.regex(error.hint!, /`stx-keystone`/);
	const far = t.throws(() => labels(['zzz']), {instanceOf: BuildError});
	t.regex(far.hint!, /there are `stx-keystone`, /);
});

test('all unknown names are told at once, of both options', t => {
	const error = t.throws(() => labels(['typo,nova'], ['other']), {instanceOf: BuildError, code: 'STX0002'});
	t.is(error.problems.length, 2);
});

test('W11: an image of another release is told with the directory that lacks it, and a typing error builds nothing', t => {
	const barren = [{
		directory: 'python-aodh', at: {file: '/repo/debian_stable_docker_images.inc', line: 7}, folder: '/repo/python-aodh/debian/trixie', images: ['stx-aodh'], releases: ['bullseye'],
	}];
	const error = t.throws(() => selectImages(all, {only: ['aodh'], barren}), {instanceOf: BuildError, code: 'STX0606'});
	t.deepEqual(error.at, [{file: '/repo/debian_stable_docker_images.inc', line: 7}]);
	t.is(error.message, 'there is no image `aodh` of this release and stream: `python-aodh` has no directive file in `/repo/python-aodh/debian/trixie`, only for `bullseye`');
	t.is(error.exitCode, 2);
	t.notThrows(() => selectImages(all, {only: ['nova'], barren}));
	t.is(selectImages(all, {skip: ['stx-aodh'], barren}).length, 4, 'one command line may be for several releases');
	const typo = t.throws(() => selectImages(all, {only: ['stx-adh'], barren}), {instanceOf: BuildError, code: 'STX0606'});
	t.is(typo.message, 'there is no image `stx-adh`');
});

test('spare images are taken by a name that none of the others has, and never by themselves', t => {
	const spare = [directive('stx-ironic', 'ironic'), directive('stx-own', 'infra')];
	const chosen = (only: readonly string[]): readonly string[] => selectImages(all, {only, spare}).map(({label}) => label);
	t.is(chosen([]).length, 4);
	t.deepEqual(chosen(['ironic,nova']), ['stx-nova', 'stx-ironic']);
	t.deepEqual(chosen(['infra']), ['stx-keystone-api-proxy', 'rvmc']);
	const barren = [{
		directory: 'python-ironic', at: {file: '/repo/x.inc', line: 1}, folder: '/repo/python-ironic/debian/trixie', images: ['stx-ironic'], releases: ['bullseye'],
	}];
	t.throws(() => selectImages(all, {only: ['ironic'], spare, barren}), {instanceOf: BuildError, code: 'STX0606'}, 'nor in the place of one that the checkout has for another release');
});

test('nothing left is an error', t => {
	t.throws(() => labels(['nova'], ['nova']), {instanceOf: BuildError, code: 'STX0606'});
	t.throws(() => selectImages([], {}), {instanceOf: BuildError, code: 'STX0606'});
});

test('a label that two images have is told with both places', t => {
	const other = parseDirectiveFile('BUILDER=loci\nPROJECT=nova\nLABEL=stx-nova\n', 'other');
	const [problem, ...rest] = doubledLabels([...all, other]);
	t.deepEqual(rest, []);
	t.is(problem?.code, 'STX0605');
	t.deepEqual(problem?.at, [{file: 'stx-nova.stable_docker_image', line: 2}, {file: 'other', line: 3}]);
});
