/** Command lines of StarlingX's build-stx-images.sh, in a checkout as StarlingX has it. */
import {createHash} from 'node:crypto';
import {
	mkdir, readdir, rm, writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import type {PlanDocument} from '../../src/loadbuild/index.js';
import {withTemporaryFolder, writeTar} from '../../src/system/index.js';
import {wheelOf} from '../_helpers/archives.js';
import {fakeEffects, type FakeEffects} from '../_helpers/fake-effects.js';
import {runCli, type CliResult} from '../_helpers/run-cli.js';

type Place = {
	readonly folder: string;
	readonly effects: FakeEffects;
	write(name: string, text: string): Promise<void>;
	/** A command line in the user's folder, with MY_REPO set. */
	run(...argv: readonly string[]): Promise<CliResult>;
	/** The document of a dry run. */
	dry(...argv: readonly string[]): Promise<PlanDocument>;
};

const directive = (label: string, lines = ''): string => `BUILDER=loci\nLABEL=${label}\nPROJECT=infra\nPROJECT_REPO=nil\n${lines}`;

/** A checkout with a service for trixie, one for both releases and one for bullseye, a user's folder, and a tarball. */
async function inCheckout(use: (place: Place) => Promise<void>, effects = fakeEffects()): Promise<void> {
	await withTemporaryFolder('commands', async folder => {
		const write = async (name: string, text: string): Promise<void> => {
			await mkdir(path.dirname(path.join(folder, name)), {recursive: true});
			await writeFile(path.join(folder, name), text);
		};

		await write('src/cgcs-root/.git/HEAD', '');
		await write('src/cgcs-root/stx/nfv/.git/HEAD', '');
		await write('src/cgcs-root/stx/nfv/debian_stable_docker_images.inc', '# images\nproxy\nrest # both\nold\n');
		await write('src/cgcs-root/stx/nfv/proxy/debian/trixie/stx-proxy.stable_docker_image', directive('stx-proxy', 'PIP_PACKAGES=demo\n'));
		await write('src/cgcs-root/stx/nfv/rest/debian/all/stx-rest.stable_docker_image', directive('stx-rest', 'DIST_PACKAGES="curl \\\n  openssl"\n'));
		await write('src/cgcs-root/stx/nfv/old/debian/bullseye/stx-old.stable_docker_image', directive('stx-old'));
		await mkdir(path.join(folder, 'user'));
		const made = await Promise.all([['demo', '1.0'], ['pip', '25.3'], ['setuptools', '80.9.0'], ['wheel', '0.45.1']].map(async ([name, version]) => wheelOf({name: name!, version: version!})));
		await writeTar([...made.map(({filename, content}) => ({name: filename, content})), {name: 'upper-constraints.txt', content: ''}], path.join(folder, 'user/wheels.tar'));
		const run: Place['run'] = async (...argv) => runCli([...argv, '--dialect', 'builtin'], {
			folder: path.join(folder, 'user'), environment: {MY_REPO: path.join(folder, 'src/cgcs-root'), MY_WORKSPACE: path.join(folder, 'ws'), USER: 'Builder'}, effects: async () => effects,
		});
		await use({
			folder, effects, write, run, async dry(...argv) {
				const {out} = await run('images', '--wheels', 'wheels.tar', ...argv, '--dry-run', '--json');
				return JSON.parse(out) as PlanDocument;
			},
		});
	});
}

const labelsOf = ({images}: PlanDocument): readonly string[] => images.map(({label}) => label);

test('all images are those of the checkout; the package\'s are made by name', async t => {
	await inCheckout(async ({dry}) => {
		t.deepEqual(labelsOf(await dry()), ['stx-proxy', 'stx-rest']);
		t.deepEqual(labelsOf(await dry('--os-codename', 'all')), ['stx-rest']);
		t.deepEqual(labelsOf(await dry('--only', 'openstackclients')), ['stx-openstackclients']);
		t.deepEqual(labelsOf(await dry('--only', 'infra')), ['stx-proxy', 'stx-rest'], 'a project of the checkout is not looked for in the package');
	});
});

test('the user\'s own file counts before StarlingX\'s, and that before the package\'s', async t => {
	await inCheckout(async ({dry, write, folder}) => {
		await write('src/cgcs-root/stx/nfv/proxy/debian/trixie/stx-clients.stable_docker_image', directive('stx-openstackclients'));
		const before = await dry('--only', 'openstackclients,proxy');
		t.deepEqual(before.images.map(image => path.basename(image.directive)), ['stx-clients.stable_docker_image', 'stx-proxy.stable_docker_image']);
		await write('user/build-config/images/my-proxy.ini', '[image]\nBUILDER = loci\nLABEL = stx-proxy\nPROJECT = infra\nPROJECT_REPO = nil\n');
		const after = await dry();
		t.deepEqual(after.images.map(image => image.directive), [
			path.join(folder, 'user/build-config/images/my-proxy.ini'),
			path.join(folder, 'src/cgcs-root/stx/nfv/proxy/debian/trixie/stx-clients.stable_docker_image'),
			path.join(folder, 'src/cgcs-root/stx/nfv/rest/debian/all/stx-rest.stable_docker_image'),
		]);
	});
});

test('an image of the package is a note in a checkout, also where that has nothing for the stream', async t => {
	await inCheckout(async ({dry, folder, effects}) => {
		const list = path.join(folder, 'src/cgcs-root/stx/nfv/debian_stable_docker_images.inc');
		await rm(list);
		t.deepEqual(labelsOf(await dry('--only', 'openstackclients')), ['stx-openstackclients']);
		t.deepEqual(effects.events.flatMap(event => event.type === 'note' ? [event.message] : []), ['`stx-openstackclients`: taken from the package, since the checkout has no directive file for this release and stream']);
	});
});

test('a reference of --base or --from that can be none ends the command with 2 before anything, in a dry run too', async t => {
	await inCheckout(async ({run, effects}) => {
		for (const [option, written, ...argv] of [
			['--base', 'foo@bar::x', 'images', '--wheels', 'wheels.tar'], ['--from', '!!', 'loadbuild', '--wheels', 'wheels.tar'], ['--from', '!!', 'base'],
		] as const) {
			for (const more of [[], ['--dry-run']]) {
				const {code, out, err} = await run(...argv, option, written, ...more);
				t.is(code, 2, err);
				t.is(out, '', 'there is no plan');
				t.true(err.includes(`STX0707 ${option} cannot be \`${written}\``), err);
			}
		}

		t.deepEqual(effects.commands, []);
	});
});

test('W11: a directory that gives nothing is a note with its line, and an error where its image is asked for', async t => {
	await inCheckout(async ({run, dry, folder, effects}) => {
		await dry();
		const notes = effects.events.flatMap(event => event.type === 'note' ? [event.message] : []);
		const list = path.join(folder, 'src/cgcs-root/stx/nfv/debian_stable_docker_images.inc');
		t.deepEqual(notes, [`\`old\` has no directive file in \`${path.join(path.dirname(list), 'old/debian/trixie')}\` or \`${path.join(path.dirname(list), 'old/debian/all')}\`, only for \`bullseye\` (${list}:4)`]);
		const {code, err} = await run('images', '--wheels', 'wheels.tar', '--only', 'stx-old');
		t.is(code, 2);
		t.regex(err, /STX0606 there is no image `stx-old` of this release and stream: `old` has no directive file/);
		t.true(err.includes(`at ${list}:4`), err);
		const typo = await run('images', '--wheels', 'wheels.tar', '--only', 'stx-prox', '--only', 'stx-rest');
		t.is(typo.code, 2);
		t.regex(typo.err, /there is no image `stx-prox`\nhint: did you mean `stx-proxy`/);
		t.deepEqual(effects.commands, []);
	});
});

test('W10: a directive of the checkout without a builder stops the run before it starts', async t => {
	await inCheckout(async ({run, write, effects}) => {
		await write('src/cgcs-root/stx/nfv/rest/debian/all/stx-rest.stable_docker_image', 'LABEL=stx-rest\n');
		const {code, err} = await run('images', '--wheels', 'wheels.tar');
		t.is(code, 2);
		t.regex(err, /STX0604 the directive has no `BUILDER`/);
		t.deepEqual(effects.commands, []);
	});
});

test('two repositories with one label are an error with both places', async t => {
	await inCheckout(async ({run, write}) => {
		await write('src/cgcs-root/stx/nfv/rest/debian/all/stx-again.stable_docker_image', directive('stx-proxy'));
		const {code, err} = await run('images', '--wheels', 'wheels.tar');
		t.is(code, 2);
		t.regex(err, /STX0605 `stx-proxy` is the label of two images/);
		t.regex(err, /stx-again\.stable_docker_image:2/);
	});
});

test('the command line of StarlingX\'s CI is taken as it is', async t => {
	await inCheckout(async ({dry, folder, effects}) => {
		const argv = [
			'--os=debian',
			'--os-codename=trixie',
			'--os-arch=amd64',
			'--os-label=debian-trixie-amd64',
			'--attempts=3',
			'--retry-delay=30',
			'--stream=stable',
			'--version=20260608T220101Z',
			'--prefix=master',
			'--user=starlingx',
			'--registry=docker.io/',
			'--latest',
			'--push',
			'--clean',
			'--cache',
			'--base=starlingx/stx-debian:master-trixie-amd64-stable-20260608T220101Z',
			'--no-pull-base',
			'--http_proxy',
			'http://eve:secret@proxy:3128',
			'--only',
			'stx-rest,stx-proxy',
			'--skip',
			'stx-proxy',
		];
		const document = await dry(...argv);
		t.deepEqual(labelsOf(document), ['stx-rest']);
		const [{tags, buildArgs, records}] = document.images as [PlanDocument['images'][number]];
		t.deepEqual({...tags}, {
			build: 'builder/stx-rest:master-debian-trixie-amd64-stable-build',
			versioned: 'docker.io/starlingx/stx-rest:master-debian-trixie-amd64-stable-20260608T220101Z.0',
			latest: 'docker.io/starlingx/stx-rest:master-debian-trixie-amd64-stable-latest',
		});
		t.is(buildArgs.FROM, 'starlingx/stx-debian:master-trixie-amd64-stable-20260608T220101Z');
		t.is(buildArgs.DIST_PACKAGES, 'curl openssl');
		const images = path.join(folder, 'ws/std/build-images');
		t.deepEqual(records, {
			record: path.join(images, 'stx-rest-debian-trixie-amd64-stable.json'),
			log: path.join(images, 'docker-stx-rest-debian-trixie-amd64-stable.log'),
			lists: {versioned: path.join(images, 'images-debian-trixie-amd64-stable-versioned.lst'), latest: path.join(images, 'images-debian-trixie-amd64-stable-latest.lst')},
		});
		t.deepEqual(document.problems, []);
		t.true(effects.events.some(event => event.type === 'note' && event.message.startsWith('--cache: nothing to do')));
	});
});

test('W6: no proxy is in a plan, not even without its password', async t => {
	await inCheckout(async ({run}) => {
		const {out, err} = await run('images', '--wheels', 'wheels.tar', '--http_proxy', 'http://eve:secret@proxy.example.com:3128', '--dry-run', '--json');
		t.notRegex(`${out}${err}`, /secret|proxy\.example\.com/);
	});
});

test('W67: an image is for one architecture, which its tags and its files say', async t => {
	await inCheckout(async ({dry, run}) => {
		for (const arch of ['amd64', 'arm64']) {
			const {images: [image]} = await dry('--os-arch', arch, '--only', 'stx-rest', '--version', '1', '--user', 'x', '--push');
			t.is(image?.tags.versioned, `x/stx-rest:dev-debian-trixie-${arch}-stable-1.0`);
			t.true(image?.records.record.endsWith(`/stx-rest-debian-trixie-${arch}-stable.json`));
			t.true(image?.records.lists.versioned?.endsWith(`/images-debian-trixie-${arch}-stable-versioned.lst`));
		}

		const {code, err} = await run('images', '--wheels', 'wheels.tar', '--os-arch', 'all');
		t.is(code, 2);
		t.regex(err, /`all` .*it takes amd64, arm64/v);
	});
});

test('W72: --wheels takes no image, and the help does not say so', async t => {
	await inCheckout(async ({run}) => {
		const {code, err} = await run('images', '--wheels', 'docker.io/starlingx/wheels:latest');
		t.is(code, 2);
		t.regex(err, /there is no wheels tarball\n {2}at \S+\/docker\.io\/starlingx\/wheels:latest/v);
		const {out} = await run('images', '--help');
		t.regex(out, /--wheels /v);
		t.notRegex(out, /--wheels .*docker tag/iv);
	});
});

test('legacy tags, by themselves on bullseye and elsewhere when they are asked for', async t => {
	await inCheckout(async ({dry}) => {
		const old = await dry('--os-codename', 'bullseye', '--only', 'stx-rest', '--prefix=', '--version', '1', '--user', 'x');
		t.is(old.images[0]?.tags.legacy, 'x/stx-rest:debian-stable-1.0');
		const asked = await dry('--os-label-legacy', 'deb', '--only', 'stx-rest', '--version', '1', '--user', 'x', '--latest', '--latest-prefix', 'nightly');
		t.is(asked.images[0]?.tags.legacy, 'x/stx-rest:dev-deb-stable-1.0');
		t.is(asked.images[0]?.tags.legacyLatest, 'x/stx-rest:nightly-deb-stable-latest');
		t.true(asked.images[0]?.records.lists.legacyLatest?.endsWith('/images-deb-stable-latest.lst'));
	});
});

test('Python 2 is refused with a hint, whichever option asks for it', async t => {
	await inCheckout(async ({run}) => {
		for (const [command, ...argv] of [['images', '--wheels-py2', 'x.tar'], ['images', '--wheels-alternate', 'x.tar'], ['wheels', '--python2']] as const) {
			const {code, err} = await run(command, ...argv);
			t.is(code, 2);
			t.regex(err, /STX0001 --(?:wheels-py2|python2) asks for Python 2.*\nhint: leave --/);
		}
	});
});

test('an address of a tarball needs its digest', async t => {
	await inCheckout(async ({run}) => {
		for (const url of ['https://example.com/wheels.tar', 'https://eve:secret@example.com/wheels.tar#sha256=1', 'http://example.com/wheels.tar?x#md5=0']) {
			const {code, err} = await run('images', '--wheels', url);
			t.is(code, 2);
			t.regex(err, /STX0307 nobody says the digest of the wheels tarball .*\nhint: write --wheels URL#sha256=/);
			t.notRegex(err, /secret/);
		}
	});
});

test('a file may be written as an address of this machine', async t => {
	await inCheckout(async ({run, folder}) => {
		const {code, err} = await run('images', '--wheels', `file://${folder}/user/wheels.tar`, '--only', 'stx-rest', '--dry-run');
		t.is(code, 0, err);
	});
});

test('where there is no lock, the images are told all the same, with what is wrong, and the exit code is that of a run', async t => {
	await inCheckout(async ({run, folder, effects}) => {
		const {code, out, err} = await run('images', '--offline', '--dry-run', '--json');
		t.is(code, 1);
		const document = JSON.parse(out) as PlanDocument;
		t.deepEqual(labelsOf(document), ['stx-proxy', 'stx-rest']);
		t.is(document.images[0]?.buildArgs.PIP_PACKAGES, 'demo');
		t.true(document.images[0]?.argv?.includes('PIP_PACKAGES=demo'));
		t.deepEqual([document.wheels, document.steps], [[], []]);
		t.true(document.problems.length > 0);
		t.truthy((document.problems[0] as {code?: string}).code);
		t.regex(err, /^error STX/m);
		t.deepEqual(effects.commands, []);
		t.false((await readdir(folder)).includes('ws'));
	});
});

test('of images with errors the others are told', async t => {
	await inCheckout(async ({write, run}) => {
		await write('src/cgcs-root/stx/nfv/proxy/debian/trixie/stx-proxy.stable_docker_image', directive('stx-proxy', 'PYTHON3=no\n'));
		const {code, out} = await run('images', '--wheels', 'wheels.tar', '--dry-run', '--json');
		t.is(code, 2);
		const document = JSON.parse(out) as PlanDocument;
		t.deepEqual(labelsOf(document), ['stx-rest']);
		t.deepEqual(document.problems.map(problem => [(problem as {code?: string}).code, problem.message]), [['STX0607', '`stx-proxy` asks for Python 2']]);
		const people = await run('images', '--wheels', 'wheels.tar', '--dry-run');
		t.is(people.code, 2);
		t.regex(people.out, /^stx-rest {2}\(/m);
		t.notRegex(people.out, /steps;/);
	});
});

test('options that change nothing are told so, in help apart from the others', async t => {
	await inCheckout(async ({run}) => {
		const {out} = await run('images', '--help');
		t.regex(out, /As in StarlingX's tools:\n {2}--cache/);
		const help = await run('wheels', '--help');
		for (const option of ['--cache', '--keep-image', '--keep-container', '--os-version', '--python2']) {
			t.true(help.out.slice(help.out.indexOf('As in StarlingX\'s tools:')).includes(option), option);
		}
	});
});

test('a tarball of an address is fetched once, and verified', async t => {
	await inCheckout(async ({run, folder, effects}) => {
		const {readFile} = await import('node:fs/promises');
		const bytes = await readFile(path.join(folder, 'user/wheels.tar'));
		const digest = createHash('sha256').update(bytes).digest('hex');
		const {Readable} = await import('node:stream');
		await effects.store.add(Readable.from([bytes]));
		const url = `https://example.com/stx-debian-stable-wheels.tar#sha256=${digest}`;
		const {code, err} = await run('images', '--wheels', url, '--only', 'stx-proxy', '--dry-run', '--cache-dir', path.join(folder, 'cache'));
		t.is(code, 0, err);
		t.deepEqual(await readdir(path.join(folder, 'cache/tarballs', digest)), ['stx-debian-stable-wheels.tar']);
	});
});
