/** Builds on real engines. */
import {once} from 'node:events';
import {createServer, type AddressInfo} from 'node:net';
import path from 'node:path';
import {buffer} from 'node:stream/consumers';
import {createReadStream} from 'node:fs';
import test from 'ava';
import {formatLabels, selectEngine} from '../../src/engine/index.js';
import type {BuildError} from '../../src/errors.js';
import {
	containersOf, numberFor, processesWith, run, engineTests, until, writeFiles,
} from '../_helpers/engines.js';
import {startRegistry} from '../_helpers/local-registry.js';
import {needs} from '../_helpers/needs.js';

const testEngines = engineTests(test);

testEngines('a build sees mounts, secrets and arguments, and keeps what it was told to', async (t, {engine, image, reference, folder, keep}) => {
	const context = await writeFiles(path.join(folder, 'context'), {'given/file.txt': 'from-context'});
	// Outside the context, as a derived Dockerfile is.
	await writeFiles(folder, {
		secret: 'hush-hush\n',
		Dockerfile: [
			'ARG FROM',
			'FROM $FROM',
			'ARG WORD',
			'ENV KEPT=yes',
			'USER 42424',
			'USER root',
			'RUN --mount=type=bind,source=given,target=/tmp/given --mount=type=secret,id=token,target=/tmp/token case $(cat /tmp/token) in hush?hush) ;; *) exit 1;; esac; cat /tmp/given/file.txt > /kept && echo "$WORD" >> /kept',
			'ENTRYPOINT ["/bin/cat"]',
			'CMD ["/kept"]',
			'',
		].join('\n'),
	});
	const lines: string[] = [];
	const built = await engine.build({
		context,
		file: path.join(folder, 'Dockerfile'),
		buildArgs: {FROM: reference, WORD: 'two words $HOME "quoted"'},
		labels: {'org.example.title': 'a title with blanks'},
		secrets: [{id: 'token', source: path.join(folder, 'secret')}],
	}, {
		logFile: path.join(folder, 'logs', 'build.log'),
		onLine(line) {
			lines.push(line);
		},
	});
	await keep(built);
	t.not(built, image);
	t.true(lines.length > 0);
	t.deepEqual(await engine.inspect(built), {
		env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'KEPT=yes'],
		entrypoint: ['/bin/cat'],
		cmd: ['/kept'],
		user: 'root',
		labels: {'org.example.title': 'a title with blanks'},
	});
	const kept = await engine.run({image: built, argv: ['cat', '/kept'], network: 'none'});
	t.is(kept.stdout, 'from-contexttwo words $HOME "quoted"\n');

	const archive = path.join(folder, 'saved.tar');
	const save = engine.name === 'docker'
		? [engine.facts.program!, 'save', '--output', archive, built]
		: [engine.name, 'push', '--quiet', built.replace('sha256:', ''), `docker-archive:${archive}`];
	const saved = await run({argv: save as [string, ...string[]]});
	t.is(saved.exitCode, 0, saved.output);
	const bytes = await buffer(createReadStream(archive));
	t.false(bytes.includes('hush-hush'), 'the secret is in a layer, the config or the history');
	t.true(bytes.includes('from-context'));
});

testEngines('a base is not fetched when it is there, whatever its registry', async (t, {engine, image, folder, keep}) => {
	const name = `registry.invalid/stx-build-test/base-${engine.name}:1`;
	await engine.tag(image, name);
	try {
		const context = await writeFiles(path.join(folder, 'context'), {Dockerfile: `FROM ${name}\nLABEL a=b\n`});
		const built = await engine.build({context, file: path.join(context, 'Dockerfile'), buildArgs: {}});
		await keep(built);
		const {labels} = await engine.inspect(built);
		t.deepEqual(labels, {a: 'b'});
	} finally {
		await engine.remove(name);
	}
});

testEngines('nobody is asked for a newer base than the one that is there', async (t, {engine, image, folder, keep}) => {
	let asked = 0;
	const registry = createServer(connection => {
		asked += 1;
		connection.destroy();
	});
	registry.listen(0, '127.0.0.1');
	await once(registry, 'listening');
	const name = `127.0.0.1:${(registry.address() as AddressInfo).port}/stx-build-test/base:1`;
	await engine.tag(image, name);
	try {
		const context = await writeFiles(path.join(folder, 'context'), {Dockerfile: `FROM ${name}\nLABEL a=b\n`});
		await keep(await engine.build({context, file: path.join(context, 'Dockerfile'), buildArgs: {}}));
		t.is(asked, 0);
		// And there is somebody to ask.
		await t.throwsAsync(engine.pull(name), {code: 'STX0706'});
		t.not(asked, 0);
	} finally {
		await engine.remove(name);
		registry.close();
	}
});

