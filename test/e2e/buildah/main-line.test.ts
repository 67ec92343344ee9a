import test from 'ava';
import {testMainLine} from '../../_helpers/main-line.js';

const inPlace = testMainLine(test, 'buildah');

inPlace('placement needs no change to code', async (t, place) => {
	const result = await place.run(['images', '--service', 'placement']);
	t.is(result.code, 0, result.err);
	const {verify: {checks}} = await place.record('stx-placement');
	t.true(checks.some(({check, status}) => check.includes('GET /') && status === 'passed'));
});
