/** The wheel list on its way into the lock: what is trusted, what is left out, and what cannot be closed. */
import {Buffer} from 'node:buffer';
import {readFile, rm} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {createDocumentFetcher, leftOutOf, type Lock} from '../../src/wheels/index.js';
import {sdistOf, wheelOf, type WheelParts} from '../_helpers/archives.js';
import {failureOf, problemsOf} from '../_helpers/failure.js';
import {needs} from '../_helpers/needs.js';
import {makeWheelWorld} from '../_helpers/wheel-world.js';

const uc = 'debian-trixie/requirements/upper-constraints.txt';
const list = 'debian-trixie/stable-wheels.cfg';
const wheel = async (name: string, version: string, requires: readonly string[] = [], more: Partial<WheelParts> = {}) => wheelOf({
	name, version, requires, ...more,
});
const pins = (lock: Lock): readonly string[] => lock.packages.map(({name, version, source}) => `${name} ${version} ${source.kind}`);

test('a file whose digest nobody states is taken by `wheels lock` alone, and from then on it may not change', async t => {
	const [a, other] = [await wheel('a', '1'), await wheel('a', '1', ['b'])];
	const world = await makeWheelWorld(t, {a: [a], b: [await wheel('b', '1'), await wheel('b', '2')]});
	if (!world || !needs(t, 'python3')) {
		return;
	}

	const url = world.server.fileUrl(a.filename);
	await world.write(list, `${a.filename}|pypi|${url}\nc-1-py3-none-any.whl|tar|https://example.com/c-1.tar.gz|c-1\n`);
	const refused = problemsOf(await failureOf(async () => world.lock({one: ['a']}, {trust: false})));
	t.deepEqual(refused.map(({code, exitCode, at}) => [code, exitCode, (at[0] as {line: number}).line]), [['STX0424', 2, 1], ['STX0424', 2, 2]]);
	t.regex(refused[0]!.hint!, /stx-build wheels lock/);
	t.deepEqual(world.server.requestsFor(a.filename), []);

	await world.write(list, `${a.filename}|pypi|${url}\n`);
	const lock = await world.lock({one: ['a']}, {trust: true});
	const locked = {
		filename: a.filename, url, sha256: a.sha256, size: a.content.length,
	};
	t.deepEqual(lock.packages[0]!.source, {kind: 'wheel', file: locked});

	// A build makes a new lock where something else has changed, and still knows the file.
	await world.write(uc, 'b===1\n');
	const again = await world.lock({one: ['a', 'b']}, {trust: false});
	t.deepEqual(again.packages[0]!.source, {kind: 'wheel', file: locked});

	// Another machine has nothing in its store, and the server has another file now.
	const serveOther = () => {
		world.server.next(a.filename, (_request, response) => {
			response.writeHead(200).end(other.content);
		});
	};

	await rm(path.join(world.cache, 'content-v2'), {recursive: true, force: true});
	await world.write(uc, 'b===2\n');
	serveOther();
	const before = await readFile(world.lockFile, 'utf8');
	const changed = await failureOf(async () => world.lock({one: ['a', 'b']}, {trust: true, allowUnusable: true}));
	t.is(changed.code, 'STX0425');
	t.is(changed.message, `\`${url}\` gives other bytes than the lock was made with`);
	t.regex(changed.hint!, /wheels lock --upgrade/);
	t.is(await readFile(world.lockFile, 'utf8'), before);

	serveOther();
	const upgraded = await world.lock({one: ['a', 'b']}, {trust: true, upgrade: true});
	t.deepEqual(upgraded.packages[0]!.source, {kind: 'wheel', file: {...locked, sha256: other.sha256, size: other.content.length}});
	t.true(world.notes.includes(`${url} has other bytes than before: sha256 ${other.sha256}, and it was ${a.sha256}`));
});

