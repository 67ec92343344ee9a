import test from 'ava';
import {describeCommands} from '../../src/cli.js';
import {packageFolder, runCli} from '../_helpers/run-cli.js';

const here = {folder: packageFolder};

test('--help tells every command in a line, and goes to standard output', async t => {
	const {code, out, err} = await runCli(['--help'], here);
	t.is(code, 0);
	t.is(err, '');
	for (const {path, description} of describeCommands()) {
		t.regex(out, new RegExp(`^ {2}${path} +${description}$`, 'mv'));
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

		t.deepEqual(out.split('\n').filter(line => line.length > 110), []);
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

test('an unknown command and an unknown option are told in one line with a hint', async t => {
	const command = await runCli(['imagse'], here);
	t.is(command.code, 2);
	t.is(command.out, '');
	t.is(command.err, 'error STX0001 there is no command `imagse`\nhint: `stx-build --help` tells the commands\n');
	const option = await runCli(['images', '--servce', 'x'], here);
	t.is(option.code, 2);
	t.regex(option.err, /^error STX0001 stx-build images: .*--servce.*\nhint: .*images --help/);
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
