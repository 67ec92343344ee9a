/** The choice of an engine and its probe, on real engines. */
import test from 'ava';
import {probeEngines, selectEngine} from '../../src/engine/index.js';
import {engineNames, run} from '../_helpers/engines.js';
import {needs} from '../_helpers/needs.js';

for (const name of engineNames) {
	test(`${name}: it is chosen by trying, and all of its probe is well`, async t => {
		if (!needs(t, {engine: name, root: true})) {
			return;
		}

		const engine = await selectEngine({preferred: name, run});
		t.is(engine.name, name);
		t.truthy(engine.facts.version);
		t.truthy(engine.facts.storage);
		const checks = await probeEngines({preferred: name, run});
		t.deepEqual(checks.filter(({ok}) => !ok), []);
		t.deepEqual(checks.map(check => check.name), [name, ...['import', 'build', 'network', 'isolation', 'storage'].map(part => `${name}: ${part}`)]);
	});
}

test('auto chooses an engine that works', async t => {
	if (!needs(t, {engine: 'buildah', root: true})) {
		return;
	}

	const engine = await selectEngine({preferred: 'auto', run});
	t.true(engineNames.includes(engine.name));
});