test('what turns out to be unusable is left out where that is asked for, stays so, and is named with its line', async t => {
	const good = await wheel('good', '1');
	const late = await wheel('late', '1', [], {requiresPython: '<3.9'});
	const world = await makeWheelWorld(t, {good: [good], late: [late]});
	if (!world || !needs(t, 'python3')) {
		return;
	}

	const lines = [
		`${good.filename}|pypi|${world.server.fileUrl(good.filename)}`,
		`gone-1-py3-none-any.whl|tar|${world.server.origin}/files/gone-1.tar.gz|gone-1`,
		`${late.filename}|pypi|${world.server.fileUrl(late.filename)}`,
		'wrong-1-py3-none-any.whl|whl|https://example.com/wrong-1-py3-none-any.whl',
	];
	await world.write(list, lines.join('\n'));
	t.is((await failureOf(async () => world.lock({one: ['good']}))).code, 'STX0401');
	await world.write(list, lines.slice(0, 3).join('\n'));
	t.deepEqual(problemsOf(await failureOf(async () => world.lock({one: ['good']}))).map(({code}) => code).toSorted(), ['STX0402', 'STX0909']);

	await world.write(list, lines.join('\n'));
	const lock = await world.lock({one: ['good']}, {allowUnusable: true});
	t.deepEqual(pins(lock), ['good 1 wheel']);
	const {leftOut, wheelList} = await world.inputs({allowUnusable: true});
	t.deepEqual([...leftOut, ...leftOutOf(lock, wheelList)].map(({wheel: name, at, code}) => [name, at.line, code]), [
		['wrong-1-py3-none-any.whl', 4, 'STX0401'],
		['gone-1-py3-none-any.whl', 2, 'STX0909'],
		['late-1-py3-none-any.whl', 3, 'STX0402'],
	]);

	const asked = world.server.requests.length;
	t.deepEqual(await world.lock({one: ['good']}, {allowUnusable: true, frozen: true, trust: false}), lock);
	t.is(world.server.requests.length, asked);
	t.is((await failureOf(async () => world.lock({one: ['good']}, {frozen: true}))).code, 'STX0401');
});

test('a broken-off network leaves nothing out', async t => {
	const good = await wheel('good', '1');
	const world = await makeWheelWorld(t, {good: [good]});
	if (!world || !needs(t, 'python3')) {
		return;
	}

	// Nothing listens on this port.
	await world.write(list, `${good.filename}|pypi|http://127.0.0.1:9/${good.filename}\n`);
	t.is((await failureOf(async () => world.lock({}, {allowUnusable: true}))).code, 'STX0908');
	// Nor does a git host that nobody reaches.
	await world.write(list, 'good-1-py3-none-any.whl|git|http://127.0.0.1:9/good|good|v1\n');
	t.is((await failureOf(async () => world.lock({}, {allowUnusable: true}))).code, 'STX0911');
});

test('a listed wheel whose requirements the rest contradicts is there, and an image that needs it is refused', async t => {
	const openshift = await wheel('openshift', '0.8', ['kubernetes<9']);
	const deeper = await wheel('deeper', '1', ['between']);
	const above = await wheel('above', '1', ['openshift']);
	const world = await makeWheelWorld(t, {
		openshift: [openshift], deeper: [deeper], above: [above], kubernetes: [await wheel('kubernetes', '8'), await wheel('kubernetes', '35')], between: [await wheel('between', '1', ['kubernetes==8'])],
	}, {[uc]: 'kubernetes===35\n'});
	if (!world || !needs(t, 'python3')) {
		return;
	}

	await world.write(list, [openshift, deeper, above].map(({filename}) => `${filename}|pypi|${world.server.fileUrl(filename)}`).join('\n'));
	const lock = await world.lock({one: ['kubernetes']});
	t.deepEqual(pins(lock), ['above 1 wheel', 'deeper 1 wheel', 'kubernetes 35 wheel', 'openshift 0.8 wheel']);
	t.deepEqual(lock.unclosed as readonly string[], ['above', 'deeper', 'openshift']);
	t.deepEqual(lock.roots['wheel-list'], ['above==1', 'deeper==1', 'openshift==0.8']);
	t.true(world.notes.includes('openshift 0.8 of the wheel list asks for `kubernetes<9`, and `kubernetes` is 35: its wheel is made, and what it needs is not'));
	t.true(world.notes.includes('above 1 of the wheel list asks for `openshift`, which asks for `kubernetes<9`, and `kubernetes` is 35: its wheel is made, and what it needs is not'));

	const refused = await failureOf(async () => world.lock({one: ['kubernetes'], two: ['openshift']}));
	t.is(refused.code, 'STX0411');
	t.true(refused.at.some(place => 'file' in place && place.file === 'two.ini'));
});

