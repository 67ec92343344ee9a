import test from 'ava';
import {createTarget, normalizeName, parseConstraints} from '../../src/python/index.js';
import {createSdistSource} from '../../src/wheels/lock/sdist-source.js';
import {withUvIndex, type UvIndex} from '../../src/wheels/lock/uv-index.js';
import {sdistOf, wheelOf} from '../_helpers/archives.js';
import {hanging, withStatus, type IndexServer} from '../_helpers/index-server.js';
import {setUpClient} from '../_helpers/pypi-client.js';

const target = createTarget({python: '3.13', glibc: '2.41', arch: 'amd64'});
const projects = {
	'demo-project': [await wheelOf({
		name: 'Demo.Project', version: '1.0', requires: ['six >= 1 ; extra == "x"'], tag: 'cp313-cp313-manylinux_2_17_x86_64',
	})],
	source: [sdistOf({name: 'source', version: '2.0', requires: ['six']})],
	mislabelled: [{...await wheelOf({name: 'other', version: '1.0'}), filename: 'mislabelled-1.0-py3-none-any.whl'}],
	broken: [await wheelOf({name: 'broken', version: '1.0'})],
	local: [await wheelOf({name: 'local', version: '99'})],
};

type Serving = {readonly index: UvIndex; readonly server: IndexServer; readonly notes: readonly string[]};

async function serve<T>(t: Parameters<typeof setUpClient>[0], use: (url: string, serving: Serving & {readonly failed: AbortSignal}) => Promise<T>, constraints = ''): Promise<T> {
	const {client, server, store} = await setUpClient(t, {projects});
	const notes: string[] = [];
	const ended = new AbortController();
	return withUvIndex({
		pypi: client,
		sdists: createSdistSource({
			pypi: client, store, target, buildSettings: new Map(), signal: ended.signal,
		}),
		target,
		constraints: parseConstraints(constraints, 'uc.txt'),
		requiredElsewhere: name => (name === 'local' ? [] : undefined),
		note(message) {
			notes.push(message);
		},
		signal: ended.signal,
		end() {
			ended.abort();
		},
	}, async index => index.serve(new Set(), async (url, failed) => use(url, {
		index, server, notes, failed,
	})));
}

const get = async (url: string) => {
	const response = await fetch(url);
	return {status: response.status, text: await response.text()};
};

test('pages and metadata, of wheels and of what only has an sdist', async t => {
	await serve(t, async (url, {index, notes}) => {
		t.like(JSON.parse((await get(`${url}/demo-project/`)).text), {name: 'demo-project', files: [{filename: 'demo_project-1.0-py3-none-any.whl', 'core-metadata': true}]});
		t.is((await get(`${url}/demo-project/demo_project-1.0-py3-none-any.whl.metadata`)).text, 'Metadata-Version: 2.1\nName: demo-project\nVersion: 1.0\nRequires-Dist: six >= 1 ; extra == "x"\n');
		t.deepEqual(notes, []);
		t.is((await get(`${url}/source/source-2.0-py3-none-any.whl.metadata`)).text, 'Metadata-Version: 2.1\nName: source\nVersion: 2.0\nRequires-Dist: six\n');
		t.deepEqual(notes, ['source 2.0 has no wheel for the target: reading its sdist']);
		t.like(await index.wheel(normalizeName('demo-project'), '1'), {filename: projects['demo-project'][0]!.filename, sha256: projects['demo-project'][0]!.sha256});
		t.is(await index.wheel(normalizeName('source'), '2.0'), undefined);
	});
});

test('who does not know the address gets nothing, and neither does who asks for something else', async t => {
	let after = '';
	await serve(t, async (url, {server, failed}) => {
		after = `${url}/demo-project/`;
		const {origin} = new URL(url);
		for (const address of [`${origin}/`, `${origin}/%ff/`, `${origin}/demo-project/`, `${origin}/00000000-0000-0000-0000-000000000000/demo-project/`, `${url}/`, `${url}/absent/`, `${url}/demo-project/demo_project-1.0-py3-none-any.whl`, `${url}/demo-project/..%2f..%2fetc%2fpasswd`]) {
			t.is((await get(address)).status, 404, address);
		}

		t.false(failed.aborted);
		t.deepEqual([...new Set(server.requests.map(({path}) => path))], ['/simple/absent/', '/simple/demo-project/']);
	});
	await t.throwsAsync(get(after), undefined, 'it is gone');
});

test('a name that comes from elsewhere is not looked up', async t => {
	await serve(t, async (url, {server}) => {
		t.is((await get(`${url}/local/`)).status, 404);
		t.deepEqual(server.requests, []);
	});
});

const mislabelled = 'mislabelled/mislabelled-1.0-py3-none-any.whl.metadata';

test('metadata of something else is told and of no use, so that another version can be taken', async t => {
	await serve(t, async (url, {notes}) => {
		t.deepEqual(await get(`${url}/${mislabelled}`), {status: 200, text: ''});
		t.deepEqual(await get(`${url}/${mislabelled}`), {status: 200, text: ''});
		t.is(notes.length, 1);
		t.regex(notes[0]!, /^mislabelled 1\.0 is passed over: .* holds the metadata of `other`/);
	});
});

test('where the constraints ask for that version, there is no other, and its error is told', async t => {
	await t.throwsAsync(serve(t, async url => get(`${url}/${mislabelled}`), 'mislabelled===1.0\n'), {code: 'STX0308'});
});

test('what cannot be had is the error, whatever comes of the run; what fails after its end is not', async t => {
	let told: unknown;
	await t.throwsAsync(serve(t, async (url, {server, failed}) => {
		server.next('/simple/broken/', ...Array.from({length: 8}, () => withStatus(403)));
		told = [(await get(`${url}/broken/`)).status, failed.aborted];
	}), {code: 'STX0909'});
	t.deepEqual(told, [404, true]);
	t.is(await serve(t, async (url, {server}) => {
		server.next('/simple/broken/', hanging);
		void get(`${url}/broken/`).catch(() => undefined);
		await new Promise(resolve => {
			setTimeout(resolve, 100);
		});
		return 'well';
	}), 'well');
});

test('what is read ahead in vain keeps nobody waiting', async t => {
	const began = Date.now();
	await serve(t, async (_url, {index, server}) => {
		server.next('.tar.gz', hanging);
		index.readAhead(['source', 'demo-project']);
		await new Promise(resolve => {
			setTimeout(resolve, 300);
		});
	});
	t.true(Date.now() - began < 5000);
});
