import test from 'ava';
import {formatLabels} from '../../../src/engine/index.js';

const commit = 'c0ffee'.padEnd(40, '0');
const digest = `sha256:${'d'.repeat(64)}`;
const standard = (labels: Readonly<Record<string, string>>) => Object.fromEntries(Object.entries(labels).map(([name, value]) => [`org.opencontainers.image.${name}`, value]));

test('W37: an image says which commit of which repository it is of, in which version, and on which image', t => {
	t.deepEqual(formatLabels({
		source: {url: 'https://opendev.org/openstack/keystone', commit}, version: '30.0.0', base: {reference: 'docker.io/starlingx/stx-debian:1', digest},
	}), standard({
		source: 'https://opendev.org/openstack/keystone', revision: commit, version: '30.0.0', 'base.name': 'docker.io/starlingx/stx-debian:1', 'base.digest': digest,
	}));
});

test('what is not known is not said', t => {
	t.deepEqual(formatLabels({}), {});
	t.deepEqual(formatLabels({base: null}), {});
	t.deepEqual(formatLabels({base: {reference: 'docker.io/a/b:1', digest: null}}), standard({'base.name': 'docker.io/a/b:1'}));
});

test('what is of this machine alone is not said', t => {
	t.deepEqual(formatLabels({source: {url: 'file:///home/eve/keystone', commit}}), standard({revision: commit}));
	for (const reference of ['localhost/stx-build/base-debian-trixie:0123456789abcdef', digest, 'd'.repeat(64)]) {
		t.deepEqual(formatLabels({base: {reference, digest}}), {}, reference);
	}
});

test('no account is in the address of a source', t => {
	for (const [url, source] of [
		['https://eve:secret@git.example.com/a/b.git', 'https://git.example.com/a/b.git'],
		['https://***@git.example.com:8443/a?token=secret#x', 'https://git.example.com:8443/a'],
		['ssh://git@git.example.com/a', 'ssh://git.example.com/a'],
	] as const) {
		t.is(formatLabels({source: {url, commit}})['org.opencontainers.image.source'], source);
	}
});

test('what the image that it begins with says of itself is not said of this one; other labels stay', t => {
	const ofBase = standard({
		source: 'https://example.com/base', revision: 'ba5e', created: '2026-01-01', title: '',
	});
	const inherited = {...ofBase, maintainer: 'them'};
	t.deepEqual(formatLabels({}, inherited), standard({source: '', revision: '', created: ''}));
	t.deepEqual(formatLabels({source: {url: 'https://example.com/own', commit}}, inherited), standard({source: 'https://example.com/own', revision: commit, created: ''}));
});
