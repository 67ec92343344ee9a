import test from 'ava';
import {
	parseBuildahInfo, parseBuildahImage, parseDigest, parseDockerImage, parseDockerInfo, parseLoadedId, parsePodmanImage, parsePodmanInfo, withAlgorithm, withoutRunNoise,
} from '../../../src/engine/parse-inspect.js';

const hex = 'b2'.repeat(32);
const config = {
	Env: ['PATH=/bin'], Entrypoint: ['/entry'], Cmd: ['serve'], User: '42424', Labels: {a: 'b'},
};
const own = {
	env: ['PATH=/bin'], entrypoint: ['/entry'], cmd: ['serve'], user: '42424', labels: {a: 'b'},
};
const none = {
	env: [], entrypoint: [], cmd: [], user: '', labels: {},
};

test('docker\'s image', t => {
	t.deepEqual(parseDockerImage(JSON.stringify({Id: `sha256:${hex}`, RepoDigests: [`a@sha256:${hex}`], Config: config})), {id: `sha256:${hex}`, digest: `sha256:${hex}`, config: own});
});

test('docker\'s image without a config, as it was imported', t => {
	t.deepEqual(parseDockerImage(JSON.stringify({Id: `sha256:${hex}`, RepoDigests: null, Config: null})), {id: `sha256:${hex}`, digest: undefined, config: none});
	t.deepEqual(parseDockerImage(JSON.stringify({Id: `sha256:${hex}`, RepoDigests: [], Config: {Entrypoint: null, Labels: null}})).config, none);
});

test('buildah\'s image', t => {
	t.deepEqual(parseBuildahImage(JSON.stringify({FromImageID: hex, FromImageDigest: `sha256:${hex}`, OCIv1: {config}})), {id: `sha256:${hex}`, digest: `sha256:${hex}`, config: own});
	t.deepEqual(parseBuildahImage(JSON.stringify({FromImageID: hex, FromImageDigest: '', OCIv1: {}})), {id: `sha256:${hex}`, digest: undefined, config: none});
});

test('podman\'s image', t => {
	t.deepEqual(parsePodmanImage(JSON.stringify([{Id: hex, Digest: `sha256:${hex}`, Config: config}])), {id: `sha256:${hex}`, digest: `sha256:${hex}`, config: own});
	t.deepEqual(parsePodmanImage(JSON.stringify([{Id: hex, Config: {}}])), {id: `sha256:${hex}`, digest: undefined, config: none});
});

test('what engines say of themselves', t => {
	t.deepEqual(parsePodmanInfo('{"host": {"ociRuntime": {"name": "crun"}}, "store": {"graphDriverName": "overlay", "graphRoot": "/var/lib/containers/storage"}, "version": {"Version": "4.3.1"}}'), {
		version: '4.3.1', storage: 'overlay', defaultRuntime: 'crun', storageFolder: '/var/lib/containers/storage',
	});
	t.is(parseDockerInfo('{"host": {}}'), undefined, 'podman-docker');
	t.deepEqual(parseBuildahInfo('{"store": {"GraphDriverName": "overlay", "GraphRoot": "/var/lib/containers/storage"}}'), {storage: 'overlay', storageFolder: '/var/lib/containers/storage'});
	t.deepEqual(parseDockerInfo('{"ServerVersion": "20.10.24", "Driver": "overlay2", "Containers": 3}'), {version: '20.10.24', storage: 'overlay2'});
});

test('what was loaded', t => {
	t.is(parseLoadedId(`Loaded image ID: sha256:${hex}\n`), `sha256:${hex}`);
	t.is(parseLoadedId('Loaded image: a:1\n'), undefined);
});

test('the digest of what was pushed or pulled', t => {
	t.is(parseDigest(`c30f5768db71: Pushed\n1: digest: sha256:${hex} size: 527\n`), `sha256:${hex}`);
	t.is(parseDigest(`1: Pulling from u/p\nDigest: sha256:${hex}\nStatus: Downloaded newer image\n`), `sha256:${hex}`);
	t.is(parseDigest('denied'), undefined);
});

test('ids get the name of their algorithm', t => {
	t.is(withAlgorithm(hex), `sha256:${hex}`);
	t.is(withAlgorithm(`sha256:${hex}`), `sha256:${hex}`);
});

test('what buildah adds when a command fails is taken away', t => {
	t.is(withoutRunNoise('mine\nsubprocess exited with status 7\nsubprocess exited with status 7\nError: exit status 7\n'), 'mine\n');
	t.is(withoutRunNoise('subprocess exited on terminated\nsubprocess exited with status 1\nError: exit status 1\n'), '');
	t.is(withoutRunNoise('Error: exit status 7 is what I say\n'), 'Error: exit status 7 is what I say\n');
	t.is(withoutRunNoise('well'), 'well');
});
