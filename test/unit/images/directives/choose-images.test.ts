import test from 'ava';
import {BuildError} from '../../../../src/errors.js';
import {chooseImages, type ImageChoice} from '../../../../src/images/directives/choose-images.js';
import type {BarrenDirectory, FoundDirectives} from '../../../../src/images/directives/find-directives.js';
import {parseDirectiveFile} from '../../../../src/images/directives/parse-directive-file.js';

const directive = (label: string, folder: string) => parseDirectiveFile(`BUILDER=loci\nLABEL=${label}\nPROJECT=infra\nPROJECT_REPO=nil\n`, `${folder}/${label}.stable_docker_image`);
const ofPackage = '/package/build-config/images';
const own = [directive('stx-mine', '/user/build-config/images'), directive('stx-proxy', '/src/nfv/proxy/debian/all')];
const spare = ['rvmc', 'stx-keystone'].map(label => directive(label, ofPackage));
const all = [...own, ...spare];

const barren: BarrenDirectory = {
	directory: 'tools/rvmc', at: {file: '/src/metal/debian_stable_docker_images.inc', line: 3}, folder: '/src/metal/tools/rvmc/debian/trixie', images: ['rvmc'], releases: ['bullseye'],
};
const checkout: FoundDirectives = {files: [own[1]!.file], barren: []};
const choose = (found: FoundDirectives | undefined, more: Partial<ImageChoice> = {}, among = all) => {
	const {directives, notes} = chooseImages(among, {
		named: [], ofPackage, found, ...more,
	});
	return {labels: directives.map(({label}) => label), notes};
};

test('without a checkout all count, and nothing is to be told', t => {
	t.deepEqual(choose(undefined), {labels: ['stx-mine', 'stx-proxy', 'rvmc', 'stx-keystone'], notes: []});
});

test('with a checkout its own and the user\'s count; one of the package by its name, which is told', t => {
	t.deepEqual(choose(checkout), {labels: ['stx-mine', 'stx-proxy'], notes: []});
	const {labels, notes} = choose(checkout, {only: ['rvmc', 'proxy']});
	t.deepEqual(labels, ['stx-proxy', 'rvmc']);
	t.deepEqual(notes, ['`rvmc`: taken from the package, since the checkout has no directive file for this release and stream']);
});

test('of a checkout without directive files for the stream, an image of the package is told too', t => {
	const empty: FoundDirectives = {files: [], barren: []};
	const {labels, notes} = choose(empty, {only: ['rvmc']});
	t.deepEqual(labels, ['rvmc']);
	t.regex(notes.join(''), /^`rvmc`: taken from the package/);
	t.deepEqual(choose(empty), {labels: ['stx-mine', 'stx-proxy', 'rvmc', 'stx-keystone'], notes: ['`rvmc`, `stx-keystone`: taken from the package, since the checkout has no directive file for this release and stream']});
	const many = Array.from({length: 8}, (_, index) => directive(`stx-${index}`, ofPackage));
	t.regex(choose(empty, {}, many).notes.join(''), /^`stx-0`, .*`stx-4` and 3 more: taken from the package/);
});

test('where the checkout lists an image and lacks it, the package\'s never takes its place', t => {
	const lacking: FoundDirectives = {files: [], barren: [barren]};
	t.deepEqual(choose(lacking).labels, ['stx-mine', 'stx-proxy', 'stx-keystone']);
	t.regex(choose(lacking).notes.join('\n'), /^`tools\/rvmc` has no directive file in .*only for `bullseye` \(\/src\/metal\/debian_stable_docker_images\.inc:3\)\n`stx-keystone`: taken/);
	t.throws(() => choose(lacking, {only: ['rvmc']}), {instanceOf: BuildError, code: 'STX0606'});
	t.throws(() => choose({...checkout, barren: [barren]}, {only: ['rvmc']}), {instanceOf: BuildError, code: 'STX0606'});
});

test('a directive file that is named is what was asked for, even one of the package', t => {
	const named = [spare[0]!.file];
	t.deepEqual(choose(checkout, {named}), {labels: ['rvmc'], notes: []});
	t.deepEqual(choose(checkout, {named, only: ['rvmc']}), {labels: ['rvmc'], notes: []});
});

test('many directories without images are put into one note after the first', t => {
	const {notes} = choose({...checkout, barren: Array.from({length: 7}, (_, line) => ({...barren, at: {...barren.at, line}}))});
	t.is(notes.length, 6);
	t.regex(notes.at(-1)!, /^the same holds for `tools\/rvmc` .*:5\), .*:6\)$/);
});
