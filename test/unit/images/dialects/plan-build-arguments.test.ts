import test from 'ava';
import {BuildError} from '../../../../src/errors.js';
import {imageRoots} from '../../../../src/images/dialects/image-roots.js';
import {parseDirectiveFile} from '../../../../src/images/directives/parse-directive-file.js';
import {parseDockerfileArguments} from '../../../../src/images/dockerfile/parse-dockerfile-arguments.js';
import {planBuildArguments} from '../../../../src/images/dialects/plan-build-arguments.js';
import {planExpected} from '../../../../src/images/verify/plan-expected.js';
import {projectSource} from '../../../../src/images/dialects/project-source.js';
import {dialect, directiveOf} from '../../../_helpers/image-inputs.js';

test('values become build arguments, under the names that LOCI has for them', t => {
	const directive = directiveOf(`PROJECT=placement
PROJECT_REPO=pypi:openstack-placement
PROJECT_REF=15.0.0
PROJECT_UID=42425
PROJECT_GID=42426
PIP_PACKAGES="pymysql
  uwsgi"
PROFILES=""
IMAGE_UPDATE_VER=1
POSTBUILD_REMOVE_PYTHON_PACKAGES=""
POSTBUILD_COMMAND='echo "a"
echo b'`, 'stx-placement');
	t.deepEqual(planBuildArguments(directive, dialect), {
		GID: '42426', PIP_PACKAGES: 'pymysql uwsgi', POSTBUILD_COMMAND: 'echo "a"\necho b', POSTBUILD_REMOVE_PYTHON_PACKAGES: '', PROJECT: 'placement', PROJECT_REF: '15.0.0', PROJECT_REPO: 'pypi:openstack-placement', UID: '42425',
	});
});

