import {
	cp, mkdir, readFile, writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {
	formatRatio, formatSeconds, timeChecked, timeCommand, type Benchmark, type Row,
} from './benchmark.js';

/** What StarlingX's own builder has of Debian, but for python3-nss, which only its own repository has. */
const packages = `
	bzip2 cython3 g++ gcc git libev-dev liberasurecode-dev libffi-dev libkrb5-dev libldap2-dev libmariadb-dev libnss3-dev libpcre2-dev libpq-dev libsasl2-dev libsystemd-dev
	libvirt-dev libxml2-dev libxslt1-dev make pkg-config python3 python3-dev python3-pip python3-setuptools python3-setuptools-scm python3-wheel swig unzip wget zip
`.trim().split(/\s+/);

/** A project that is built in a second: with its build the base image and a builder are there. */
const small = 'simplegeneric-0.8.1-py3-none-any.whl|zip|https://files.pythonhosted.org/packages/3d/57/4d9c9e3ae9a255cd4e1106bb57e24056d3d0709fc01b2e3e345898e49d5b/simplegeneric-0.8.1.zip|simplegeneric-0.8.1\n';

/** Another version of a project of the list, for the line that changes. */
const changed = {project: 'smmap', line: 'smmap-5.0.1-py3-none-any.whl|tar|https://files.pythonhosted.org/packages/88/04/b5bf6d21dc4041000ccba7eb17dd3055feb237e7ffc2c20d3fae3af62baa/smmap-5.0.1.tar.gz|smmap-5.0.1'};

const container = 'stx-build-bench-starlingx';

export const starlingxList: Benchmark = {
	name: 'starlingx-list',
	title: 'StarlingX\'s own list of wheels',
	about: 'The trixie list of a checkout of starlingx/root, everything from source as the list says, downloads included, with nothing cached on either side; the base image, the compilers and Debian\'s packages for single builds are there before, on both sides. `docker-build-wheel.sh` runs in a container of the same Debian with the packages of StarlingX\'s own builder; lines of git are left out on both sides, since a git host is not part of the machine. It resolves nothing, verifies nothing, and builds one wheel after the other on the builder\'s own setuptools. stx-build locks, verifies, builds each in a clean environment without network, and packs the tarball.',
	async run({stxBuild, scratch, starlingx, project, say}) {
		if (starlingx === undefined) {
			return [{what: 'not measured: it takes a checkout', result: '`npm run bench -- --starlingx FOLDER starlingx-list`'}];
		}

		const theirs = path.join(starlingx, 'build-tools', 'build-wheels');
		const list = path.join(theirs, 'debian-trixie', 'stable-wheels.cfg');
		const text = (await readFile(list, 'utf8')).split('\n').filter(line => !line.includes('|git|')).join('\n');
		const [cache, workspace] = [path.join(scratch, 'cache'), path.join(scratch, 'workspace')];
		const common = ['--skip', '*', '--engine', 'buildah', '--cache-dir', cache, '--allow-unusable'] as const;
		const settings = await readFile(path.join(project, 'wheels', 'build-settings.ini'), 'utf8');
		const runOurs = async (name: string, lines: string, ...more: readonly string[]) => {
			const config = path.join(scratch, name);
			const place = path.join(config, 'wheels', 'debian-trixie');
			await mkdir(place, {recursive: true});
			await cp(path.join(project, 'wheels', 'debian-trixie'), place, {recursive: true});
			await writeFile(path.join(place, 'stable-wheels.cfg'), lines);
			const timed = await timeCommand([...stxBuild, 'wheels', ...common, '--config', config, '--workspace', path.join(workspace, name), '--json', ...more]);
			if (timed.exitCode !== 0) {
				say(timed.stderr);
			}

			return timed;
		};

		/** The base image and all builders, by builds of the small project with the packages of each build that has some. */
		const makeBuilders = async (name: string, ...more: readonly string[]): Promise<void> => {
			await runOurs(name, small, ...more);
			for (const packages of new Set([...settings.matchAll(/^system-packages = (?<packages>.+)$/gm)].map(match => match.groups!.packages!))) {
				await mkdir(path.join(scratch, name, 'wheels'), {recursive: true});
				await writeFile(path.join(scratch, name, 'wheels', 'build-settings.ini'), `[simplegeneric]\nsystem-packages = ${packages}\nreason = its builder is there before\n`);
				await runOurs(name, small, ...more);
			}
		};

		say('the base image and the builders');
		await timeChecked([...stxBuild, 'base', '--engine', 'buildah', '--cache-dir', cache, '--workspace', path.join(workspace, 'base')]);
		await makeBuilders('small');
		const base = await findBase();

		say('docker-build-wheel.sh');
		const out = path.join(scratch, 'theirs');
		await mkdir(out);
		const lines = path.join(scratch, 'wheels.cfg');
		await writeFile(lines, text);
		const certificates = process.env.SSL_CERT_FILE ?? '/etc/ssl/certs/ca-certificates.crt';
		await timeChecked(['buildah', 'from', '--name', container, base]);
		const inside = ['buildah', 'run', '--isolation', 'chroot', '--env', 'DEBIAN_FRONTEND=noninteractive'] as const;
		let script;
		try {
			await timeChecked([...inside, container, '--', 'apt-get', 'update']);
			await timeChecked([...inside, container, '--', 'apt-get', 'install', '--yes', '--no-install-recommends', '--no-install-suggests', ...packages]);
			script = await timeCommand([...inside, '--volume', `${certificates}:/etc/ssl/certs/ca-certificates.crt:ro`, '--volume', `${path.join(theirs, 'docker-common', 'docker-build-wheel.sh')}:/docker-build-wheel.sh:ro`, '--volume', `${lines}:/wheels.cfg:ro`, '--volume', `${out}:/wheels`, container, '--', 'bash', '/docker-build-wheel.sh']);
		} finally {
			await timeCommand(['buildah', 'rm', container]);
		}

		const missed = await readFile(path.join(out, 'failed.lst'), 'utf8').catch(() => '');
		const rows: Row[] = [{what: `\`docker-build-wheel.sh\`, ${missed.split('\n').length - 1} wheels not made`, result: formatSeconds(script.seconds)}];
		const tell = (what: string, {seconds, exitCode}: {readonly seconds: number; readonly exitCode: number}, most?: number): void => {
			const ratio = seconds / script.seconds;
			rows.push({
				what: `${what}${exitCode === 0 ? '' : ', with failures'}`, result: formatSeconds(seconds), beside: `\`docker-build-wheel.sh\`, ${formatRatio(ratio)}`, ...(most !== undefined && {limit: {text: `${most}×`, isKept: exitCode === 0 && ratio <= most}}),
			});
		};

		say('stx-build, from source');
		tell('`stx-build wheels`: locked, verified, built from source, packed', await runOurs('source', text), 0.6);
		tell('again, nothing changed', await runOurs('source', text));
		tell('one line changed', await runOurs('source', text.split('\n').map(line => line.startsWith(`${changed.project}-`) ? changed.line : line).join('\n')));
		say('stx-build, wheels of the index where it has the same version');
		const elsewhere = ['--cache-dir', path.join(scratch, 'index-cache')] as const;
		await makeBuilders('index-small', ...elsewhere);
		tell('the index\'s wheels where it has the same version', await runOurs('index', text, '--from-index', 'all', ...elsewhere), 0.1);
		return rows;
	},
};

/** The base image: any that was made of the same Debian will do. */
async function findBase(): Promise<string> {
	const {stdout} = await timeChecked(['buildah', 'images', '--json']);
	const images = JSON.parse(stdout) as ReadonlyArray<{readonly names?: readonly string[] | null}>;
	return images.flatMap(({names}) => names ?? []).find(name => name.includes('/base-debian-trixie:'))!;
}
