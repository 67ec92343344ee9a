import process from 'node:process';
import {main} from './cli.js';

// Builds run as another user, and read what was unpacked and written for them. What is secret has a mode of its own.
process.umask(0o022);
process.exitCode = await main(process.argv.slice(2));
