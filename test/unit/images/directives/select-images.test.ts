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
