/* eslint-disable no-template-curly-in-string -- variables of Dockerfiles and shells */
import {
	copyFile, mkdir, readdir, readFile, symlink, writeFile,
} from 'node:fs/promises';
import type {AddressInfo} from 'node:net';
import path from 'node:path';
import {createServer} from 'node:tls';
import test, {type ExecutionContext} from 'ava';
import {parseLdd} from '../../src/engine/parse-ldd.js';
import {BuildError} from '../../src/errors.js';
import {digestOfFile} from '../../src/system/index.js';
import {buildDirective} from '../_helpers/builder-world.js';
import {
	engineTests, hostArch, run, storageEngines, writeFiles,
} from '../_helpers/engines.js';
import {createCertificate, startRegistry} from '../_helpers/local-registry.js';
import {needs} from '../_helpers/needs.js';

const testEngines = engineTests(test, storageEngines);
const testAllEngines = engineTests(test);

/** What of an image anybody can read who has it: configuration and history. */
async function readTraces(name: string, program: string | undefined, image: string): Promise<string> {
	const argv: [string, ...string[]] = name === 'docker'
		? ['sh', '-c', '"$1" image inspect "$2" && "$1" history --no-trunc "$2"', 'sh', program ?? 'docker', image]
		: ['buildah', 'inspect', '--type', 'image', image];
	const {output} = await run({argv});
	return output;
}

testEngines('an image of the builder docker: context, build arguments, CUSTOMIZATION and POSTBUILD in one build, and no trace of them', async (t, {engine, reference, folder, keep}) => {
	await writeFiles(folder, {
		'stx-thing.stable_docker_image': 'BUILDER=docker\nLABEL=stx-thing\nCUSTOMIZATION="id -u > /app/customized"\nPOSTBUILD_COMMAND=\'id -u > /app/finished && env > /app/proxies\'\n',
		'docker/Dockerfile': 'ARG BASE\nFROM ${BASE}\nARG BASE\nCOPY . /app\nRUN bash -c \'[[ $http_proxy == http://me:s3*@* ]] && > /app/proxied\'\nUSER 0\nENTRYPOINT ["cat"]\nCMD ["/app/text"]\nSHELL ["/bin/bash", "-c"]\n',
		'docker/text': 'text\n',
		'docker/hidden.txt': 'left out\n',
		'docker/.dockerignore': 'hidden.txt\n',
	});
	const made = await buildDirective(path.join(folder, 'stx-thing.stable_docker_image'), {
		engine, folder, base: reference, effects: {httpProxy: 'http://me:s3cr3t@proxy.example.org:3128'},
	});
	const image = await keep(made.result.image);
	const inspected = await engine.inspect(image);
	t.deepEqual([inspected.entrypoint, inspected.cmd], [['cat'], ['/app/text']]);
	const read = async (file: string) => (await engine.run({image, argv: ['cat', file], network: 'none'})).stdout;
	t.is(await read('/app/text'), 'text\n');
	t.is(await read('/app/customized'), '0\n');
	t.is(await read('/app/finished'), '0\n');
	t.is(await read('/app/hidden.txt'), '', '.dockerignore counts');
	t.regex(await read('/app/proxies'), /^http_proxy=http:\/\/me:s3cr3t@/m, 'what comes after the build reaches the network too');
	const traces = await readTraces(engine.name, engine.facts.program, image);
	t.notRegex(traces, /s3cr3t|customized|finished/, 'W6: neither the proxy nor what was done is in the image');
	t.notRegex(JSON.stringify(made.build), /s3cr3t@/);
	t.is(made.result.base?.reference, reference);
	t.deepEqual(made.warnings, []);
	t.deepEqual(await readdir(path.join(folder, 'workspace/context')), [], 'nothing is left of the context');
	const {checks} = await made.verify();
	t.true(checks.every(({status}) => status === 'passed'));
});

