import test from 'ava';
import {parseLdd} from '../../../src/engine/parse-ldd.js';

test('libraries and the loader', t => {
	t.deepEqual(parseLdd(`\tlinux-vdso.so.1 (0x00007ffd4d5f2000)
\tlibtinfo.so.6 => /lib/x86_64-linux-gnu/libtinfo.so.6 (0x00007f0d0c9d4000)
\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f0d0c7f3000)
\t/lib64/ld-linux-x86-64.so.2 (0x00007f0d0cb5e000)
`), ['/lib/x86_64-linux-gnu/libtinfo.so.6', '/lib/x86_64-linux-gnu/libc.so.6', '/lib64/ld-linux-x86-64.so.2']);
});

test('a static program has none', t => {
	t.deepEqual(parseLdd('\tnot a dynamic executable\n'), []);
	t.deepEqual(parseLdd('\tstatically linked\n'), []);
});
