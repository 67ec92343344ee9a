import test from 'ava';
import {describeCommands} from '../../../src/cli.js';
import {
	describeCommandLine, formatCompletion, shells, type Described,
} from '../../../src/completion/index.js';

const option = (names: string, value = '', meaning = 'something') => ({names, value, meaning});
const described: readonly Described[] = [
	{
		path: 'wheels', description: 'make wheels', rest: '', options: [option('--only', 'WHEELS'), option('--dry-run,-n')], settings: [option('--engine', 'NAME', 'container engine (auto, docker)')],
	},
	{
		path: 'wheels why', description: 'say why', rest: 'IMAGE|WHEEL', options: [option('--without', 'LIST', 'parts (wheels, base)'), option('--push', 'TEXT', 'text (default: none)')], settings: [],
	},
	{
		path: 'config show', description: 'show', rest: '[FILE...]', options: [], settings: [],
	},
];

test('what stands for a value in the help says how it is completed', t => {
	const [program, wheels, why, show] = describeCommandLine(described);
	t.deepEqual(program!.options.flatMap(({names}) => names), ['--help', '-h', '--version']);
	t.deepEqual(wheels!.options.map(({names, values}) => [names, values]), [
		[['--only'], {kind: 'list', of: ['wheels']}], [['--dry-run', '-n'], undefined], [['--engine'], {kind: 'words', words: ['auto', 'docker']}], [['--help', '-h'], undefined],
	]);
	t.is(wheels!.operands, undefined);
	t.deepEqual(why!.operands, {kind: 'names', of: ['images', 'wheels']});
	t.deepEqual(why!.options.slice(0, 2).map(({values}) => values), [{kind: 'word-list', words: ['wheels', 'base']}, {kind: 'anything'}]);
	t.deepEqual(show!.operands, {kind: 'files'});
});

test('every command and every option of stx-build is in each script', t => {
	for (const shell of shells) {
		const script = formatCompletion(shell, describeCommands());
		for (const {path, options, settings} of describeCommands()) {
			t.true(script.includes(`'${path}'`) || script.includes(`"${path}"`) || script.includes(String.raw`\"${path}\"`), `${shell}: ${path}`);
			for (const name of [...options, ...settings].flatMap(({names}) => names.split(','))) {
				t.true(script.includes(name) || (shell === 'fish' && script.includes(name.startsWith('--') ? `-l ${name.slice(2)} ` : `-s ${name.slice(1)} `)), `${shell}: ${name}`);
			}
		}
	}
});
