import {readFile} from 'node:fs/promises';
import test from 'ava';
import {keyOf, type Step} from '../../../../src/plan/index.js';
import {normalizeName} from '../../../../src/python/index.js';
import {parseBuildSettings} from '../../../../src/wheels/inputs/parse-build-settings.js';
import {parseExceptions} from '../../../../src/wheels/rebuild/parse-exceptions.js';
import {planRebuilds, type RebuildInputs} from '../../../../src/wheels/rebuild/plan-rebuilds.js';
import {problemsOf, thrownBy} from '../../../_helpers/failure.js';
import {buildInputs} from '../../../_helpers/wheel-effects.js';

const step = (id: string, parts: Partial<Step> = {}): Step => ({
	id, kind: id.split(':')[0]!, title: id, group: 'wheels', needs: [], key: keyOf(id), inputs: {}, uses: 'cpu', ...parts,
});

const builderInputs = {
	base: {step: 'base'}, packages: ['gcc'], folder: '/wheels/builder', python: '3.13',
};

const steps: readonly Step[] = [
	step('wheels.builder', {inputs: builderInputs}),
	step('wheels.builder:libev-dev', {kind: 'wheels.builder', needs: ['wheels.builder'], inputs: {...builderInputs, base: {step: 'wheels.builder'}, packages: ['libev-dev']}}),
	step('fetch:a'),
	...(['a', 'b', 'c'] as const).map(name => step(`build:${name}-1`, {
		kind: 'wheels.build',
		needs: [...(name === 'c' ? ['wheels.builder:libev-dev'] : []), 'wheels.builder', 'fetch:a'],
		takes: {processors: 2},
		weight: 7,
		inputs: buildInputs({
			name: normalizeName(name), version: '1', builder: name === 'c' ? 'wheels.builder:libev-dev' : 'wheels.builder', environmentBuilder: 'wheels.builder',
		}),
	})),
];

test('each build is done again in its builder, with another clock', t => {
	const exceptions = new Map([[normalizeName('b'), {reason: 'time', at: {file: 'x.ini', line: 3}}]]);
	const planned = planRebuilds({steps, names: [], exceptions});
	t.deepEqual(planned.map(({id, kind, needs, target}) => [id, kind, needs, target]), [
		['wheels.builder:clock', 'wheels.builder', ['wheels.builder'], undefined],
		['wheels.builder:libev-dev:clock', 'wheels.builder', ['wheels.builder:libev-dev'], undefined],
		['rebuild:a-1', 'wheels.rebuild', ['build:a-1', 'wheels.builder:clock', 'wheels.builder', 'fetch:a'], true],
		['rebuild:b-1', 'wheels.rebuild', ['build:b-1', 'wheels.builder:clock', 'wheels.builder', 'fetch:a'], true],
		['rebuild:c-1', 'wheels.rebuild', ['build:c-1', 'wheels.builder:libev-dev:clock', 'wheels.builder', 'fetch:a'], true],
	]);
	const inputs = planned.at(-2)!.inputs as RebuildInputs;
	t.deepEqual([inputs.build.builder, inputs.wheel, inputs.exception?.reason], ['wheels.builder:clock', 'build:b-1', 'time']);
	t.deepEqual([planned.at(-1)!.takes, planned.at(-1)!.weight], [{processors: 2}, 7]);
});

test('only what is named, and nothing that is not built here', t => {
	t.deepEqual(planRebuilds({steps, names: ['C'], exceptions: new Map()}).map(({id}) => id), ['wheels.builder:libev-dev:clock', 'rebuild:c-1']);
	t.deepEqual(problemsOf(thrownBy(() => planRebuilds({steps, names: ['a', 'x', 'y'], exceptions: new Map()}))).map(({code, message}) => [code, message]), [
		['STX0415', '`x` is not built from source here'], ['STX0415', '`y` is not built from source here'],
	]);
	t.regex(thrownBy(() => planRebuilds({steps: [], names: ['x'], exceptions: new Map()})).hint!, /--from-source/v);
});

test('exceptions have a reason', t => {
	t.deepEqual([...parseExceptions('# none\n[Some.Thing]\nreason = it writes the time\n', 'x.ini')] as unknown, [['some-thing', {reason: 'it writes the time', at: {file: 'x.ini', line: 2}}]]);
	t.deepEqual(problemsOf(thrownBy(() => parseExceptions('[a]\n[b]\nreason = so\nuntil = 2027\n[!]\nreason = x\n', 'x.ini'))).map(({message}) => message), [
		'[a] has no `reason`', '`until` is not a key of [b]', '[!] is not the name of a distribution',
	]);
});

test('the exceptions that ship are told in docs/wheels.md', async t => {
	const [shipped, page] = await Promise.all(['wheels/not-reproducible.ini', 'docs/wheels.md'].map(async file => readFile(file, 'utf8'))) as [string, string];
	const told = new Set(page.slice(page.indexOf('## Reproducible'), page.indexOf('## Closed')).split('`'));
	const untold = [...parseExceptions(shipped, 'not-reproducible.ini').keys()].filter(name => !told.has(name));
	t.deepEqual(untold, []);
});

test('the build settings in docs/wheels.md are read as they stand there', async t => {
	const page = await readFile('docs/wheels.md', 'utf8');
	const block = /^```ini\n(?<ini>\[cassandra-driver\]\n.*?)^```$/msv.exec(page)!.groups!.ini!;
	const [settings] = parseBuildSettings(block, 'build-settings.ini').values();
	t.like(settings!, {processors: 'all', systemPackages: ['libev-dev'], memory: 1024});
});
