import test from 'ava';
import {withTemporaryFolder} from '../../src/system/index.js';
import {writeFiles} from '../_helpers/engines.js';
import {fakeEffects} from '../_helpers/fake-effects.js';
import {runCli} from '../_helpers/run-cli.js';

test('each image is told once with the places that ask for it; what could not be read is a note, and exit code 1', async t => {
	await withTemporaryFolder('commands', async folder => {
		const image = 'docker.io/starlingx/stx-keystone:1';
		const values = `images:\n  tags:\n    api: ${image}\n    db: ${image}\n`;
		await writeFiles(folder, {'chart/Chart.yaml': 'name: keystone\n', 'chart/values.yaml': values, 'broken.yaml': 'a: ['});
		const options = {folder, effects: async () => fakeEffects()};
		const people = await runCli(['tags', 'report', 'chart'], options);
		t.is(people.code, 0, people.err);
		t.regex(people.out, /^docker\.io\/starlingx\/stx-keystone:1\n {2}\S*values\.yaml:3 {2}images\.tags\.api\n {2}\S*values\.yaml:4 {2}images\.tags\.db\n1 images in \d+ files\n$/v);

		const data = await runCli(['tags', 'report', 'chart', 'broken.yaml', '--json'], options);
		t.is(data.code, 1);
		t.is(data.err, 'broken.yaml: not read: it is not YAML\n');
		const {images} = JSON.parse(data.out) as {readonly images: ReadonlyArray<{readonly image: string; readonly line: number}>};
		t.deepEqual(images.map(found => [found.image, found.line]), [[image, 3], [image, 4]]);

		const missing = await runCli(['tags', 'report', 'nothing.tgz'], options);
		t.not(missing.code, 0);
		t.regex(missing.err, /^error STX0644 /v);
	});
});