testEngines('the user of an image stays who it is: CUSTOMIZATION is run by that, what removes things by root', async (t, {engine, reference, folder, keep}) => {
	await writeFiles(folder, {
		'users.stable_docker_image': 'BUILDER=docker\nLABEL=users\nDOCKER_CONTEXT=context\nDOCKER_FILE=./other/Dockerfile\nCUSTOMIZATION="id -u > /own"\nPOSTBUILD_COMMAND="id -u > /finished"\n',
		'other/Dockerfile': 'ARG BASE\nFROM ${BASE} AS first\nUSER 12:13\nFROM first\nCOPY --chown=12:13 file /own\n',
		'context/file': 'x',
	});
	const made = await buildDirective(path.join(folder, 'users.stable_docker_image'), {engine, folder, base: reference});
	const image = await keep(made.result.image);
	t.is((await engine.inspect(image)).user, '12:13');
	const {stdout, output} = await engine.run({image, argv: ['cat', '/own', '/finished'], network: 'none'});
	t.is(stdout, '12\n0\n', output);
});

testEngines('W37: an image says of itself what its Dockerfile says, and not what the image says that it begins with', async (t, {engine, reference, folder, keep}) => {
	await writeFiles(folder, {
		'base/Dockerfile': `FROM ${reference}\nLABEL org.opencontainers.image.revision=ba5e org.opencontainers.image.title=base\n`,
		'labels.stable_docker_image': 'BUILDER=docker\nLABEL=labels\n',
		'docker/Dockerfile': 'ARG BASE\nFROM ${BASE} AS first\nFROM first\nLABEL org.opencontainers.image.title=own\n',
	});
	const base = await keep(await engine.build({context: path.join(folder, 'base'), file: path.join(folder, 'base/Dockerfile'), buildArgs: {}}));
	const made = await buildDirective(path.join(folder, 'labels.stable_docker_image'), {engine, folder, base});
	const {labels} = await engine.inspect(await keep(made.result.image));
	t.is(labels['org.opencontainers.image.title'], 'own');
	t.is(labels['org.opencontainers.image.revision'], '');
	t.is(labels['io.stx-build.key'], made.build.key);
	t.deepEqual(made.result.labels, {'org.opencontainers.image.revision': '', 'io.stx-build.key': made.build.key, 'io.stx-build.base': made.result.base!.image});
	const {inventory} = await made.verify();
	t.is(inventory, undefined, 'this image can tell of nothing that is installed');
});

testAllEngines('from an image without a shell nothing is removed: that is a warning; its program is started', async (t, {engine, reference, folder, keep}) => {
	const libraries = hostArch === 'amd64' ? ['/lib', '/lib64'] : ['/lib'];
	await writeFiles(folder, {
		'bare.stable_docker_image': 'BUILDER=docker\nLABEL=bare\n',
		'docker/Dockerfile': ['ARG BASE', 'FROM ${BASE} AS base', 'FROM scratch', ...['/bin/cat', ...libraries].map(name => `COPY --from=base ${name} ${name}`), 'ENTRYPOINT ["/bin/cat"]', ''].join('\n'),
	});
	const made = await buildDirective(path.join(folder, 'bare.stable_docker_image'), {engine, folder, base: reference});
	await keep(made.result.image);
	t.deepEqual(made.warnings, ['bare: the image has no /bin/sh, so nothing is removed from it']);
	const {checks} = await made.verify();
	t.deepEqual(checks, [{
		check: 'starts', status: 'passed', seconds: 0, detail: '/bin/cat --version',
	}]);
});

testAllEngines('an image without a shell whose program cannot be started gets no tag', async (t, {engine, reference, folder, keep}) => {
	await writeFiles(folder, {
		'bare.stable_docker_image': 'BUILDER=docker\nLABEL=bare\n',
		'docker/Dockerfile': 'FROM scratch\nCOPY file /file\nENTRYPOINT ["/file"]\n',
		'docker/file': 'x',
	});
	const made = await buildDirective(path.join(folder, 'bare.stable_docker_image'), {engine, folder, base: reference});
	await keep(made.result.image);
	t.is(made.result.base, null, 'nothing of the base image is in it');
	await t.throwsAsync(made.verify(), {instanceOf: BuildError, code: 'STX0612', message: /starts: `\/file` cannot be started/v});
});

