import {createHash} from 'node:crypto';
import test from 'ava';
import {formatImageManifest} from '../../../src/engine/format-image-manifest.js';

const layer = `sha256:${'c3'.repeat(32)}` as const;

test('the config is named by its digest, which is the id of the image', t => {
	const {config, configName, manifest} = formatImageManifest('arm64', layer);
	t.is(configName, `${createHash('sha256').update(config).digest('hex')}.json`);
	t.deepEqual(JSON.parse(manifest), [{Config: configName, RepoTags: null, Layers: ['layer.tar']}]);
	const {architecture, rootfs, created} = JSON.parse(config) as {architecture: string; rootfs: unknown; created: string};
	t.is(architecture, 'arm64');
	t.is(created, '1970-01-01T00:00:00Z');
	t.deepEqual(rootfs, {type: 'layers', diff_ids: [layer]});
});

test('the same layer gives the same image', t => {
	t.deepEqual(formatImageManifest('amd64', layer), formatImageManifest('amd64', layer));
});

test('a name is no part of the image', t => {
	const named = formatImageManifest('amd64', layer, 'localhost/stx-build/push:1');
	t.is(named.config, formatImageManifest('amd64', layer).config);
	t.deepEqual((JSON.parse(named.manifest) as ReadonlyArray<{RepoTags: unknown}>)[0]!.RepoTags, ['localhost/stx-build/push:1']);
});
