import {
	mkdir, mkdtemp, rm, symlink, writeFile,
} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {BuildError} from '../../../../src/errors.js';
import {findDirectives, type FoundDirectives} from '../../../../src/images/index.js';
import {imagesIncNames, parseImagesInc} from '../../../../src/images/directives/parse-images-inc.js';

type Place = {
	readonly top: string;
	find(more?: {readonly codename?: string; readonly stream?: string}): Promise<FoundDirectives>;
	files(more?: {readonly codename?: string; readonly stream?: string}): Promise<readonly string[]>;
};

/** A checkout with these files; each first folder is a repository. */
async function inCheckout(files: Readonly<Record<string, string>>, use: (place: Place) => Promise<void>): Promise<void> {
	const top = await mkdtemp(path.join(tmpdir(), 'stx-build-checkout-'));
	try {
		for (const [name, text] of Object.entries(files)) {
			await mkdir(path.dirname(path.join(top, name)), {recursive: true});
			await mkdir(path.join(top, name.split('/')[0]!, '.git'), {recursive: true});
			await writeFile(path.join(top, name), text);
		}

		const find: Place['find'] = async more => findDirectives({
			repo: path.join(top, 'cgcs-root'), os: 'debian', codename: 'trixie', stream: 'stable', ...more,
		});
		await use({
			top, find, async files(more) {
				const found = await find(more);
				return found.files.map(file => path.relative(top, file));
			},
		});
	} finally {
		await rm(top, {recursive: true, force: true});
	}
}

test('lists of the OS and of the release, comments, blank lines, and a directory that is named twice', async t => {
	await inCheckout({
		'nfv/debian_stable_docker_images.inc': '# ours\n./proxy # both\n\nproxy other\nproxy',
		'nfv/debian_trixie_stable_docker_images.inc': 'new\n',
		'nfv/debian_bullseye_stable_docker_images.inc': 'old\n',
		'nfv/debian_dev_docker_images.inc': 'dev\n',
		'nfv/proxy/debian/trixie/stx-proxy.stable_docker_image': '',
		'nfv/other/debian/trixie/stx-other.stable_docker_image': '',
		'nfv/new/debian/trixie/stx-new.stable_docker_image': '',
		'nfv/old/debian/trixie/stx-old.stable_docker_image': '',
		'nfv/dev/debian/trixie/stx-dev.dev_docker_image': '',
	}, async ({find, files}) => {
		t.deepEqual(await files(), ['nfv/proxy/debian/trixie/stx-proxy.stable_docker_image', 'nfv/other/debian/trixie/stx-other.stable_docker_image', 'nfv/new/debian/trixie/stx-new.stable_docker_image']);
		t.deepEqual(await files({stream: 'dev'}), ['nfv/dev/debian/trixie/stx-dev.dev_docker_image']);
		const {barren} = await find();
		t.deepEqual(barren, []);
	});
});

test('the folder of the release, else `all`, else for bullseye that of the OS itself', async t => {
	await inCheckout({
		'nfv/debian_stable_docker_images.inc': 'a\nb\nc\n',
		'nfv/a/debian/trixie/a.stable_docker_image': '',
		'nfv/a/debian/all/x.stable_docker_image': '',
		'nfv/a/debian/y.stable_docker_image': '',
		'nfv/b/debian/all/b.stable_docker_image': '',
		'nfv/b/debian/y.stable_docker_image': '',
		'nfv/c/debian/c.stable_docker_image': '',
		'nfv/c/debian/.hidden.stable_docker_image': '',
		'nfv/c/debian/c.dev_docker_image': '',
	}, async ({files}) => {
		t.deepEqual(await files(), ['nfv/a/debian/trixie/a.stable_docker_image', 'nfv/b/debian/all/b.stable_docker_image']);
		t.deepEqual(await files({codename: 'bullseye'}), ['nfv/a/debian/all/x.stable_docker_image', 'nfv/b/debian/all/b.stable_docker_image', 'nfv/c/debian/c.stable_docker_image']);
		t.deepEqual(await files({codename: 'all'}), ['nfv/a/debian/all/x.stable_docker_image', 'nfv/b/debian/all/b.stable_docker_image']);
	});
});

test('W11: a directory that gives nothing is told with its line, and for which releases it has something', async t => {
	await inCheckout({
		'nfv/debian_stable_docker_images.inc': 'proxy\n# gone\nmissing/part\nempty\nplain\n',
		'nfv/proxy/debian/bookworm/stx-proxy.stable_docker_image': '',
		'nfv/empty/debian/trixie/stx-empty.dev_docker_image': '',
		'nfv/plain/debian/stx-plain.stable_docker_image': '',
	}, async ({find, top}) => {
		const file = path.join(top, 'nfv/debian_stable_docker_images.inc');
		t.deepEqual(await find(), {
			files: [],
			barren: [
				{
					directory: 'proxy', at: {file, line: 1}, folder: path.join(top, 'nfv/proxy/debian/trixie'), orIn: path.join(top, 'nfv/proxy/debian/all'), images: ['stx-proxy'], releases: ['bookworm'],
				},
				{
					directory: 'missing/part', at: {file, line: 3}, folder: path.join(top, 'nfv/missing/part/debian/trixie'), orIn: path.join(top, 'nfv/missing/part/debian/all'), images: ['part'], releases: [],
				},
				{
					directory: 'empty', at: {file, line: 4}, folder: path.join(top, 'nfv/empty/debian/trixie'), images: ['empty'], releases: [],
				},
				{
					directory: 'plain', at: {file, line: 5}, folder: path.join(top, 'nfv/plain/debian/trixie'), orIn: path.join(top, 'nfv/plain/debian/all'), images: ['stx-plain'], releases: ['bullseye'],
				},
			],
		});
	});
});

test('W73: lists in do-not-build do not count, not even those of a release', async t => {
	await inCheckout({
		'do-not-build/nfv/debian_stable_docker_images.inc': 'proxy\n',
		'do-not-build/nfv/debian_trixie_stable_docker_images.inc': 'proxy\n',
		'do-not-build/nfv/.git/HEAD': '',
		'do-not-build/nfv/proxy/debian/all/stx-proxy.stable_docker_image': '',
	}, async ({find}) => {
		t.deepEqual(await find(), {files: [], barren: []});
	});
});

test('a folder of a listed directory that cannot be read is an error that names it', async t => {
	for (const unreadable of ['proxy/debian', 'proxy/debian/trixie', 'proxy/debian/bullseye']) {
		await inCheckout({
			'cgcs-root/.git/HEAD': '',
			'cgcs-root/debian_stable_docker_images.inc': 'proxy\n',
		}, async ({top, find}) => {
			const link = path.join(top, 'cgcs-root', unreadable);
			await mkdir(path.dirname(link), {recursive: true});
			// To itself: nobody can read it, not even root.
			await symlink(path.basename(link), link);
			const error = await t.throwsAsync(find(), {instanceOf: BuildError, code: 'STX0903'}, unreadable);
			t.deepEqual(error.at, [{file: link}]);
		});
	}
});

test('names of directories are never expanded', t => {
	t.deepEqual(parseImagesInc('a*\n$HOME `id`\r\n"x"', 'x.inc').map(({directory, at: {line}}) => [directory, line]), [['a*', 1], ['$HOME', 2], ['`id`', 2], ['"x"', 3]]);
	t.deepEqual(imagesIncNames({os: 'debian', codename: 'trixie', stream: 'stable'}), ['debian_stable_docker_images.inc', 'debian_trixie_stable_docker_images.inc']);
});
