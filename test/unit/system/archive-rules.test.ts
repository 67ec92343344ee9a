import test from 'ava';
import fc from 'fast-check';
import {BuildError} from '../../../src/errors.js';
import {
	createGuard, normalizeMemberName, resolveLink, type Member,
} from '../../../src/system/archive-rules.js';

const member = (name: string, kind: Member['kind'] = 'file', target?: string): Member => ({
	name, kind, size: 0, executable: false, modified: new Date(0), ...(target !== undefined && {target}),
});

const refusedName = test.macro({
	exec(t, name: string, message: RegExp) {
		t.throws(() => normalizeMemberName(name, 'a.tar'), {instanceOf: BuildError, code: 'STX0907', message});
	},
	title: (_title: string | undefined, name: string) => `the name ${JSON.stringify(name.slice(0, 30))} is refused`,
});

test(refusedName, '/etc/passwd', /absolute/);
test(refusedName, '//etc/passwd', /absolute/);
test(refusedName, 'C:/windows', /absolute/);
test(refusedName, '../x', /out of the folder/);
test(refusedName, 'a/../../x', /out of the folder/);
test(refusedName, 'a/..', /out of the folder/);
test(refusedName, String.raw`a\..\x`, /backslash/);
test(refusedName, 'a\0b', /control/);
test(refusedName, 'a\nb', /control/);
test(refusedName, 'x'.repeat(256), /too long/);
test(refusedName, 'x/'.repeat(2500), /too long/);

test('names are made equal that mean the same', t => {
	t.is(normalizeMemberName('./a//b/./c/', 'a.tar'), 'a/b/c');
	t.is(normalizeMemberName('./', 'a.tar'), undefined);
	t.is(normalizeMemberName('..a/b..', 'a.tar'), '..a/b..');
	t.is(normalizeMemberName('ä/ö', 'a.tar'), 'ä/ö');
});

test('what is accepted stays below the folder', t => {
	const part = fc.oneof(fc.constantFrom('.', '..', '', '/', 'a', '\\', 'C:', '\0'), fc.string({maxLength: 5}));
	fc.assert(fc.property(fc.array(part, {maxLength: 6}), parts => {
		const name = parts.join('/');
		try {
			const normal = normalizeMemberName(name, 'a.tar');
			return normal === undefined || (!normal.startsWith('/') && !normal.split('/').some(piece => piece === '' || piece === '.' || piece === '..'));
		} catch (error) {
			return error instanceof BuildError;
		}
	}));
	t.pass();
});

test('a member is there once, but a folder may be named again', t => {
	const guard = createGuard('a.tar', 100);
	guard.member(member('a', 'folder'));
	guard.member(member('a', 'folder'));
	guard.member(member('a/b'));
	t.throws(() => {
		guard.member(member('a/b'));
	}, {code: 'STX0907', message: /twice/});
});

test('nothing lies below a file or a link, in either order', t => {
	for (const kind of ['file', 'symlink'] as const) {
		const before = createGuard('a.tar', 100);
		before.member(member('a', kind, 'b'));
		t.throws(() => {
			before.member(member('a/b/c'));
		}, {code: 'STX0907', message: /lies below `a`/});

		const after = createGuard('a.tar', 100);
		after.member(member('a/b/c'));
		t.throws(() => {
			after.member(member('a', kind, 'b'));
		}, {code: 'STX0907', message: /and a folder/});
	}
});

test('a hard link is to a file that came before', t => {
	const guard = createGuard('a.tar', 100);
	guard.member(member('a'));
	guard.member(member('b', 'hardlink', 'a'));
	guard.member(member('c', 'hardlink', 'b'));
	guard.member(member('folder', 'folder'));
	for (const [index, target] of ['absent', '', 'folder', 'd3'].entries()) {
		t.throws(() => {
			guard.member(member(`d${index}`, 'hardlink', target));
		}, {code: 'STX0907', message: /hard link/});
	}
});

test('members and bytes are counted', t => {
	const guard = createGuard('a.tar', 10, {members: 2, bytes: 100});
	guard.member(member('a'));
	guard.member(member('b'));
	t.throws(() => {
		guard.member(member('c'));
	}, {code: 'STX0907', message: /more than 2 members/});
	guard.unpacked(100);
	t.throws(() => {
		guard.unpacked(1);
	}, {code: 'STX0907', message: /more than 100 bytes/});
});

test('a small archive that unpacks to much is a bomb, one that is large is not', t => {
	const mega = 2 ** 20;
	createGuard('a.tar', mega, {ratio: 100}).unpacked(100 * mega);
	t.throws(() => {
		createGuard('a.tar', mega - 1, {ratio: 100}).unpacked(100 * mega);
	}, {message: /100 times/});
	createGuard('a.tar', 1, {ratio: 100}).unpacked(mega);
	t.pass();
});

const escapes = test.macro({
	exec(t, links: Record<string, string>, name: string, expected: string | undefined) {
		t.is(resolveLink(name, new Map(Object.entries(links))), expected);
	},
	title: (_title: string | undefined, links: Record<string, string>, name: string, expected: string | undefined) => `of ${JSON.stringify(links)}, ${name} ends ${expected === undefined ? 'nowhere in the folder' : `at '${expected}'`}`,
});

test(escapes, {a: 'b'}, 'a', 'b');
test(escapes, {'x/a': '../b'}, 'x/a', 'b');
test(escapes, {a: '.'}, 'a', '');
test(escapes, {a: '..'}, 'a', undefined);
test(escapes, {a: '/etc'}, 'a', undefined);
test(escapes, {a: ''}, 'a', undefined);
test(escapes, {'x/a': '../../b'}, 'x/a', undefined);
test(escapes, {a: 'b', b: 'a'}, 'a', undefined);
test(escapes, {a: 'a/b'}, 'a', undefined);
test(escapes, {'a/b/c/x': '../../../top', y: 'a/b/c/x/../..'}, 'y', undefined);
test(escapes, {x: 'd/e', y: 'x/..'}, 'y', 'd');

test('a link that is accepted ends in the folder', t => {
	const name = fc.constantFrom('a', 'b', 'a/c', 'b/d/e', 'f');
	const target = fc.array(fc.constantFrom('..', '.', 'a', 'b', 'c', 'd', 'e', 'f'), {minLength: 1, maxLength: 5}).map(parts => parts.join('/'));
	fc.assert(fc.property(fc.dictionary(name, target), links => Object.keys(links).every(link => {
		const end = resolveLink(link, new Map(Object.entries(links)));
		return end === undefined || (!end.startsWith('/') && !end.split('/').includes('..'));
	})));
	t.pass();
});
