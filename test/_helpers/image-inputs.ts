/** Directives, a dialect and settings for tests of images. */
import {parseDirectiveFile} from '../../src/images/directives/parse-directive-file.js';
import {parsePackageTable} from '../../src/images/dialects/parse-package-table.js';
import type {DialectData} from '../../src/images/dialects/dialect.js';
import type {Directive} from '../../src/images/directives/directive.js';
import type {ImagesRequest} from '../../src/images/plan-images.js';
import type {Digest, Key} from '../../src/plan/index.js';
import type {WheelRef} from '../../src/wheels/index.js';

export const digestOf = (letter: string): Digest => `sha256:${letter.repeat(64)}`;

/** A directive of lines of assignments; those of a service from the index where none are given. */
export const directiveOf = (lines = 'PROJECT=keystone\nPROJECT_REPO=pypi\nPROJECT_REF=30.0.0', label = 'stx-keystone'): Directive =>
	parseDirectiveFile(`BUILDER=loci\nLABEL=${label}\n${lines}\n`, `${label}.stable_docker_image`);

export const dialect: DialectData = {
	name: 'builtin',
	files: [{name: 'Dockerfile', digest: digestOf('a'), executable: false}, {name: 'install.sh', digest: digestOf('b'), executable: false}],
	arguments: new Map([
		'FROM',
		'PROJECT',
		'PROJECT_REPO',
		'PROJECT_REF',
		'PROFILES',
		'PIP_PACKAGES',
		'UPGRADE_PIP_PACKAGES',
		'DIST_PACKAGES',
		'DIST_REPOS',
		'UID',
		'GID',
		'NON_UNIQUE_SYSTEM_ACCOUNT',
		'UPDATE_SYSTEM_ACCOUNT',
		'CUSTOMIZATION',
		'POSTBUILD_REMOVE_PYTHON_PACKAGES',
		'POSTBUILD_REMOVE_OS_PACKAGES',
		'POSTBUILD_COMMAND',
	].map(name => [name, ''])),
	pydepProfiles: [],
	pydepForInfra: true,
	pydep: parsePackageTable('fluent-logger [fluent]\npython-ldap [(keystone ldap)]\n', 'pydep.txt'),
	toolchain: parsePackageTable('pip\nsetuptools<81\n', 'toolchain.txt'),
	verifier: {file: '/config/loci/verify.py', digest: digestOf('c')},
};

export const tagSettings: ImagesRequest['settings'] = {
	os: 'debian', codename: 'trixie', arch: 'amd64', stream: 'stable', registry: undefined, user: 'starlingx', localUser: 'starlingx', prefix: 'master', latestPrefix: undefined, osLabel: 'debian-trixie-amd64', workspace: '/workspace',
};

/** A wheel that is in the store. */
export const wheelOf = (name: string, version: string, letter: string): WheelRef =>
	({
		name: name as WheelRef['name'], version, filename: `${name}-${version}-py3-none-any.whl`, digest: digestOf(letter), size: 1,
	});

export const requestOf = (more: Partial<ImagesRequest> = {}): ImagesRequest => ({
	directives: [directiveOf()], dialect, base: {id: 'base', key: digestOf('0') as unknown as Key}, wheelsOf: () => [wheelOf('pip', '26.3', '1'), wheelOf('keystone', '30.0.0', '2')], wheelSteps: [],
	settings: tagSettings, push: false, latest: false, version: '2026.11.21', resetLists: false, ...more,
});
