import test from 'ava';
import {BuildError} from '../../../src/errors.js';
import {isWheelMetadata, onlyMetadata} from '../../../src/python/index.js';

test('METADATA is what lies in a folder .dist-info at the top', t => {
	t.true(isWheelMetadata('demo-1.0.dist-info/METADATA'));
	for (const member of ['METADATA', 'demo/METADATA', 'demo/vendored-1.0.dist-info/METADATA', 'demo-1.0.dist-info/METADATA/', 'demo-1.0.dist-info/metadata', 'demo-1.0.dist-info/METADATA.bak']) {
		t.false(isWheelMetadata(member), member);
	}
});

test('a wheel has one METADATA, and neither none nor several', t => {
	t.is(onlyMetadata(['text'], 'demo.whl', {file: 'demo.whl'}), 'text');
	for (const found of [[], ['text', 'text']]) {
		const error = t.throws(() => onlyMetadata(found, 'demo.whl', {file: 'demo.whl'}), {instanceOf: BuildError, code: 'STX0416'});
		t.is(error.message, `\`demo.whl\` has ${found.length} METADATA files instead of one`);
		t.deepEqual(error.at, [{file: 'demo.whl'}]);
	}
});
