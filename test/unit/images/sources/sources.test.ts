import test from 'ava';
import {BuildError} from '../../../../src/errors.js';
import {
	pinSources, planSource, sourceHandlers, sourceName, type SourceWanted,
} from '../../../../src/images/sources/index.js';

const [first, second] = ['a'.repeat(40), 'b'.repeat(40)];
const at = {file: 'x.stable_docker_image', line: 4};
const wanted = (url: string, ref: string, live = false): SourceWanted => ({
	url, ref, at, live,
});

/** A git host whose branches are these, and what was asked of it. */
function host(branches: Readonly<Record<string, string>>) {
	const asked: string[] = [];
	return {
		asked,
		async resolve(url: string, ref: string) {
			asked.push(`${url} ${ref}`);
			const commit = branches[`${url} ${ref}`];
			if (commit === undefined) {
				throw new BuildError('STX0912', `no ${ref}`, {at});
			}

			return {commit, ref: `refs/heads/${ref}`};
		},
	};
}

const quiet = {locked: [], frozen: false, note: () => undefined};

test('a branch is asked for once, and a commit means itself', async t => {
	const git = host({'https://git.example/x main': first});
	const notes: string[] = [];
	const {pinned} = await pinSources([wanted('https://git.example/x', 'main'), wanted('https://git.example/x', 'main'), wanted('https://git.example/y', second)], {...quiet, git, note: message => notes.push(message)});
	t.deepEqual([...pinned.values()].map(({commit}) => commit), [first, second]);
	t.deepEqual(git.asked, ['https://git.example/x main']);
	t.deepEqual(notes, [`\`main\` of https://git.example/x is commit ${first}`]);
});

test('W34: what is locked stays, whatever the branch is by now; no host is asked', async t => {
	const git = host({});
	const {pinned} = await pinSources([wanted('https://git.example/x', 'main')], {...quiet, git, locked: [{url: 'https://git.example/x', ref: 'main', commit: first}]});
	t.is(pinned.get('https://git.example/x main')!.commit, first);
	t.deepEqual(git.asked, []);
});

test('W53: a branch that has moved is seen where nothing is locked, as with --upgrade', async t => {
	const [before, now] = await Promise.all([first, second].map(async commit => pinSources([wanted('https://git.example/x', 'main')], {...quiet, git: host({'https://git.example/x main': commit})})));
	t.not(before!.pinned.get('https://git.example/x main')!.commit, now!.pinned.get('https://git.example/x main')!.commit);
});

test('W54: two repositories whose addresses end alike do not mix', async t => {
	const sources = [wanted('https://git.example/one/loci', 'main'), wanted('https://git.example/two/loci', 'main')];
	const {pinned} = await pinSources(sources, {...quiet, git: host({'https://git.example/one/loci main': first, 'https://git.example/two/loci main': second})});
	const steps = sources.map(source => planSource(pinned.get(sourceName(source))!));
	t.deepEqual(steps.map(({id}) => id), ['source:loci-aaaaaaaaaaaa', 'source:loci-bbbbbbbbbbbb']);
	t.not(steps[0]!.key, steps[1]!.key);
});

test('the same commit of two addresses is one source, as its tree is one', t => {
	const step = (url: string) => planSource({url, ref: 'main', commit: first});
	t.is(step('https://git.example/one/loci').key, step('https://mirror.example/loci.git/').key);
	t.is(step('https://git.example/one/loci').id, step('https://mirror.example/loci.git/').id);
});

test('a repository that somebody works in is asked each time, also with --frozen', async t => {
	const git = host({'file:///home/me/x HEAD': second});
	const {pinned} = await pinSources([wanted('file:///home/me/x', 'HEAD', true)], {
		...quiet, git, frozen: true, locked: [{url: 'file:///home/me/x', ref: 'HEAD', commit: first}],
	});
	t.is(pinned.get('file:///home/me/x HEAD')!.commit, second);
});

test('all that cannot be pinned is told at once, beside what can be', async t => {
	const frozen = await pinSources([wanted('https://me:secret@git.example/x', 'main'), wanted('https://git.example/y', 'main'), wanted('https://git.example/z', first)], {...quiet, git: host({}), frozen: true});
	t.deepEqual(frozen.problems.map(({code}) => code), ['STX0407', 'STX0407']);
	t.deepEqual([...frozen.pinned.keys()], [`https://git.example/z ${first}`]);
	t.false(JSON.stringify(frozen.problems.map(({message}) => message)).includes('secret'));
	const missing = await pinSources([wanted('https://git.example/x', 'a'), wanted('https://git.example/x', 'b'), wanted('https://git.example/x', 'c')], {...quiet, git: host({'https://git.example/x b': second})});
	t.deepEqual(missing.problems.map(({code, message}) => [code, message]), [['STX0912', 'no a'], ['STX0912', 'no c']]);
	t.is(missing.pinned.get('https://git.example/x b')!.commit, second);
});

test('the step of a source is done once, and again where the store has lost it', async t => {
	const tree = {commit: first, parts: []};
	const {'image.source': handler} = sourceHandlers({git: {fetch: async (_url, commit) => ({...tree, commit}), has: async found => found.commit === first}});
	const step = planSource({url: 'https://git.example/x', ref: 'main', commit: first});
	t.deepEqual(await handler!.run(step, {signal: new AbortController().signal} as never), tree);
	t.true(await handler!.holds(tree, step));
	t.false(await handler!.holds({...tree, commit: second}, step));
});
