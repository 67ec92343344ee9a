import test from 'ava';
import {parseLimits} from '../../../src/engine/parse-limits.js';

test('the hard limits', t => {
	t.deepEqual(parseLimits(`Limit                     Soft Limit           Hard Limit           Units     
Max cpu time              unlimited            unlimited            seconds   
Max processes             unlimited            unlimited            processes 
Max open files            1024                 20000                files     
`), {nofile: 20_000});
	t.deepEqual(parseLimits('Max processes             96343                96344                processes \n'), {nproc: 96_344});
});

test('none where nothing is said', t => {
	t.deepEqual(parseLimits(''), {});
});
