import test from 'ava';
import {describeCommands} from '../../src/cli.js';
import {formatHelp} from '../../src/help/index.js';
import {packageFolder, runCli} from '../_helpers/run-cli.js';

const here = {folder: packageFolder};

test('--help tells every command in a line, and goes to standard output', async t => {
	const {code, out, err} = await runCli(['--help'], here);
	t.is(code, 0);
	t.is(err, '');
	for (const {path, description} of describeCommands()) {
		t.regex(out, new RegExp(`^ {2}${path} +${description.replaceAll(' ', String.raw`\s+`)}$`, 'mv'));
	}
});

for (const {path, examples, options} of describeCommands()) {
	test(`${path} --help has its options and examples, in lines that fit a terminal`, async t => {
		const {code, out} = await runCli([...path.split(' '), '--help'], here);
		t.is(code, 0);
		for (const {names} of options) {
			t.true(out.includes(names.replaceAll(',', ', ')), names);
		}

		t.true(examples.length > 0, 'a command shows how it is used');
		for (const {command} of examples) {
			t.true(out.includes(`  ${command}\n`), command);
		}

		t.deepEqual(out.split('\n').filter(line => line.length > 80 && !line.startsWith('  stx-build ')), []);
		t.notRegex(out, /#\d/);
	});

	test(`the examples of ${path} are command lines that stx-build takes`, async t => {
		for (const {command} of examples) {
			const [program, ...words] = command.split(' ').map(word => word.replaceAll('\'', ''));
			t.is(program, 'stx-build');
			const {err} = await runCli([...words, ...(options.some(({names}) => names === '--config') ? ['--config', '/nonexistent'] : [])], {
				...here, async effects() {
					throw new Error('far enough');
				},
			});
			t.notRegex(err, /unsupported option|no command|positional/, err);
		}
	});
}

test('without a command, the help goes to standard error and the exit code is 2', async t => {
	const {code, out, err} = await runCli([], here);
	t.is(code, 2);
	t.is(out, '');
	t.regex(err, /Usage: stx-build COMMAND/);
});

test('a name that is no command or option is told with those that are near to it', async t => {
	for (const [line, message, hint] of [
		['imges', 'there is no command `imges`', 'did you mean `images`?'],
		['imges --service keystone', 'there is no command `imges`', 'did you mean `images`?'],
		['wheel', 'there is no command `wheel`', 'did you mean `wheels`?'],
		['lint', 'there is no command `lint`', 'did you mean `wheels lint`?'],
		['wheels lst', 'there is no command `wheels lst`', 'did you mean `wheels list`?'],
		['config', 'there is no command `config`', 'did you mean `config show`?'],
		['config shwo', 'there is no command `config shwo`', 'did you mean `config show`?'],
		['xyzzy', 'there is no command `xyzzy`', '`stx-build --help` tells the commands'],
		['--nope', 'a command is missing', '`stx-build --help` tells the commands'],
		['images keystone', 'stx-build images: it takes no word `keystone`', 'did you mean `--service keystone`?'],
		['wheels list keystone', 'stx-build wheels list: it takes no word `keystone`', 'did you mean `--service keystone`?'],
		['doctor docker', 'stx-build doctor: it takes no word `docker`', '`stx-build doctor --help` tells what it takes'],
		['images --servce x', 'stx-build images: it has no option `--servce`', 'did you mean `--service`?'],
		['images --os-codname trixie', 'stx-build images: it has no option `--os-codname`', 'did you mean `--os-codename`?'],
		['wheels lsit', 'there is no command `wheels lsit`', 'did you mean `wheels list`?'],
		['help wheels list x', 'stx-build help: it takes no word `x`', '`stx-build help --help` tells its options'],
		['wheels -- list', 'stx-build wheels: it takes no word `list`', '`stx-build wheels --help` tells its options'],
		['images --json=false', 'stx-build images: --json takes no value', '`stx-build images --help` tells its options'],
		['completion bash extra', 'stx-build completion: it takes no word `extra`', '`stx-build completion --help` tells its options'],
		['doctor --xyzzy', 'stx-build doctor: it has no option `--xyzzy`', '`stx-build doctor --help` tells its options'],
	] as const) {
		const {code, out, err} = await runCli(line.split(' '), here);
		t.is(code, 2, line);
		t.is(out, '', line);
		t.is(err, `error STX0001 ${message}\nhint: ${hint}\n`, line);
	}
});

test('`help` tells what --help tells, also of a command with two words, and as data', async t => {
	for (const [words, flags] of [[['help'], ['--help']], [['help', 'images'], ['images', '--help']], [['help', 'wheels', 'list'], ['wheels', 'list', '-h']], [['help', 'why'], ['why', 'keystone', '--help']]] as const) {
		const [help, flag] = await Promise.all([runCli(words, here), runCli(flags, here)]);
		t.is(help.code, 0);
		t.deepEqual(flag, help);
	}

	t.regex((await runCli(['help', 'images'], here)).out, /^stx-build images: /);
	const data = await runCli(['help', 'wheels', 'list', '--json'], here);
	t.like(JSON.parse(data.out), [{path: 'wheels list', options: [{names: '--json'}, {names: '--config'}, {names: '--service,--only'}]}]);
});

test('the help has the width of the terminal, from 40 to 100 columns, and commands to copy are whole', t => {
	const commands = describeCommands();
	for (const words of [[], ...commands.map(({path}) => path.split(' '))]) {
		for (const [columns, most] of [[undefined, 80], [20, 40], [40, 40], [64, 64], [100, 100], [300, 100]] as const) {
			const text = formatHelp(words, commands, {version: '1', columns});
			// A word that is longer than a line has one of its own.
			t.deepEqual(text.split('\n').filter(line => line.length > most && !line.startsWith('  stx-build ') && /\S +\S/v.test(line)), [], `${words.join(' ')}, ${columns ?? 'none'}`);
		}
	}
});

test('`wheels rebuild` takes names of wheels', async t => {
	t.regex((await runCli(['wheels', 'rebuild', '--help'], here)).out, /^Usage: stx-build wheels rebuild \[WHEEL\.\.\.\] \[options\]$/mv);
});

test('help of what is no command is an error', async t => {
	for (const words of [['nope', '--help'], ['help', 'nope'], ['wheels', 'nope', '--help'], ['images', 'nope', '-h']]) {
		const {code, out, err} = await runCli(words, here);
		t.is(code, 2, words.join(' '));
		t.is(out, '');
		t.regex(err, /^error STX0001 .*`(?:wheels )?nope`\nhint: /);
	}
});

test('what lacks behind a command is named', async t => {
	for (const [words, lack] of [
		['why', 'it needs IMAGE|WHEEL'],
		['wheels diff', 'it needs OLD [NEW]'],
		['wheels init', 'it needs --from FILE, the wheel list to begin with'],
		['wheels serve --port -1', '--port needs a value; one that begins with `-` is written as --port=VALUE'],
	] as const) {
		const {code, out, err} = await runCli(words.split(' '), here);
		t.is(code, 2);
		t.is(out, '');
		t.true(err.includes(`: ${lack}\n`), err);
	}
});
