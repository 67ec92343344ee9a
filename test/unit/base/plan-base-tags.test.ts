import test from 'ava';
import {planBaseTags, type BaseTagOptions} from '../../../src/base/plan-base-tags.js';
import {BuildError} from '../../../src/errors.js';

const options = (more: Partial<BaseTagOptions> = {}): BaseTagOptions => ({
	os: 'debian', codename: 'trixie', arch: 'amd64', stream: 'stable', registry: undefined, user: 'starlingx', prefix: undefined, version: '13.0', push: false, latest: false, latestTag: 'latest', ...more,
});

test('the names are those of build-stx-base.sh', t => {
	t.deepEqual(planBaseTags(options()), {image: 'starlingx/stx-debian:trixie-amd64-stable-13.0'});
	t.deepEqual(planBaseTags(options({latest: true})), {image: 'starlingx/stx-debian:trixie-amd64-stable-13.0'}, 'only what is pushed has a latest name');
	t.deepEqual(planBaseTags(options({
		registry: 'registry.example.org:5000', prefix: 'master', version: '20260608T220101Z', push: true, latest: true, latestTag: 'newest',
	})), {
		image: 'registry.example.org:5000/starlingx/stx-debian:master-trixie-amd64-stable-20260608T220101Z', latest: 'registry.example.org:5000/starlingx/stx-debian:master-trixie-amd64-stable-newest',
	});
});

test('bullseye on amd64 has the names of older releases too, when it is pushed', t => {
	t.deepEqual(planBaseTags(options({
		codename: 'bullseye', prefix: 'master', version: '11.2', push: true, latest: true,
	})), {
		image: 'starlingx/stx-debian:master-bullseye-amd64-stable-11.2',
		latest: 'starlingx/stx-debian:master-bullseye-amd64-stable-latest',
		legacy: 'starlingx/stx-debian:master-stable-11.2',
		legacyLatest: 'starlingx/stx-debian:master-stable-latest',
	});
	t.deepEqual(Object.keys(planBaseTags(options({codename: 'bullseye', push: true}))), ['image', 'legacy']);
	t.deepEqual(Object.keys(planBaseTags(options({codename: 'bullseye'}))), ['image']);
	t.deepEqual(Object.keys(planBaseTags(options({codename: 'bullseye', arch: 'arm64', push: true}))), ['image']);
});

test('a name that no registry takes is told', t => {
	t.throws(() => planBaseTags(options({version: 'a b'})), {instanceOf: BuildError, code: 'STX0609'});
});
