import path from 'node:path';
import {Command, Option} from 'clipanion';
import {BuildError} from '../errors.js';
import {wheelsTarball} from '../workspace/index.js';
import {SettingsCommand} from './base-command.js';
import {one} from './shared-options.js';

export class WheelsServeCommand extends SettingsCommand {
	static override readonly paths = [['wheels', 'serve']];
	static override readonly usage = Command.Usage({
		category: 'Look',
		description: 'serve the wheels tarball, and an index of its wheels, over HTTP',
		details: 'Writes the address on standard output when it listens, a line for each request on standard error, and runs until Ctrl+C or SIGTERM, which end it with exit code 0. Below the address are the tarball under its name, for LOCI; simple/, an index for pip and uv (`pip install --index-url ADDRESS/simple/ …`; PEP 503, 691, 658); and upper-constraints.txt. The next build may replace the tarball meanwhile: the requests that come then get the new one. There is no password and no TLS: what is in the tarball is for everybody who reaches the address.',
		examples: [
			['On this machine, on any free port', 'stx-build wheels serve'],
			['For other machines and containers', 'stx-build wheels serve --address 0.0.0.0 --port 8088'],
			['Another tarball', 'stx-build wheels serve --wheels ./stx-debian-stable-wheels.tar'],
		],
	});

	address = Option.String('--address', '127.0.0.1', {description: 'ADDRESS: address or name to listen on; 0.0.0.0 for all of this machine (default: 127.0.0.1)'});
	port = Option.String('--port', '0', {description: 'N: port to listen on (default: any that is free)'});
	wheels = Option.String('--wheels', {description: 'FILE: wheels tarball (default: that of the workspace)'});

	protected override get endsWhenInterrupted(): boolean {
		return true;
	}

	override async run(): Promise<number> {
		const {surroundings, signal, stderr, listen} = this.context;
		const port = parsePort(this.port);
		const given = one('--wheels', 'tarball', this.wheels);
		const {settings} = await this.readSettings();
		const file = given === undefined ? wheelsTarball(settings) : path.resolve(surroundings.workingFolder, given);
		const {formatOutcome, serveWheels} = await import('../wheels/index.js');
		const log = (line: string): void => {
			stderr.write(`${line}\n`);
		};

		const {url, tarball, ended} = await serveWheels({file, address: this.address, port}, {
			listen,
			signal,
			answered(request, outcome) {
				log(formatOutcome(request, outcome));
			},
			changed({wheels, sha256}) {
				log(`${file} is another one now: ${wheels.size} wheels, sha256:${sha256}`);
			},
		});
		const own = reachable(url);
		const places = {url: own, index: `${own}simple/`, tarball: `${own}${encodeURIComponent(tarball.filename)}`};
		if (this.json) {
			this.print(JSON.stringify({
				...places, file, digest: `sha256:${tarball.sha256}`, wheels: tarball.wheels.size,
			}));
		} else {
			this.print(own);
			log(`serving ${tarball.wheels.size} wheels of ${file}${own === url ? '' : ', on all addresses of this machine'}; Ctrl+C ends it`);
			log(`  pip and uv: --index-url ${places.index}`);
			log(`  LOCI:       --build-arg WHEELS=${places.tarball}`);
		}

		await ended;
		return 0;
	}
}

function parsePort(text: string): number {
	const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
	if (!(port <= 65_535)) {
		throw new BuildError('STX0001', `\`${text}\` is not a port`, {hint: '--port takes a number up to 65535; 0 stands for any port that is free'});
	}

	return port;
}

/** The address by which this machine reaches the server: nothing is sent to the one that stands for all. */
const reachable = (url: string): string => url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:');
