import test from 'ava';
import {createTarget, normalizeName} from '../../../../src/python/index.js';
import {explainPipFailure} from '../../../../src/wheels/check/explain-pip-failure.js';

const target = createTarget({python: '3.13', glibc: '2.41', arch: 'amd64'});
const membersOf = (wheels: Readonly<Record<string, readonly string[]>>) => new Map(Object.entries(wheels).map(([name, requiresDist]) => [normalizeName(name), {name, version: '1.0', requiresDist}]));

test('what lacks is named with its chain, before what pip says', t => {
	const output = 'Processing ./a.whl\nERROR: Could not find a version that satisfies the requirement gone (from b) (from versions: none)\nERROR: No matching distribution found for gone\n';
	t.is(explainPipFailure(output, {requirements: ['a'], members: membersOf({a: ['b'], b: ['gone']}), target}), `no wheel of \`gone\` (a -> b -> gone)
pip: ERROR: Could not find a version that satisfies the requirement gone (from b) (from versions: none)
pip: ERROR: No matching distribution found for gone`);
});

test('where the wheels are complete, the chain to what pip names is told', t => {
	const members = membersOf({a: ['b'], b: ['c'], c: []});
	const said = (line: string) => explainPipFailure(`${line}\n`, {requirements: ['a'], members, target}).split('\n')[0];
	t.is(said('ERROR: Package \'c\' requires a different Python: 3.13.5 not in \'<3.10\''), 'asked for by a -> b -> c');
	t.is(said('ERROR: Could not find a version that satisfies the requirement C==2 (from versions: 1.0)'), 'asked for by a -> b -> c');
	t.is(said('    a 1.0 depends on c'), 'asked for by a -> b -> c');
	t.is(said('b 1.0 has requirement c>2, but you have c 1.0.'), 'asked for by a -> b -> c');
	t.is(said('b 1.0 requires c, which is not installed.'), 'asked for by a -> b -> c');
	t.is(said('something else'), 'pip: something else');
});
