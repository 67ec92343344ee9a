import test from 'ava';
import {sizeOf} from '../../../src/report/list-renderer.js';

test('a terminal that nobody sits before has a size too', t => {
	t.deepEqual(sizeOf({columns: 0, rows: 0}), {columns: 80, rows: 24});
	t.deepEqual(sizeOf({columns: 132, rows: 50}), {columns: 132, rows: 50});
});
