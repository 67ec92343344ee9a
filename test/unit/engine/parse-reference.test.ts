import test from 'ava';
import fc from 'fast-check';
import {
	explainWrittenReference, formatLocalReference, isImageId, isLoopbackRegistry, normalizeReference, registryOf,
} from '../../../src/engine/parse-reference.js';

const hex = 'a1'.repeat(32);

const cases: ReadonlyArray<readonly [string, string]> = [
	['debian', 'docker.io/library/debian:latest'],
	['debian:trixie', 'docker.io/library/debian:trixie'],
	['starlingx/stx-keystone', 'docker.io/starlingx/stx-keystone:latest'],
	['docker.io/debian', 'docker.io/library/debian:latest'],
	['docker.io/starlingx/stx-keystone:1', 'docker.io/starlingx/stx-keystone:1'],
	['localhost/stx-build/base:1', 'localhost/stx-build/base:1'],
	['localhost:5000/a', 'localhost:5000/a:latest'],
	['127.0.0.1:5000/a/b/c:v1', '127.0.0.1:5000/a/b/c:v1'],
	['registry.example.com/a', 'registry.example.com/a:latest'],
	['registry/a', 'docker.io/registry/a:latest'],
	[`registry.example.com/a@sha256:${hex}`, `registry.example.com/a@sha256:${hex}`],
	[hex, hex],
	[`sha256:${hex}`, `sha256:${hex}`],
	['localhost', 'docker.io/library/localhost:latest'],
];

for (const [reference, full] of cases) {
	test(`\`${reference}\` in full is \`${full}\``, t => {
		t.is(normalizeReference(reference), full);
	});
}

test('a reference in full stays as it is', t => {
	const word = fc.constantFrom('a', 'debian', 'localhost', 'x.example.com', '127.0.0.1:5000', 'stx-keystone');
	const tag = fc.constantFrom('', ':1', ':trixie-2');
	fc.assert(fc.property(fc.array(word, {minLength: 1, maxLength: 5}), tag, (words, end) => {
		const full = normalizeReference(`${words.join('/')}${end}`);
		t.is(normalizeReference(full), full);
	}));
});

test('a reference never becomes an option of a command line', t => {
	t.false(normalizeReference('--privileged').startsWith('-'));
});

test('ids are 64 hex digits', t => {
	t.true(isImageId(hex));
	t.true(isImageId(`sha256:${hex}`));
	t.false(isImageId(hex.slice(1)));
	t.false(isImageId(`md5:${hex}`));
	t.false(isImageId('debian'));
});

test('the registry of an image', t => {
	t.is(registryOf('debian'), 'docker.io');
	t.is(registryOf('127.0.0.1:5000/a'), '127.0.0.1:5000');
});

for (const registry of ['localhost', 'localhost:5000', '127.0.0.1', '127.1.2.3:80', '[::1]:5000']) {
	test(`\`${registry}\` is on this machine`, t => {
		t.true(isLoopbackRegistry(registry));
	});
}

for (const registry of ['docker.io', 'localhost.example.com', '128.0.0.1', '127.0.0.1.example.com']) {
	test(`\`${registry}\` is not on this machine`, t => {
		t.false(isLoopbackRegistry(registry));
	});
}

test('a local reference names one image', t => {
	t.is(formatLocalReference('base-debian-trixie', `sha256:${hex}`), 'localhost/stx-build/base-debian-trixie:a1a1a1a1a1a1a1a1');
});

for (const written of ['debian', 'debian:trixie', 'starlingx/stx-debian:master-trixie-amd64-stable-20260608T220101Z', `debian@sha256:${hex}`, `debian:trixie@sha256:${hex}`, hex, `sha256:${hex}`, 'localhost:5000/a', 'a1b2c3d4e5f6', '[::1]:5000/a:1', 'registry.example.com/a__b/c-d.e:V_1']) {
	test(`\`${written}\` may be written`, t => {
		t.is(explainWrittenReference(written), undefined);
	});
}

for (const [written, what] of [
	['foo@bar::x', '`bar::x` cannot be a digest'],
	['foo@', '`` cannot be a digest'],
	[`foo@sha256:${hex.slice(1)}`, 'cannot be a digest'],
	['!!', '`docker.io/library/!!` cannot be the name of an image'],
	['', 'cannot be the name of an image'],
	['Debian', 'cannot be the name of an image'],
	['debian:', '`` cannot be a tag'],
	['debian:a b', '`a b` cannot be a tag'],
	['a::b', 'cannot be the name of an image'],
	['https://registry.example.com/a', 'cannot be the name of an image'],
	['--privileged', 'cannot be the name of an image'],
	['!.example.com/a', '`!.example.com` cannot be the host of a registry'],
] as const) {
	test(`\`${written}\` is no reference`, t => {
		t.true(explainWrittenReference(written)?.what.includes(what), explainWrittenReference(written)?.what);
	});
}
