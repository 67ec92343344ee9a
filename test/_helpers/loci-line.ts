/**
Images with a LOCI on a real engine: a project from a git repository, and one without a project, through LOCI's scripts and
ours in their place. LOCI is one in miniature; how the real one is tried is in docs/dialects.md.
*/
import {spawnSync} from 'node:child_process';
import {mkdir, writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {pathToFileURL} from 'node:url';
import type {TestFn} from 'ava';
import type {EngineName} from '../../src/engine/index.js';
import {provideEngine} from './engines.js';
import {needs} from './needs.js';
import {smallLoci} from './small-loci.js';
import {makeUserPlace} from './user-place.js';

async function writeTree(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
	for (const [name, text] of Object.entries(files)) {
		const file = path.join(folder, name);
		await mkdir(path.dirname(file), {recursive: true});
		await writeFile(file, text, {mode: name.endsWith('.sh') ? 0o755 : 0o644});
	}
}

/** A project that uses pbr, with a file that is no module, which only git can tell pbr of. @returns the commit */
async function makeProject(folder: string): Promise<string> {
	await writeTree(folder, {
		'setup.cfg': '[metadata]\nname = demo-service\n[files]\npackages = demo_service\n[entry_points]\nconsole_scripts =\n    demo-service = demo_service.main:main\n',
		'setup.py': 'import setuptools\nsetuptools.setup(setup_requires=["pbr"], pbr=True)\n',
		'requirements.txt': 'iso8601\n',
		'demo_service/__init__.py': '',
		'demo_service/main.py': 'import importlib.resources\nimport iso8601\n\ndef main():\n    print(importlib.resources.files("demo_service").joinpath("data/words.txt").read_text(), iso8601.__name__)\n',
		'demo_service/wsgi.py': 'def application(environ, start_response):\n    start_response("200 OK", [("content-type", "application/json")])\n    return [b\'{"served": "%s"}\' % environ["PATH_INFO"].encode()]\n',
		'demo_service/data/words.txt': 'from git',
	});
	const git = (...arguments_: readonly string[]): string => {
		const {status, stdout, stderr} = spawnSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.org', '-c', 'init.defaultBranch=main', ...arguments_], {cwd: folder, env: {PATH: process.env.PATH, HOME: folder}, encoding: 'utf8'});
		if (status !== 0) {
			throw new Error(`git ${arguments_.join(' ')}: ${stderr}`);
		}

		return stdout.trim();
	};

	git('init', '--quiet');
	git('add', '--all');
	git('commit', '--quiet', '--message', 'c');
	git('tag', '2.3.0');
	return git('rev-parse', 'HEAD');
}

/** Registers the tests for an engine. */
export function testLociLine(test: TestFn, engine: EngineName, dialects: ReadonlyArray<'pinned' | 'current'> = ['pinned', 'current']): void {
	for (const dialect of dialects) {
		test.serial(`W70: ${dialect}: a project from git and an image without one are built and verified, and ENTRYPOINT, CMD and USER are those of the base image`, async t => {
			t.timeout(1_200_000);
			if (!needs(t, {engine, program: ['mmdebstrap', 'python3', 'git'], root: true})) {
				return;
			}

			const place = await makeUserPlace(engine);
			t.teardown(async () => place.remove());
			const [loci, project] = [path.join(place.folder, 'loci'), path.join(place.folder, 'demo')];
			await writeTree(loci, smallLoci[dialect]);
			await mkdir(project);
			const commit = await makeProject(project);
			const directives = {
				demo: `BUILDER=loci\nLABEL=stx-demo-${dialect}\nPROJECT=demo\nPROJECT_REPO=${pathToFileURL(project).href}\nPROJECT_REF=main\nPIP_PACKAGES=pytz\nCUSTOMIZATION="pip list >/customized"\nPOSTBUILD_COMMAND="rm -rf /opt/loci"\n`,
				infra: `BUILDER=loci\nLABEL=stx-infra-${dialect}\nPROJECT=infra\nPROJECT_REPO=nil\nPIP_PACKAGES=pytz\nPOSTBUILD_REMOVE_PYTHON_PACKAGES=""\n`,
			};
			const named: string[] = [];
			for (const [name, text] of Object.entries(directives)) {
				const file = path.join(place.folder, `${name}.stable_docker_image`);
				await writeFile(file, text);
				named.push('--directive', file);
			}

			// A directive file has no [verify]; the file with its label has.
			const checks = path.join(place.folder, 'build-config/images/demo.ini');
			await writeTree(place.folder, {'build-config/images/demo.ini': `[image]\nLABEL = stx-demo-${dialect}\n[verify]\nwsgi = demo_service.wsgi:application\nrequest = GET /here\njson[] = served=/here\n`});
			const result = await place.run(['images', ...named, '--dialect', dialect, '--loci', loci]);
			t.is(result.code, 0, result.err.slice(-4000));
			const demo = await place.record(`stx-demo-${dialect}`);
			t.true(demo.verify.checks.some(({check, status}) => check === 'script demo-service' && status === 'passed'), JSON.stringify(demo.verify.checks));
			t.is(demo.verify.from, checks);
			t.deepEqual(demo.verify.checks.slice(-2).map(({check, status}) => [check, status]), [['GET /here', 'passed'], ['JSON served', 'passed']]);
			const infra = await place.record(`stx-infra-${dialect}`);
			t.is(infra.verify.from, null);
			const real = await provideEngine(engine);
			const {image} = demo;
			const config = await real.inspect(image);
			const base = await real.inspect(demo.base.image);
			t.deepEqual([config.entrypoint, config.cmd, config.user], [base.entrypoint, base.cmd, base.user]);
			t.is(config.labels['io.stx-build.source.project'], commit);
			t.like(config.labels, {...demo.labels, 'org.opencontainers.image.revision': commit, 'org.opencontainers.image.version': '2.3.0'}, 'W37: what is in the image is what the record says');
			t.is(demo.inventory.distributions['demo-service'], '2.3.0');
			t.false(Object.hasOwn(demo.inventory.distributions, 'pip'), 'it was removed');
			t.true(Object.hasOwn(demo.inventory.packages, 'dpkg'));
			t.false(config.env.some(variable => /proxy|cert|CA_BUNDLE/iv.test(variable)));
			const seen = await real.run({
				image, argv: ['/bin/sh', '-c', 'demo-service; ls -d /opt/loci /tmp/* /mnt/*; cat /customized /etc/image_info/pip.txt; getent passwd demo; test ! -e /var/lib/openstack/bin/pip && echo "no pip"'], network: 'none', env: {PATH: '/var/lib/openstack/bin:/usr/bin:/bin'},
			});
			t.regex(seen.stdout, /^from git iso8601$/mv, 'pbr has asked git which files there are');
			t.regex(seen.stdout, /^demo-service +2\.3\.0/mv);
			t.regex(seen.stdout, /^demo-service==2\.3\.0$/mv);
			t.regex(seen.stdout, /^demo:x:42424:42424:.*:\/var\/lib\/demo:/mv);
			t.regex(seen.stdout, /^no pip$/mv);
			t.notRegex(seen.stdout, /^\/(?:opt|tmp|mnt)\//mv);
			const kept = await real.run({image: infra.image, argv: ['/var/lib/openstack/bin/pip', '--version'], network: 'none'});
			t.is(kept.exitCode, 0, kept.output);

			const again = await place.run(['images', ...named, '--dialect', dialect, '--loci', loci]);
			t.is(again.code, 0, again.err);
			t.regex(again.err, /nothing to do/v);
		});
	}
}