testEngines('WHEELS is an address of the wheels tarball, for this machine and the time of the build', async (t, {engine, reference, folder, keep}) => {
	const fetch = [
		'exec 3<>"/dev/tcp/127.0.0.1/${port%%/*}"',
		String.raw`printf "GET /$name HTTP/1.0\r\n\r\n" >&3`,
		'cat <&3 > /answer',
	].join('; ');
	await writeFiles(folder, {
		'wheels.stable_docker_image': 'BUILDER=docker\nLABEL=wheels\n',
		'docker/Dockerfile': `ARG BASE\nFROM \${BASE}\nARG WHEELS\nRUN ["/bin/bash", "-c", ${JSON.stringify(`rest=\${WHEELS#http://127.0.0.1:}; port=$rest; name=\${rest#*/}; ${fetch}`)}]\n`,
		'stx-debian-stable-wheels.tar': 'a tarball\n',
	});
	const file = path.join(folder, 'stx-debian-stable-wheels.tar');
	const digest = await digestOfFile(file);
	const made = await buildDirective(path.join(folder, 'wheels.stable_docker_image'), {
		engine, folder, base: reference, tarball: {name: path.basename(file), file, digest},
	});
	const image = await keep(made.result.image);
	t.is(made.result.tarball, digest);
	t.regex((await engine.run({image, argv: ['cat', '/answer'], network: 'none'})).stdout, /200 ok[^]*content-length: 10[^]*\r\n\r\na tarball\n$/i);
	await writeFile(file, 'another\n');
	await t.throwsAsync(buildDirective(path.join(folder, 'wheels.stable_docker_image'), {
		engine, folder, base: reference, tarball: {name: path.basename(file), file, digest},
	}), {instanceOf: BuildError, code: 'STX0610', message: /has changed since the build was planned/});
});

/** A server that speaks TLS with a certificate of an authority that nobody knows, and a program that asks it. */
async function startSecret(t: ExecutionContext, folder: string) {
	const {authority, certificate, key} = await createCertificate(folder, '127.0.0.1');
	const server = createServer({cert: await readFile(certificate), key: await readFile(key)}, socket => {
		socket.on('error', () => undefined).end('hello\n');
	});
	await new Promise<void>(resolve => {
		server.listen(0, '127.0.0.1', resolve);
	});
	t.teardown(() => server.close());
	const {port} = server.address() as AddressInfo;
	const {stdout: program} = await run({argv: ['sh', '-c', 'command -v openssl']});
	const {stdout: libraries} = await run({argv: ['ldd', program.trim()]});
	const place = path.join(folder, 'docker/ask');
	await mkdir(place, {recursive: true});
	for (const file of [program.trim(), ...parseLdd(libraries)]) {
		await copyFile(file, path.join(place, path.basename(file)));
	}

	return {authority, ask: `LD_LIBRARY_PATH=/ask /ask/openssl s_client -brief -ignore_unexpected_eof -verify_return_error -connect 127.0.0.1:${port} </dev/null`};
}

testEngines('W6: every RUN of a Dockerfile trusts the CA bundle, and the image has neither it nor a variable for it', async (t, {engine, reference, folder, keep}) => {
	if (!needs(t, {program: ['openssl', 'ldd']})) {
		return;
	}

	const {authority, ask} = await startSecret(t, folder);
	const dockerfile = [
		'ARG BASE',
		'FROM ${BASE} AS first',
		'COPY ask /ask',
		`RUN ${ask}`,
		'FROM first',
		'ENV REQUESTS_CA_BUNDLE=/own',
		'USER 12:13',
		// A variable that is named here would be the Dockerfile's own.
		`RUN ["/bin/sh", "-c", ${JSON.stringify(`${ask} && name=WGET && eval 'test -s "$'$name'RC"' && test "$REQUESTS_CA_BUNDLE" = /own`)}]`,
	].join('\n');
	await writeFiles(folder, {
		'trusting.stable_docker_image': 'BUILDER=docker\nLABEL=trusting\nCUSTOMIZATION="test -s $SSL_CERT_FILE"\n'.replace('$SSL', String.raw`\$SSL`), 'docker/Dockerfile': dockerfile,
	});
	const file = path.join(folder, 'trusting.stable_docker_image');
	await t.throwsAsync(buildDirective(file, {engine, folder, base: reference}), {instanceOf: BuildError, code: 'STX0610'}, 'nobody knows the authority');
	const made = await buildDirective(file, {
		engine, folder, base: reference, effects: {caBundle: authority},
	});
	const image = await keep(made.result.image);
	t.is(await readFile(path.join(folder, 'docker/Dockerfile'), 'utf8'), dockerfile);
	const {env} = await engine.inspect(image);
	t.deepEqual(env.filter(variable => /CERT|CA_|CAINFO|WGETRC|APT_CONFIG/.test(variable)), ['REQUESTS_CA_BUNDLE=/own']);
	const [first] = (await readFile(authority, 'utf8')).split('\n').slice(1);
	t.false((await readTraces(engine.name, engine.facts.program, image)).includes(first!));
	const {stdout} = await engine.run({image, argv: ['/bin/bash', '-c', 'shopt -s dotglob nullglob; echo /run/secrets/*'], network: 'none'});
	t.is(stdout, '\n');
});

testEngines('W14: what cannot be done after the build fails it, and names the cause', async (t, {engine, reference, folder}) => {
	await writeFiles(folder, {
		'fails.stable_docker_image': 'BUILDER=docker\nLABEL=fails\nPOSTBUILD_COMMAND="false\ntrue"\n',
		'docker/Dockerfile': 'ARG BASE\nFROM ${BASE}\n',
	});
	await t.throwsAsync(buildDirective(path.join(folder, 'fails.stable_docker_image'), {engine, folder, base: reference}), {instanceOf: BuildError, code: 'STX0610', message: '`fails` could not be built: POSTBUILD_COMMAND failed'});
});

testEngines('a link that leads out of the context is refused before anything is built', async (t, {engine, reference, folder}) => {
	await writeFiles(folder, {'link.stable_docker_image': 'BUILDER=docker\nLABEL=link\n', 'docker/Dockerfile': 'FROM scratch\n'});
	await symlink('../../etc/passwd', path.join(folder, 'docker/passwd'));
	await t.throwsAsync(buildDirective(path.join(folder, 'link.stable_docker_image'), {engine, folder, base: reference}), {instanceOf: BuildError, code: 'STX0604', message: /the link `passwd` leads to `\.\.\/\.\.\/etc\/passwd`, out of the build context/});
});

testEngines('images of others that a Dockerfile begins with are fetched, and recorded by their digest', async (t, {engine, image, folder, keep}) => {
	if (!needs(t, 'docker-registry')) {
		return;
	}

	const registry = await startRegistry(t, path.join(folder, 'site'));
	const reference = `${registry}/site/tool:1`;
	await engine.tag(image, reference);
	const pushed = await engine.push(image, reference);
	await engine.remove(reference);
	const gone = `127.0.0.1:1/site/${engine.name}:1`;
	await engine.tag(image, gone);
	try {
		await writeFiles(folder, {
			'others.stable_docker_image': 'BUILDER=docker\nLABEL=others\n',
			'docker/Dockerfile': `ARG TOOL=${reference}\nFROM \${TOOL} AS tool\nFROM ${gone}\nCOPY --from=tool /etc/mark /marked\n`,
		});
		const made = await buildDirective(path.join(folder, 'others.stable_docker_image'), {engine, folder, base: reference});
		await keep(made.result.image);
		t.deepEqual(made.result.from?.map(({reference: name, digest}) => [name, digest]), [[reference, pushed], [gone, null]]);
		t.is(made.result.labels['org.opencontainers.image.base.name'], gone);
		t.false(Object.hasOwn(made.result.labels, 'org.opencontainers.image.base.digest'), 'no registry has said it');
		t.is(made.result.base, null);
		t.is(made.warnings.length, 1);
		t.regex(made.warnings[0]!, /no registry gives `127\.0\.0\.1:1\/site\/\w+:1`/);
	} finally {
		await engine.remove(reference);
		await engine.remove(gone);
	}
});