testEngines('a base that is not there is fetched', async (t, {engine, image, folder, keep}) => {
	if (!needs(t, 'docker-registry')) {
		return;
	}

	const name = `${await startRegistry(t, folder)}/stx-build-test/base:1`;
	await engine.push(image, name);
	await engine.remove(name);
	const conf = path.join(folder, 'registries.conf');
	await writeFiles(folder, {'registries.conf': `[[registry]]\nlocation = "${name.split('/', 1)[0]!}"\ninsecure = true\n`});
	const told = await selectEngine({preferred: engine.name, run: async (command, options) => run({...command, env: {...command.env, CONTAINERS_REGISTRIES_CONF: conf}}, options)});
	const context = await writeFiles(path.join(folder, 'context'), {Dockerfile: `FROM ${name}\nLABEL a=b\n`});
	try {
		await keep(await told.build({context, file: path.join(context, 'Dockerfile'), buildArgs: {}}));
		t.pass();
	} finally {
		await engine.remove(name);
	}
});

testEngines('a stage that is not the last', async (t, {engine, reference, folder, keep}) => {
	const context = await writeFiles(path.join(folder, 'context'), {Dockerfile: `FROM ${reference} AS first\nLABEL stage=first\nFROM ${reference}\nLABEL stage=last\n`});
	const built = await engine.build({
		context, file: path.join(context, 'Dockerfile'), buildArgs: {}, target: 'first',
	});
	await keep(built);
	const {labels} = await engine.inspect(built);
	t.is(labels.stage, 'first');
});

testEngines('a build that fails ends with what the command said, and leaves no container', async (t, {engine, image, reference, folder}) => {
	const context = await writeFiles(path.join(folder, 'context'), {Dockerfile: `FROM ${reference}\nRUN echo words-of-the-command && exit 3\n`});
	const logFile = path.join(folder, 'logs', 'build.log');
	const error = await t.throwsAsync<BuildError>(engine.build({context, file: path.join(context, 'Dockerfile'), buildArgs: {}}, {logFile}), {code: 'STX0703'});
	t.regex(error.message, /words-of-the-command/v);
	t.deepEqual(error.at, [{file: logFile}]);
	t.deepEqual(await containersOf(engine, image), []);
});

testEngines('an interrupted build leaves no container and no process', async (t, {engine, image, reference, folder}) => {
	const seconds = numberFor(engine, 98_710);
	const context = await writeFiles(path.join(folder, 'context'), {Dockerfile: `FROM ${reference}\nRUN trap '' TERM; sleep ${seconds} & sleep ${seconds}\n`});
	const interruption = new AbortController();
	const building = engine.build({context, file: path.join(context, 'Dockerfile'), buildArgs: {}}, {signal: interruption.signal});
	const ended = t.throwsAsync(building, {code: 'STX0003'});
	await until(async () => {
		const started = await processesWith(seconds);
		return started.length === 2;
	});
	interruption.abort();
	await ended;
	await until(async () => {
		const left = await processesWith(seconds);
		return left.length === 0;
	});
	t.deepEqual(await containersOf(engine, image), []);
});

testEngines('what a base image says of itself can be taken back', async (t, {engine, reference, folder, keep}) => {
	const build = async (from: string, labels: Readonly<Record<string, string>>) => {
		await writeFiles(folder, {Dockerfile: `FROM ${from}\nENV KEPT=yes\n`});
		return keep(await engine.build({
			context: await writeFiles(path.join(folder, 'context'), {file: ''}), file: path.join(folder, 'Dockerfile'), buildArgs: {}, labels,
		}));
	};

	const base = await build(reference, {'org.opencontainers.image.revision': 'ba5e', maintainer: 'them'});
	const {labels: inherited} = await engine.inspect(base);
	t.like(inherited, {'org.opencontainers.image.revision': 'ba5e', maintainer: 'them'});
	const {labels} = await engine.inspect(await build(base, formatLabels({}, inherited)));
	t.like(labels, {'org.opencontainers.image.revision': '', maintainer: 'them'});
});