test('nothing is built for the list that the list does not list', async t => {
	const pyngus = await wheel('pyngus', '2', ['proton', 'plain']);
	const proton = sdistOf({name: 'proton', version: '1', requires: []});
	const world = await makeWheelWorld(t, {
		setuptools: [await wheel('setuptools', '80.0')], wheel: [await wheel('wheel', '0.45')], pyngus: [pyngus], proton: [proton], plain: [await wheel('plain', '1')],
	});
	if (!world || !needs(t, 'python3')) {
		return;
	}

	const line = `${pyngus.filename}|pypi|${world.server.fileUrl(pyngus.filename)}\n`;
	await world.write(list, line);
	const lock = await world.lock({});
	t.deepEqual(pins(lock), ['pyngus 2 wheel']);
	t.deepEqual(lock.unclosed as readonly string[], ['pyngus']);
	t.true(world.notes.includes('pyngus 2 of the wheel list needs `proton`, of which there is no wheel and which is not listed: its wheel is made, and what it needs is not'));

	t.deepEqual(pins(await world.lock({one: ['pyngus']})), ['plain 1 wheel', 'proton 1 sdist', 'pyngus 2 wheel']);
	await world.write(list, `${line}proton-1-py3-none-any.whl|tar|${world.server.fileUrl(proton.filename)}|proton-1\n`);
	const listed = await world.lock({}, {upgrade: true});
	t.deepEqual(pins(listed), ['plain 1 wheel', 'proton 1 sdist', 'pyngus 2 wheel']);
	t.deepEqual(listed.unclosed, []);
});

test('constraints at an address: the bytes that are locked, from the store or verified, and offline those that were there last', async t => {
	const text = (content: string) => ({filename: content, content: Buffer.from(content)});
	const world = await makeWheelWorld(t, {
		a: [await wheel('a', '1'), await wheel('a', '2')],
		texts: [{...text('a===1\n'), filename: 'upper-constraints.txt'}, {...text('a\n'), filename: 'global-requirements.txt'}],
	}, {'debian-trixie/openstack.cfg': ''});
	if (!world || !needs(t, 'python3')) {
		return;
	}

	await world.write('debian-trixie/openstack.cfg', `STABLE_OPENSTACK_REQ_URL=${world.server.origin}/files/\n`);
	const fetcher = (locked: ReadonlyMap<string, string>, offline = false) => createDocumentFetcher(locked, {
		pypi: world.pypi, store: world.store, offline, signal: new AbortController().signal,
	});
	const lock = await world.lock({one: ['a']}, {fetchDocument: fetcher(new Map())});
	t.deepEqual(pins(lock), ['a 1 wheel']);
	const urls = ['upper-constraints.txt', 'global-requirements.txt'].map(name => world.server.fileUrl(name));
	t.deepEqual(lock.documents.map(({url}) => url), urls);
	const locked = new Map(lock.documents.map(({url, sha256}) => [url, sha256]));

	const asked = world.server.requests.length;
	const change = () => {
		world.server.next('upper-constraints.txt', (_request, response) => {
			response.writeHead(200).end('a===2\n');
		});
	};

	change();
	t.is((await fetcher(locked)(urls[0]!)).text, 'a===1\n');
	t.is((await fetcher(new Map(), true)(urls[0]!)).text, 'a===1\n');
	t.is(world.server.requests.length, asked);

	await rm(path.join(world.cache, 'content-v2'), {recursive: true, force: true});
	t.is((await failureOf(async () => fetcher(locked)(urls[0]!))).code, 'STX0425');
	change();
	t.is((await fetcher(new Map())(urls[0]!)).text, 'a===2\n');
});

test('what the list builds is taken from the index where that is asked for, and it has a wheel of that version', async t => {
	const [a, b] = await Promise.all([wheel('a', '1'), wheel('b', '2')]);
	const [aSource, bSource, bOther] = [sdistOf({name: 'a', version: '1'}), sdistOf({name: 'b', version: '1'}), sdistOf({name: 'b', version: '2'})];
	const world = await makeWheelWorld(t, {
		a: [a, aSource], b: [b, bSource, bOther], setuptools: [await wheel('setuptools', '80.9.0')], wheel: [await wheel('wheel', '0.45.1')],
	});
	if (!world || !needs(t, 'python3')) {
		return;
	}

	await world.write(list, [aSource, bSource].map(({filename}) => `${filename.replace('.tar.gz', '')}-py3-none-any.whl|tar|${world.server.fileUrl(filename)}|${filename.replace('.tar.gz', '')}\n`).join(''));
	t.deepEqual(pins(await world.lock({one: ['a', 'b']})), ['a 1 sdist', 'b 1 sdist']);
	t.deepEqual(pins(await world.lock({one: ['a', 'b']}, {fromIndex: ['B']})), ['a 1 sdist', 'b 1 sdist'], 'the index has `b` 2 alone as a wheel');
	t.deepEqual(pins(await world.lock({one: ['a', 'b']}, {fromIndex: 'all'})), ['a 1 wheel', 'b 1 sdist']);
});
