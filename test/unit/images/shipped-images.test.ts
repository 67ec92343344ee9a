/** The images that stx-build comes with: that each can be planned, is verified, and names only what can be had. */
import path from 'node:path';
import test from 'ava';
import {valueOf, wordsOf} from '../../../src/images/directives/directive.js';
import {
	imageRoots, planImageTags, readDialect, readDirectives,
} from '../../../src/images/index.js';
import {normalizeName, parseRequirement} from '../../../src/python/index.js';
import {readWheelInputs} from '../../../src/wheels/index.js';
import {fetchNothing} from '../../_helpers/fetch-nothing.js';
import {tagSettings} from '../../_helpers/image-inputs.js';

const root = path.resolve('.');
const folders = {roots: [root]};
const directives = await readDirectives(folders);
const dialect = await readDialect(folders, {dialect: 'builtin', loci: '', lociRef: undefined}, undefined as never);
const inputs = await readWheelInputs(folders, {
	os: 'debian', codename: 'trixie', stream: 'stable', arch: 'amd64', repo: undefined,
}, {fetchDocument: fetchNothing});

/**
What the stable stream of StarlingX has for trixie, by its *_docker_images.inc files, but for notificationservice-base-v2:
that takes a wheel which only StarlingX's own build of packages can make.
*/
const ofStarlingx = [
	'locationservice-base', 'notificationclient-base', 'rvmc', 'stx-aodh', 'stx-ceilometer', 'stx-cinder', 'stx-debian-dev', 'stx-debian-tools-dev', 'stx-fm-rest-api', 'stx-glance', 'stx-heat', 'stx-horizon', 'stx-keystone', 'stx-keystone-api-proxy', 'stx-mariadb', 'stx-neutron', 'stx-nova', 'stx-nova-api-proxy', 'stx-openstackclients', 'stx-ovs', 'stx-pci-irq-affinity-agent', 'stx-placement', 'stx-platformclients',
];

/** What it has directive files of, but does not build. */
const besides = ['stx-barbican', 'stx-gnocchi', 'stx-ironic'];

/** Distributions of the public index that no constraint names. */
const unconstrained = new Set(['gnocchi', 'html5lib', 'keyrings-alt', 'keystone', 'mechanize', 'ndg-httpsclient', 'oic', 'pkgconfig', 'pycryptodomex', 'pyjwkest', 'python-daemon', 'sh', 'tinyrpc', 'webencodings']);

test('each image of StarlingX has a file of ours, and each file is one image', t => {
	t.deepEqual(directives.map(({label}) => label).toSorted(), [...ofStarlingx, ...besides].toSorted());
});

for (const directive of directives) {
	const {label, verify} = directive;

	test(`${label} is planned`, t => {
		t.is(path.dirname(directive.file), path.join(root, 'build-config/images'));
		t.is(path.basename(directive.file, '.ini'), label.replace(/^stx-/v, ''));
		const tags = planImageTags(directive, tagSettings, {version: '1', latest: true});
		t.true(tags.versioned.includes(`/${label}:`));
	});

	test(`${label} is tried: a service is asked, anything else is run`, t => {
		t.true(verify.service !== undefined || verify.setup.length > 0);
		t.true(verify.service?.start?.includes('PORT') ?? true, 'it listens where it is asked');
	});
}

for (const directive of directives.filter(({builder}) => builder === 'loci')) {
	test(`${directive.label} names only what the index, the constraints or a module has`, t => {
		const known = new Set<string>([
			...inputs.constraints.entries.map(({normalized}) => normalized),
			...inputs.wheelList.map(({name}) => name),
			...inputs.gitModules.map(({name}) => name),
			...unconstrained,
		]);
		for (const word of wordsOf(directive, 'PIP_PACKAGES')) {
			const name = normalizeName(parseRequirement(word).name);
			t.true(known.has(name), `${name} is known`);
			t.is(inputs.onlyLocal.has(name), inputs.gitModules.some(module => module.name === name), `${name}, if it is StarlingX's, is a module`);
		}
	});

	test(`${directive.label} tells what its wheels are`, t => {
		t.true(imageRoots(directive, dialect).requirements.length > 0);
	});

	test(`${directive.label} can be built on a base image whose repositories are off`, t => {
		t.is(valueOf(directive, 'DIST_REPOS'), 'OS');
	});

	test(`${directive.label} takes its project from the index in a version`, t => {
		if (valueOf(directive, 'PROJECT') === 'infra') {
			t.is(valueOf(directive, 'PROJECT_REPO'), 'nil');
		} else {
			t.regex(valueOf(directive, 'PROJECT_REPO'), /^pypi(?::|$)/v);
			t.regex(valueOf(directive, 'PROJECT_REF'), /^\d+(?:\.\d+)+$/v);
		}
	});
}

for (const directive of directives.filter(({builder}) => builder === 'docker')) {
	test(`${directive.label} comes from a commit`, t => {
		t.regex(valueOf(directive, 'DOCKER_REPO'), /^https:\/\/opendev\.org\/starlingx\/[\-\w]+$/v);
		t.regex(valueOf(directive, 'DOCKER_REF'), /^[\da-f]{40}$/v);
		t.not(valueOf(directive, 'DOCKER_CONTEXT'), '');
		t.deepEqual(wordsOf(directive, 'PIP_PACKAGES'), []);
	});
}

test('of one repository there is one commit, in images and modules alike', t => {
	const commits = new Map<string, string>();
	const named = [
		...inputs.gitModules,
		...directives.filter(({builder}) => builder === 'docker').map(directive => ({url: valueOf(directive, 'DOCKER_REPO'), commit: valueOf(directive, 'DOCKER_REF')})),
	];
	for (const {url, commit} of named) {
		t.is(commits.get(url) ?? commit, commit, url);
		commits.set(url, commit);
	}
});

test('each module is there for an image, or for another module', t => {
	const wanted = new Set<string>([
		...directives.flatMap(directive => wordsOf(directive, 'PIP_PACKAGES')),
		...inputs.gitModules.flatMap(({requires}) => requires ?? []),
	].map(text => normalizeName(parseRequirement(text).name)));
	t.deepEqual(inputs.gitModules.map(({name}) => name).filter(name => !wanted.has(name)), []);
});
