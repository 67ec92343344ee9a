import process from 'node:process';
import test from 'ava';
import {createContext} from '../../src/cli.js';
import {BuildError} from '../../src/errors.js';

test.serial('a working folder that is gone is told where it counts, and keeps nobody from the help', t => {
	const {cwd} = process;
	t.teardown(() => {
		process.cwd = cwd;
	});
	process.cwd = () => {
		throw new Error('ENOENT: no such file or directory, uv_cwd');
	};

	const {surroundings} = createContext(new AbortController().signal);
	t.throws(() => surroundings.workingFolder, {instanceOf: BuildError, code: 'STX0903'});
});
