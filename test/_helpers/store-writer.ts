/**
A process that works on a store beside others, for test/integration/store-processes.test.ts.
Usage: node --import=tsx store-writer.ts FOLDER SEED

Adds the same hundred contents as every other one, each verified after it was added, and keeps a result for each.
*/
import {Buffer} from 'node:buffer';
import {Readable} from 'node:stream';
import {buffer} from 'node:stream/consumers';
import process from 'node:process';
import {keyOf} from '../../src/plan/index.js';
import {createStore} from '../../src/system/index.js';

const [folder, seed] = process.argv.slice(2);
const store = createStore(folder!);
const order = Array.from({length: 100}, (_, index) => ((index * 37) + Number(seed)) % 100);
await Promise.all(order.map(async number => {
	const bytes = Buffer.alloc(20_000, `content ${number} `);
	const {digest, size} = await store.add(Readable.from([bytes.subarray(0, 7000), bytes.subarray(7000)]));
	if (!(await buffer(store.open(digest))).equals(bytes) || size !== bytes.length) {
		throw new Error(`content ${number} is not what was added`);
	}

	await store.keep(keyOf(number), {digest, size});
}));
