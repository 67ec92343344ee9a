import test from 'ava';
import {BuildError} from '../../../../src/errors.js';
import {planImageTags, type TagOptions, type TagSettings} from '../../../../src/images/publish/plan-image-tags.js';
import {directiveOf, tagSettings} from '../../../_helpers/image-inputs.js';

const stamp = '20260714T041000Z';

type Case = {readonly title: string; readonly settings?: Partial<TagSettings>; readonly options?: Partial<TagOptions>; readonly update?: string; readonly tags: Readonly<Record<string, string>>};

const cases: readonly Case[] = [
	{
		title: 'trixie',
		tags: {build: 'starlingx/stx-keystone:master-debian-trixie-amd64-stable-build', versioned: `starlingx/stx-keystone:master-debian-trixie-amd64-stable-${stamp}.0`},
	},
	{
		title: 'a registry, which the local tag does not have',
		settings: {registry: 'registry.example.com:5000'},
		tags: {build: 'starlingx/stx-keystone:master-debian-trixie-amd64-stable-build', versioned: `registry.example.com:5000/starlingx/stx-keystone:master-debian-trixie-amd64-stable-${stamp}.0`},
	},
	{
		title: 'no prefix, no version',
		settings: {prefix: undefined},
		options: {version: ''},
		tags: {build: 'starlingx/stx-keystone:debian-trixie-amd64-stable-build', versioned: 'starlingx/stx-keystone:debian-trixie-amd64-stable.0'},
	},
	{
		title: 'IMAGE_UPDATE_VER',
		update: '7',
		tags: {build: 'starlingx/stx-keystone:master-debian-trixie-amd64-stable-build', versioned: `starlingx/stx-keystone:master-debian-trixie-amd64-stable-${stamp}.7`},
	},
	{
		title: 'an IMAGE_UPDATE_VER that bash would take for octal',
		update: '08',
		tags: {build: 'starlingx/stx-keystone:master-debian-trixie-amd64-stable-build', versioned: `starlingx/stx-keystone:master-debian-trixie-amd64-stable-${stamp}.8`},
	},
	{
		title: 'latest, without an update version',
		options: {latest: true},
		update: '7',
		tags: {
			build: 'starlingx/stx-keystone:master-debian-trixie-amd64-stable-build', versioned: `starlingx/stx-keystone:master-debian-trixie-amd64-stable-${stamp}.7`, latest: 'starlingx/stx-keystone:master-debian-trixie-amd64-stable-latest',
		},
	},
	{
		title: 'latest with a prefix of its own',
		settings: {latestPrefix: 'nightly'},
		options: {latest: true},
		tags: {
			build: 'starlingx/stx-keystone:master-debian-trixie-amd64-stable-build', versioned: `starlingx/stx-keystone:master-debian-trixie-amd64-stable-${stamp}.0`, latest: 'starlingx/stx-keystone:nightly-debian-trixie-amd64-stable-latest',
		},
	},
	{
		title: 'bullseye, which has legacy tags',
		settings: {codename: 'bullseye', osLabel: 'debian-bullseye-amd64'},
		options: {latest: true},
		tags: {
			build: 'starlingx/stx-keystone:master-debian-bullseye-amd64-stable-build',
			versioned: `starlingx/stx-keystone:master-debian-bullseye-amd64-stable-${stamp}.0`,
			latest: 'starlingx/stx-keystone:master-debian-bullseye-amd64-stable-latest',
			legacy: `starlingx/stx-keystone:master-debian-stable-${stamp}.0`,
			legacyLatest: 'starlingx/stx-keystone:master-debian-stable-latest',
		},
	},
	{
		title: 'bullseye on another processor, which has none',
		settings: {codename: 'bullseye', arch: 'arm64', osLabel: 'debian-bullseye-arm64'},
		tags: {build: 'starlingx/stx-keystone:master-debian-bullseye-arm64-stable-build', versioned: `starlingx/stx-keystone:master-debian-bullseye-arm64-stable-${stamp}.0`},
	},
	{
		title: 'a legacy label that was asked for',
		options: {legacyOsLabel: 'deb'},
		tags: {
			build: 'starlingx/stx-keystone:master-debian-trixie-amd64-stable-build', versioned: `starlingx/stx-keystone:master-debian-trixie-amd64-stable-${stamp}.0`, legacy: `starlingx/stx-keystone:master-deb-stable-${stamp}.0`,
		},
	},
];

for (const {title, settings, options, update, tags} of cases) {
	test(`tags: ${title}`, t => {
		const directive = directiveOf(`PROJECT=keystone\nIMAGE_UPDATE_VER=${update ?? ''}`);
		t.deepEqual({...planImageTags(directive, {...tagSettings, ...settings}, {version: stamp, latest: false, ...options})}, tags as never);
	});
}

for (const [title, settings, version] of [
	['a version with a blank', {}, '2026 11'],
	['a tag that is too long', {}, 'x'.repeat(128)],
	['a user in capitals', {user: 'StarlingX'}, '1'],
	['a registry with a scheme', {registry: 'https://registry.example.com'}, '1'],
] as const) {
	test(`refuses ${title}`, t => {
		const error = t.throws(() => planImageTags(directiveOf(), {...tagSettings, ...settings}, {version, latest: false}), {instanceOf: BuildError});
		t.true([error, ...error.problems].some(({code}) => code === 'STX0609'));
		t.is(error.exitCode, 2);
	});
}

test('a version that no tag can have is not the fault of the directive', t => {
	const refuse = (settings: Partial<TagSettings>, version: string): BuildError =>
		t.throws(() => planImageTags(directiveOf(), {...tagSettings, ...settings}, {version, latest: false}), {instanceOf: BuildError});
	const ofVersion = refuse({}, 'a/b');
	t.deepEqual(ofVersion.at, []);
	t.regex(ofVersion.hint!, /--version/v);
	const [ofUser] = refuse({user: 'StarlingX'}, 'a/b').problems;
	t.is((ofUser ?? refuse({user: 'StarlingX'}, 'a/b')).at.length, 1);
});
