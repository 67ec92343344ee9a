import test from 'ava';
import {planUpdatedName} from '../../../../src/images/update/plan-update-tag.js';
import {thrownBy} from '../../../_helpers/failure.js';

const name = (from: string, more: Partial<Parameters<typeof planUpdatedName>[1]> = {}): string => planUpdatedName(from, {defaultUser: 'me', ...more}).reference;

for (const [title, from, more, expected] of [
	['the next number', 'starlingx/stx-nova:master-debian-stable-20260714T041000Z.0', {}, 'starlingx/stx-nova:master-debian-stable-20260714T041000Z.1'],
	['a number that was asked for', 'starlingx/stx-nova:master-debian-stable-20260714T041000Z.1', {updateVersion: 7}, 'starlingx/stx-nova:master-debian-stable-20260714T041000Z.7'],
	['a number that bash takes for octal', 'u/a:b-2026.08', {}, 'u/a:b-2026.9'],
	['a port is no tag', 'r:5000/u/a:1.2', {}, 'r:5000/u/a:1.3'],
	['a number that is appended', 'u/a:stable', {updateVersion: 2}, 'u/a:stable.2'],
	['a version of a product counts no updates', 'starlingx/stx-snmp:stx.13.0-v1.0.2', {updateVersion: 1}, 'starlingx/stx-snmp:stx.13.0-v1.0.2.1'],
	['with its release', 'starlingx/stx-snmp:stx.13.0-v1.0.2-trixie', {updateVersion: 1}, 'starlingx/stx-snmp:stx.13.0-v1.0.2-trixie.1'],
	['and the next one does', 'starlingx/stx-snmp:stx.13.0-v1.0.2.1', {}, 'starlingx/stx-snmp:stx.13.0-v1.0.2.2'],
	['a digest is not part of the name', `u/a:x.0@sha256:${'a'.repeat(64)}`, {}, 'u/a:x.1'],
	['another name space', 'starlingx/stx-nova:x.0', {user: 'you'}, 'you/stx-nova:x.1'],
	['another registry, with the name space of the user', 'docker.io/starlingx/stx-nova:x.0', {registry: 'r:5000'}, 'r:5000/me/stx-nova:x.1'],
] as const) {
	test(`W71: the tag of an update: ${title}`, t => {
		t.is(name(from, more), expected);
	});
}

for (const [title, from, more, message] of [
	['no number to count from', 'u/a:stable', {}, /does not end in the number/],
	['the version of a product', 'starlingx/stx-snmp:stx.13.0-v1.0.2', {}, /does not end in the number/],
	['the tag of the image itself', 'u/a:x.3', {updateVersion: 3}, /the tag of the image itself/],
	['no tag', 'r:5000/u/a', {}, /has no tag/],
	['a digest alone', `u/a@sha256:${'a'.repeat(64)}`, {}, /has no tag/],
	['no name', 'U/a:x.0', {}, /cannot be the name/],
] as const) {
	test(`W71: there is no tag for an update: ${title}`, t => {
		const error = thrownBy(() => name(from, more));
		t.is(error.code, 'STX0642');
		t.is(error.exitCode, 2);
		t.regex(error.message, message);
		t.truthy(error.hint);
	});
}
