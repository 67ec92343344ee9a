import test from 'ava';
import {askFor, nearNames, suggestNames} from '../../src/near-names.js';

const images = ['stx-keystone', 'keystone', 'stx-keystone-api-proxy', 'glance', 'nova'];

test('names with other, more and fewer letters are near, and parts of names', t => {
	t.deepEqual(nearNames('keystne', images), ['keystone']);
	t.is(nearNames('KEYSTONE', images)[0], 'keystone');
	t.deepEqual(nearNames('glence', images), ['glance']);
	t.deepEqual(nearNames('oslo', ['oslo-config', 'oslo-policy', 'webob']), ['oslo-config', 'oslo-policy']);
	t.deepEqual(nearNames('keystonemiddleware', ['keystone']), ['keystone']);
	t.deepEqual(nearNames('--os-codname', ['--os', '--os-codename']), ['--os-codename'], 'a small part says nothing');
});

test('what is far from all has none, and of many the likeliest three are told', t => {
	t.deepEqual(nearNames('xyzzy', images), []);
	t.deepEqual(nearNames('ab', images), []);
	t.deepEqual(nearNames('name', ['nam', 'names', 'name1', 'named', 'name']), ['name', 'nam', 'name1']);
	t.deepEqual(nearNames('nova', ['nova', 'nova']), ['nova']);
});

test('a hint asks for what is near, and says something else where nothing is', t => {
	t.is(suggestNames('glence', images, 'there are more'), 'did you mean `glance`?');
	t.is(suggestNames('xyzzy', images, 'there are more'), 'there are more');
	t.is(askFor(['a', 'b']), 'did you mean `a` or `b`?');
	t.is(askFor([]), undefined);
});
