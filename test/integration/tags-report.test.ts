import {
	mkdir, mkdtemp, rm, symlink, writeFile,
} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import test, {type ExecutionContext} from 'ava';
import {createRunner, runChecked} from '../../src/system/index.js';
import {reportImages} from '../../src/tags/index.js';
import {writeFiles} from '../_helpers/engines.js';
import {failureOf} from '../_helpers/failure.js';
import {needs} from '../_helpers/needs.js';

const run = createRunner(process.env);
const report = async (...files: readonly string[]) => reportImages(files, {run, signal: new AbortController().signal});

/** A chart in an application, in a package, as StarlingX packs them. */
async function createWorld(t: ExecutionContext) {
	const folder = await mkdtemp(path.join(tmpdir(), 'stx-build-report-'));
	t.teardown(async () => rm(folder, {recursive: true, force: true}));
	const pack = async (target: string, from: string) => runChecked(run, {argv: ['tar', '--create', '--gzip', '--file', target, '--directory', from, '.']});
	await writeFiles(path.join(folder, 'chart'), {
		'keystone/Chart.yaml': 'name: keystone\n', 'keystone/values.yaml': 'images:\n  tags:\n    api: docker.io/starlingx/stx-keystone:1\n', 'keystone/templates/pod.yaml': 'image: {{ .Values.x }}\n',
	});
	await mkdir(path.join(folder, 'app', 'charts'), {recursive: true});
	const chart = path.join(folder, 'app', 'charts', 'keystone.tgz');
	await pack(chart, path.join(folder, 'chart'));
	await writeFiles(path.join(folder, 'app'), {'fluxcd-manifests/keystone-static-overrides.yaml': 'images:\n  tags:\n    db: docker.io/starlingx/stx-mariadb:2\n'});
	const app = path.join(folder, 'app.tgz');
	await pack(app, path.join(folder, 'app'));
	return {folder, chart, app};
}

const [chartImage, appImage] = ['docker.io/starlingx/stx-keystone:1', 'docker.io/starlingx/stx-mariadb:2'];

test('a chart as a folder and packed, and an application', async t => {
	const {folder, chart, app} = await createWorld(t);
	await symlink('/etc', path.join(folder, 'chart', 'elsewhere.yaml'));
	for (const file of [path.join(folder, 'chart'), chart]) {
		const {images, notes} = await report(file);
		t.deepEqual(images.map(({image}) => image), [chartImage]);
		t.deepEqual(notes, []);
	}

	const {images, texts} = await report(app);
	t.deepEqual(images.map(({image, in: place, line}) => [image, place, line]), [[chartImage, 'app.tgz!charts/keystone.tgz!keystone/values.yaml', 3], [appImage, 'app.tgz!fluxcd-manifests/keystone-static-overrides.yaml', 3]]);
	t.is(texts, 3);
});

async function makeDeb(folder: string, app: string): Promise<string> {
	const root = path.join(folder, 'deb');
	await writeFiles(root, {'DEBIAN/control': 'Package: app\nVersion: 1\nArchitecture: all\nMaintainer: a <a@example.com>\nDescription: a\n', 'usr/share/doc/app/copyright': 'a\n'});
	await mkdir(path.join(root, 'usr/local/share/applications/helm'), {recursive: true});
	await runChecked(run, {argv: ['cp', app, path.join(root, 'usr/local/share/applications/helm')]});
	await symlink('/etc/passwd', path.join(root, 'usr/share/absolute.tgz'));
	// Folders of this machine, and one that has itself in it.
	await symlink(path.join(folder, 'chart'), path.join(root, 'usr/share/elsewhere.yaml'));
	await symlink('.', path.join(root, 'usr/share/round.yaml'));
	const deb = path.join(folder, 'app_1_all.deb');
	await runChecked(run, {argv: ['dpkg-deb', '--build', '--root-owner-group', root, deb]});
	return deb;
}

test('a Debian package, whatever its links lead to', async t => {
	if (!needs(t, 'dpkg-deb')) {
		return;
	}

	const {folder, app} = await createWorld(t);
	const {images} = await report(await makeDeb(folder, app));
	t.deepEqual(images.map(({image, in: place}) => [image, place]), [
		[chartImage, 'app_1_all.deb!usr/local/share/applications/helm/app.tgz!charts/keystone.tgz!keystone/values.yaml'], [appImage, 'app_1_all.deb!usr/local/share/applications/helm/app.tgz!fluxcd-manifests/keystone-static-overrides.yaml'],
	]);
	await writeFile(path.join(folder, 'broken.deb'), 'no');
	t.is((await failureOf(async () => report(path.join(folder, 'broken.deb')))).code, 'STX0902');
});

test('an ISO, with the packages on it', async t => {
	if (!needs(t, {program: ['dpkg-deb', 'bsdtar']})) {
		return;
	}

	const {folder, app} = await createWorld(t);
	const root = path.join(folder, 'iso');
	await writeFiles(root, {'ostree_repo/config': 'a\n', 'isolinux.bin': 'a\n'});
	await mkdir(path.join(root, 'pool'));
	await runChecked(run, {argv: ['cp', await makeDeb(folder, app), path.join(root, 'pool')]});
	const iso = path.join(folder, 'boot.iso');
	await runChecked(run, {argv: ['bsdtar', '-c', '-f', iso, '--format=iso9660', '-C', root, '.']});
	const {images, notes} = await report(iso);
	t.deepEqual(images.map(({image}) => image), [chartImage, appImage]);
	t.regex(notes.join('\n'), /ostree_repo was not read/);
});

test('what is none of these is told, and what is no YAML is noted', async t => {
	const {folder} = await createWorld(t);
	await writeFiles(folder, {'broken.yaml': 'a: [', 'program.bin': 'a'});
	const {notes} = await report(path.join(folder, 'broken.yaml'));
	t.deepEqual(notes, ['broken.yaml: not read: it is not YAML']);
	for (const name of ['program.bin', 'missing.tgz']) {
		t.is((await failureOf(async () => report(path.join(folder, name)))).code, 'STX0644');
	}
});