for (const [title, lines, code, message] of [
	['a project from git', 'PROJECT=nova\nPROJECT_REPO=https://opendev.org/openstack/nova.git', 'STX0607', /git repository `https:\/\/opendev\.org\/openstack\/nova\.git`.*from the package index only/],
	['a project without a place, which LOCI takes from git', 'PROJECT=nova', 'STX0607', /opendev\.org\/openstack\/nova/],
	['Python 2', 'PROJECT=infra\nPROJECT_REPO=nil\nPYTHON3=no', 'STX0607', /Python 2/],
	['a password, which the plan would show', 'PROJECT=nova\nPROJECT_REPO=https://me:secret@opendev.org/openstack/nova.git', 'STX0604', /opendev\.org\/openstack\/nova\.git` has a user name or a password/],
	['a key that the dialect does not know', 'PROJECT=nova\nPROJECT_REPO=pypi\nSPICE_REPO=https://example.org', 'STX0607', /does not know `SPICE_REPO`/],
	['a mirror of a project that is in no folder', 'PROJECT=nova\nPROJECT_REPO=pypi\nMIRROR_LOCAL=yes', 'STX0604', /`MIRROR_LOCAL=yes` and `PROJECT_REPO=pypi` do not go together/],
	['an option in place of a package', 'PROJECT=infra\nPROJECT_REPO=nil\nDIST_PACKAGES="vim --allow-unauthenticated"', 'STX0604', /`--allow-unauthenticated` in `DIST_PACKAGES`/],
	['nil with a project', 'PROJECT=nova\nPROJECT_REPO=nil', 'STX0604', /do not go together/],
	['infra with a repository', 'PROJECT=infra\nPROJECT_REPO=pypi', 'STX0604', /do not go together/],
	['a version that is none', 'PROJECT=nova\nPROJECT_REPO=pypi\nPROJECT_REF=master', 'STX0604', /`master` cannot be the version of `nova`/],
	['a distribution that cannot be one', 'PROJECT=nova\nPROJECT_REPO=pypi:../nova', 'STX0604', /cannot be the name of a distribution/],
] as const) {
	test(`refuses ${title}, before anything starts`, t => {
		const error = t.throws(() => imageRoots(directiveOf(lines, 'stx-x'), dialect), {instanceOf: BuildError, code});
		t.regex(error.message, message);
		t.false(error.message.includes('secret'));
		t.is(error.exitCode, 2);
		t.truthy(error.hint);
	});
}

test('images that are not built with LOCI need no wheels of their own', t => {
	t.deepEqual(imageRoots(parseDirectiveFile('BUILDER=docker\nLABEL=rvmc\n', 'rvmc.stable_docker_image'), dialect), {label: 'rvmc', requirements: [], at: {file: 'rvmc.stable_docker_image', line: 1}});
});

test('MIRROR_LOCAL=no asks for nothing', t => {
	t.notThrows(() => planBuildArguments(directiveOf('PROJECT=nova\nPROJECT_REPO=pypi\nMIRROR_LOCAL=no'), dialect));
});

test('where a project comes from', t => {
	t.deepEqual(projectSource(directiveOf('PROJECT=infra\nPROJECT_REPO=nil')), {kind: 'none'});
	t.deepEqual(projectSource(directiveOf('PROJECT=nova\nPROJECT_REPO=pypi')), {kind: 'index', distribution: 'nova'});
	t.deepEqual(projectSource(directiveOf('PROJECT=placement\nPROJECT_REPO=pypi:openstack-placement\nPROJECT_REF=15.0.0')), {kind: 'index', distribution: 'openstack-placement', version: '15.0.0'});
	t.deepEqual(projectSource(directiveOf('PROJECT=nova')), {
		kind: 'git', url: 'https://opendev.org/openstack/nova', ref: 'master', live: false,
	});
});

test('the wheels of an image: project, packages, what comes with the profiles, the toolchain', t => {
	t.deepEqual(imageRoots(directiveOf('PROJECT=keystone\nPROJECT_REPO=pypi\nPROJECT_REF=30.0.0\nPROFILES="fluent ldap"\nPIP_PACKAGES="uwsgi oslo.db[mysql]>=1"\nUPGRADE_PIP_PACKAGES=pip'), dialect), {
		label: 'stx-keystone', requirements: ['fluent-logger', 'keystone==30.0.0', 'oslo.db[mysql]>=1', 'pip', 'python-ldap', 'setuptools<81', 'uwsgi'], at: {file: 'stx-keystone.stable_docker_image', line: 7},
	});
	t.deepEqual(imageRoots(directiveOf('PROJECT=infra\nPROJECT_REPO=nil\nPIP_PACKAGES=python-openstackclient'), dialect).requirements, ['pip', 'python-openstackclient', 'setuptools<81']);
});

test('refuses distributions from elsewhere, and texts that are none', t => {
	t.throws(() => imageRoots(directiveOf('PROJECT=infra\nPROJECT_REPO=nil\nPIP_PACKAGES=x@https://example.org/x.whl'), dialect), {instanceOf: BuildError, code: 'STX0607'});
	t.throws(() => imageRoots(directiveOf('PROJECT=infra\nPROJECT_REPO=nil\nPIP_PACKAGES="--index-url=https://example.org"'), dialect), {instanceOf: BuildError});
	t.throws(() => imageRoots(directiveOf('PROJECT=infra\nPROJECT_REPO=nil\nPIP_PACKAGES="git+https://example.org/x"'), dialect), {instanceOf: BuildError});
});

test('what an image must hold, and what not', t => {
	t.deepEqual(planExpected(directiveOf('PROJECT=keystone\nPROJECT_REPO=pypi\nPIP_PACKAGES="PyMySQL pip old;python_version<\'3\'"\nDIST_PACKAGES="vim=2:9 libc6:amd64 python3-pip"')), {
		distributions: [{name: 'keystone'}, {name: 'PyMySQL'}],
		packages: ['vim', 'libc6'],
		absent: {distributions: ['pip'], packages: ['python3-pip', 'python-pip-whl']},
		scripts: ['keystone'],
		loads: [],
	});
	t.deepEqual(planExpected(directiveOf('PROJECT=infra\nPROJECT_REPO=nil\nPIP_PACKAGES=python-openstackclient')).loads, ['python-openstackclient']);
});

test('the arguments that a Dockerfile declares', t => {
	t.deepEqual([...parseDockerfileArguments('ARG FROM=a\nFROM $FROM\n  arg X\n# ARG NO\nRUN echo ARG Y\nARG Z="1"\n')], [['FROM', 'a'], ['X', ''], ['Z', '1']]);
});
