import test from 'ava';
import {createTarget, normalizeName, parseConstraints} from '../../src/python/index.js';
import {createSdistSource} from '../../src/wheels/lock/sdist-source.js';
import {withUvIndex, type UvIndex} from '../../src/wheels/lock/uv-index.js';
import {sdistOf, wheelOf} from '../_helpers/archives.js';
import {withStatus, type IndexServer} from '../_helpers/index-server.js';
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

async function serve(t: Parameters<typeof setUpClient>[0], use: (index: UvIndex, server: IndexServer, notes: readonly string[]) => Promise<void>): Promise<void> {
	const {client, server, store, folder} = await setUpClient(t, {projects});
	const notes: string[] = [];
	await withUvIndex({
		pypi: client,
		sdists: createSdistSource({
			pypi: client, store, target, buildSettings: new Map(), folder,
		}),
		target,
		constraints: parseConstraints('', 'uc.txt'),
		requiredElsewhere: name => (name === 'local' ? [] : undefined),
		note(message) {
			notes.push(message);
		},
	}, async index => use(index, server, notes));
}

const get = async (url: string) => {
	const response = await fetch(url);
	return {status: response.status, text: await response.text()};
};

test('pages and metadata, of wheels and of what only has an sdist', async t => {
	await serve(t, async (index, _server, notes) => {
		t.like(JSON.parse((await get(`${index.url}/demo-project/`)).text), {name: 'demo-project', files: [{filename: 'demo_project-1.0-py3-none-any.whl', 'core-metadata': true}]});
		t.is((await get(`${index.url}/demo-project/demo_project-1.0-py3-none-any.whl.metadata`)).text, 'Metadata-Version: 2.1\nName: demo-project\nVersion: 1.0\nRequires-Dist: six >= 1 ; extra == "x"\n');
		t.is((await get(`${index.url}/source/source-2.0-py3-none-any.whl.metadata`)).text, 'Metadata-Version: 2.1\nName: source\nVersion: 2.0\nRequires-Dist: six\n');
		t.deepEqual(notes, ['source 2.0 has no wheel for the target: reading its sdist']);
		t.like(await index.wheel(normalizeName('demo-project'), '1.0'), {filename: projects['demo-project'][0]!.filename, sha256: projects['demo-project'][0]!.sha256});
		t.is(await index.wheel(normalizeName('source'), '2.0'), undefined);
		t.false(index.failed.aborted);
	});
});

test('who does not know the address gets nothing, and neither does who asks for something else', async t => {
	await serve(t, async (index, server) => {
		const {origin} = new URL(index.url);
		for (const address of [`${origin}/`, `${origin}/%ff/`, `${origin}/demo-project/`, `${origin}/00000000-0000-0000-0000-000000000000/demo-project/`, `${index.url}/`, `${index.url}/absent/`, `${index.url}/demo-project/demo_project-1.0-py3-none-any.whl`, `${index.url}/demo-project/..%2f..%2fetc%2fpasswd`]) {
			t.is((await get(address)).status, 404, address);
		}

		t.false(index.failed.aborted);
		t.deepEqual([...new Set(server.requests.map(({path}) => path))], ['/simple/absent/', '/simple/demo-project/']);
	});
});

test('a name that comes from elsewhere is not looked up', async t => {
	await serve(t, async (index, server) => {
		t.is((await get(`${index.url}/local/`)).status, 404);
		t.deepEqual(server.requests, []);
	});
});

test('metadata of something else is told and of no use, so that another version can be taken', async t => {
	await serve(t, async (index, _server, notes) => {
		t.deepEqual(await get(`${index.url}/mislabelled/mislabelled-1.0-py3-none-any.whl.metadata`), {status: 200, text: ''});
		t.regex(notes[0]!, /holds the metadata of `other`/);
		t.false(index.failed.aborted);
	});
});

test('what cannot be had ends the resolution with the reason', async t => {
	await serve(t, async (index, server) => {
		server.next('/simple/broken/', ...Array.from({length: 8}, () => withStatus(403)));
		t.is((await get(`${index.url}/broken/`)).status, 404);
		t.true(index.failed.aborted);
		t.like(index.failed.reason, {name: 'BuildError'});
	});
});
