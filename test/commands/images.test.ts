import {
	mkdir, readdir, writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import type {Engine} from '../../src/engine/index.js';
import {BuildError} from '../../src/errors.js';
import type {PlanDocument} from '../../src/loadbuild/index.js';
import {withTemporaryFolder, writeTar} from '../../src/system/index.js';
import {wheelOf} from '../_helpers/archives.js';
import {fakeEffects, type FakeEffects} from '../_helpers/fake-effects.js';
import {runCli, type CliResult} from '../_helpers/run-cli.js';

type Place = {
	readonly folder: string;
	readonly effects: FakeEffects;
	write(name: string, text: string): Promise<void>;
	run(...argv: readonly string[]): Promise<CliResult>;
};

/** A user's folder with a service `demo`, and a tarball with the wheels it needs. */
async function inPlace(use: (place: Place) => Promise<void>, effects = fakeEffects(), environment?: (folder: string) => Readonly<Record<string, string>>): Promise<void> {
	await withTemporaryFolder('commands', async folder => {
		const write = async (name: string, text: string): Promise<void> => {
			await mkdir(path.dirname(path.join(folder, name)), {recursive: true});
			await writeFile(path.join(folder, name), text);
		};

		await write('build-config/stx-build.ini', '[images]\ndialect = builtin\n');
		await write('build-config/images/demo.ini', '[image]\nBUILDER = loci\nLABEL = stx-demo\nPROJECT = infra\nPROJECT_REPO = nil\nPIP_PACKAGES = demo\nDIST_PACKAGES = openssl\n');
		const made = await Promise.all([
			wheelOf({name: 'demo', version: '1.0', requires: ['helper>=2']}),
			...[['helper', '2.1'], ['pip', '25.3'], ['setuptools', '80.9.0'], ['wheel', '0.45.1']].map(async ([name, version]) => wheelOf({name: name!, version: version!})),
		]);
		const wheels = made.map(({filename, content}) => ({name: filename, content}));
		await writeTar([...wheels, {name: 'upper-constraints.txt', content: 'helper===2.1\n'}], path.join(folder, 'wheels.tar'));
		await writeTar([...wheels.filter(({name}) => !name.startsWith('helper')), {name: 'upper-constraints.txt', content: ''}], path.join(folder, 'without-helper.tar'));
		await use({
			folder, effects, write, run: async (...argv) => runCli([...argv, '--dialect', 'builtin'], {folder, environment: environment?.(folder) ?? {}, effects: async () => effects}),
		});
	});
}

test('--dry-run --json is the plan as one document, and nothing is run or written', async t => {
	await inPlace(async ({run, folder, effects}) => {
		const {code, out, err} = await run('images', '--service', 'demo', '--wheels', 'wheels.tar', '--user', 'eve', '--dry-run', '--json');
		t.is(code, 0, err);
		const {images: [image], steps} = JSON.parse(out) as PlanDocument;
		t.like(image, {
			label: 'stx-demo', builder: 'loci', directive: path.join(folder, 'build-config/images/demo.ini'), dialect: 'builtin',
			tags: {build: 'eve/stx-demo:dev-debian-trixie-amd64-stable-build', versioned: 'eve/stx-demo:dev-debian-trixie-amd64-stable-2026.11.20.18.05.0'},
		});
		t.like(image!.buildArgs, {
			PROJECT: 'infra', PROJECT_REPO: 'nil', PIP_PACKAGES: 'demo', DIST_PACKAGES: 'openssl',
		});
		t.true(image!.argv!.includes('PIP_PACKAGES=demo'));
		t.deepEqual(steps.filter(({id}) => id.includes('demo')).map(({kind}) => kind), ['image.build', 'image.verify', 'image.tag', 'image.record']);
		t.deepEqual(effects.commands, []);
		t.false((await readdir(folder)).includes('workspace'));
	});
});

test('the same inputs give the same plan', async t => {
	await inPlace(async ({run}) => {
		const argv = ['images', '--wheels', 'wheels.tar', '--service', 'demo', '--dry-run', '--json'];
		t.is((await run(...argv)).out, (await run(...argv)).out);
	});
});

test('a key changes with the values of the directive, and not with tags and places', async t => {
	await inPlace(async ({run, write}) => {
		const keyOf = async (...argv: readonly string[]) => {
			const {out, err} = await run('images', '--wheels', 'wheels.tar', '--service', 'demo', '--dry-run', '--json', ...argv);
			return (JSON.parse(out === '' ? err : out) as PlanDocument).steps.find(({kind}) => kind === 'image.build')!.key;
		};

		const key = await keyOf();
		t.is(await keyOf('--user', 'other', '--prefix', 'x', '--workspace', 'elsewhere', '--http_proxy', 'http://proxy:3128'), key);
		await write('build-config/images/demo.ini', '[image]\nBUILDER = loci\nLABEL = stx-demo\nPROJECT = infra\nPROJECT_REPO = nil\nPIP_PACKAGES = demo\nDIST_PACKAGES = openssl curl\n');
		t.not(await keyOf(), key);
	});
});

test('--dry-run for people has build arguments and the command line', async t => {
	await inPlace(async ({run}) => {
		const {code, out} = await run('images', '--service', 'demo', '--wheels', 'wheels.tar', '--dry-run');
		t.is(code, 0);
		t.regex(out, /^stx-demo /m);
		t.regex(out, /PIP_PACKAGES +demo/);
		t.regex(out, /\$ engine build --file/);
	});
});

test('--dry-run names the secrets that a build gets', async t => {
	const engine: Engine = {...await fakeEffects().engine(), buildCommand: ({secrets = []}) => ['engine', 'build', ...secrets.map(({id}) => `id=${id}`)]};
	await inPlace(async ({run}) => {
		const secretsOf = async (...argv: readonly string[]) => {
			const {out, err} = await run('images', '--service', 'demo', '--wheels', 'wheels.tar', '--dry-run', '--json', ...argv);
			return (JSON.parse(out === '' ? err : out) as PlanDocument).images[0]!.argv!.slice(2);
		};

		t.deepEqual(await secretsOf(), []);
		t.deepEqual(await secretsOf('--http_proxy', 'http://proxy:3128'), ['id=proxy']);
		t.deepEqual(await secretsOf('--no_proxy', 'example.com'), ['id=proxy']);
	}, fakeEffects({engine: async () => engine}));
});

test('a name that no image has is an error with near names, and nothing is started', async t => {
	await inPlace(async ({run}) => {
		const {code, err} = await run('images', '--only', 'demmo', '--wheels', 'wheels.tar');
		t.is(code, 2);
		t.regex(err, /STX0606 there is no image `demmo`/);
		t.regex(err, /did you mean `stx-demo`/);
	});
});

test('a wheel that the tarball lacks is named, with who needs it', async t => {
	await inPlace(async ({run}) => {
		const {code, err} = await run('images', '--service', 'demo', '--wheels', 'without-helper.tar');
		t.is(code, 1);
		t.regex(err, /no wheel of `helper` \(demo -> helper\)/);
	});
});

test('what is wrong with several files is told at once', async t => {
	await inPlace(async ({run, write}) => {
		await write('build-config/images/a.ini', '[image]\nBUILDER = loci\nLABEL = stx-a\nPROJECT = infra\nPROJECT_REPO = nil\nPIP_PACKAGE = x\n');
		await write('build-config/images/b.ini', '[image]\nBUILDER = loci\nLABEL = stx-demo\nPROJECT = infra\nPROJECT_REPO = nil\n');
		await write('c.stable_docker_image', 'BUILDER=loci\nLABEL=stx-c\nPROJECT=infra\nPROJECT_REPO=nil\nPIP_PACKAGES="$(reboot)"\n');
		await write('wheels/debian-trixie/stable-wheels.cfg', 'six-1.17.0-py2.py3-none-any.whl|whl|https://example.com/six.whl\n');
		const {code, err} = await run('images', '--directive', 'c.stable_docker_image', '--service', '*');
		t.is(code, 2);
		for (const place of [/a\.ini:6/, /c\.stable_docker_image:5/, /stable-wheels\.cfg:1/]) {
			t.regex(err, place);
		}

		t.regex(err, /PIP_PACKAGE/);
	});
});

test('tags that cannot be are told before the lock is made', async t => {
	await inPlace(async ({run, effects}) => {
		const {code, err} = await run('images', '--service', 'demo', '--prefix', 'a'.repeat(120));
		t.is(code, 2);
		t.regex(err, /STX0609 `a{120}-debian-trixie-amd64-stable-build` cannot be a tag/);
		t.deepEqual(effects.commands, []);
	});
});

test('two images with one label are an error with both places', async t => {
	await inPlace(async ({run, write}) => {
		await write('build-config/images/b.ini', '[image]\nBUILDER = loci\nLABEL = stx-demo\nPROJECT = infra\nPROJECT_REPO = nil\n');
		const {code, err} = await run('images', '--wheels', 'wheels.tar');
		t.is(code, 2);
		t.regex(err, /STX0605/);
		t.regex(err, /demo\.ini/);
		t.regex(err, /b\.ini/);
	});
});

test('a directive file that is not there is an error', async t => {
	await inPlace(async ({run}) => {
		const {code, err} = await run('images', '--directive', 'missing.stable_docker_image', '--wheels', 'wheels.tar');
		t.is(code, 2);
		t.regex(err, /missing\.stable_docker_image/);
	});
});

test('a wheels tarball that is no archive is wrong input, whatever it is for', async t => {
	await inPlace(async ({run, write, folder}) => {
		await write('x.tar', 'no archive\n');
		for (const words of [['images', '--service', 'demo'], ['wheels', 'check', '--service', 'demo'], ['wheels', 'serve']]) {
			const {code, err} = await (words.includes('serve') ? runCli([...words, '--wheels', 'x.tar'], {folder}) : run(...words, '--wheels', 'x.tar'));
			t.is(code, 2, err);
			t.regex(err, /^error STX0420 `x\.tar` cannot be read as an archive$/mv);
			t.regex(err, /^hint: name a tarball that `stx-build wheels`/mv);
		}
	});
});

test('a loadbuild takes a base image that is there, as `images` does', async t => {
	await inPlace(async ({run}) => {
		const {code, out, err} = await run('loadbuild', '--service', 'demo', '--wheels', 'wheels.tar', '--base', 'localhost/base:1', '-N', '--dry-run', '--json');
		t.is(code, 0, err);
		const {images: [image], steps} = JSON.parse(out) as PlanDocument;
		t.is(image!.buildArgs.FROM, 'localhost/base:1');
		t.false(steps.some(({kind}) => kind === 'base.bootstrap'));
	});
});

test('what says how to push has nothing to do without --push, and that is told', async t => {
	await inPlace(async ({run, effects}) => {
		const notes = () => effects.events.flatMap(event => event.type === 'note' ? [event.message] : []);
		const same = ['images', '--service', 'demo', '--wheels', 'wheels.tar', '--clean', '--overwrite', '--dry-run'] as const;
		t.is((await run(...same)).code, 0);
		t.deepEqual(notes(), ['--clean: nothing to do, since nothing is pushed without --push', '--overwrite: nothing to do, since nothing is pushed without --push']);
		effects.events.length = 0;
		t.is((await run(...same, '--push')).code, 0);
		t.deepEqual(notes(), []);
		t.is((await run('images', '--service', 'demo', '--wheels', 'wheels.tar', '-N', '--dry-run')).code, 0);
		t.deepEqual(notes(), ['--no-pull-base: nothing to do, since no --base is given']);
	});
});

test('without an engine nothing is started, and it says so', async t => {
	const noEngine = new BuildError('STX0701', 'no container engine works on this machine', {hint: 'apt-get install buildah'});
	await inPlace(async ({run}) => {
		const {code, err} = await run('images', '--service', 'demo', '--wheels', 'wheels.tar', '--base', 'localhost/base:1');
		t.is(code, 2);
		t.regex(err, /STX0701 no container engine/);
		t.regex(err, /hint: apt-get install buildah/);
		t.notRegex(err, /blocked/);
	}, fakeEffects({
		async engine() {
			throw noEngine;
		},
	}));
});

// A file in the place of the folder stops root too, who may write anywhere.
test('a workspace that cannot be written is refused before anything is started', async t => {
	await inPlace(async ({run, write}) => {
		await write('workspace', 'not a folder');
		const {code, err} = await run('images', '--service', 'demo', '--wheels', 'wheels.tar', '--base', 'localhost/base:1');
		t.is(code, 2);
		t.regex(err, /STX0105/);
		t.regex(err, /--workspace/);
		// Node's recursive mkdir never ends there.
		const below = await run('images', '--service', 'demo', '--wheels', 'wheels.tar', '--workspace', '/proc/nowhere/workspace');
		t.is(below.code, 2);
		t.regex(below.err, /STX0105 the workspace `\/proc\/nowhere\/workspace` \(from --workspace\) cannot be written/);
	});
});

test('W51: LOCI is not looked at where no image is built with it', async t => {
	await inPlace(async ({write, folder, effects}) => {
		await write('own.ini', '[image]\nBUILDER = docker\nLABEL = stx-own\nDOCKER_CONTEXT = own\n');
		await write('own/Dockerfile', 'FROM scratch\n');
		const images = async (...argv: readonly string[]) => runCli(['images', '--dialect', 'pinned', '--loci', '/nowhere/loci', '--wheels', 'wheels.tar', '--dry-run', '--json', ...argv], {folder, effects: async () => effects});
		const own = await images('--directive', 'own.ini');
		t.is(own.code, 0, own.err);
		t.deepEqual((JSON.parse(own.out) as PlanDocument).images.map(({label}) => label), ['stx-own']);
		const demo = await images('--service', 'demo');
		t.is(demo.code, 2);
		t.regex(demo.err, /\/nowhere\/loci/v);
	});
});
