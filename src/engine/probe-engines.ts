/**
Tries what stx-build asks of an engine, on an image of a few programs of this machine: for `stx-build doctor`. Nothing
is asked of an engine that can be tried, and nothing is left in it.
*/
import {mkdir, writeFile} from 'node:fs/promises';
import {arch as machine} from 'node:os';
import path from 'node:path';
import {BuildError} from '../errors.js';
import {withTemporaryFolder} from '../system/index.js';
import {
	engineNames, type Engine, type EngineName, type ImageId,
} from './engine.js';
import {formatLocalReference} from './parse-reference.js';
import {withOpenDoor, type Door} from './probe-network.js';
import {writeProbeRoot} from './probe-root.js';
import {roomyFolder} from './roomy-folder.js';
import {tryEngine, type SelectOptions} from './select-engine.js';

export type EngineCheck = {
	readonly name: string;
	readonly ok: boolean;
	/** What was found. */
	readonly detail: string;
	/** How to mend it. */
	readonly hint?: string;
};

/** Throws what went wrong, as an error whose message is the detail. */
type Probe = {readonly name: string; readonly hint: string; readonly try: () => Promise<string>};

/**
Tries the engines that were asked for: all of them for `auto`, where one that does not work is well as long as another
one does.
*/
export async function probeEngines(options: SelectOptions): Promise<readonly EngineCheck[]> {
	const names: readonly EngineName[] = options.preferred === 'auto' ? engineNames : [options.preferred];
	const trials = [];
	for (const name of names) {
		trials.push(await tryEngine(name, options));
	}

	const isAny = trials.some(trial => 'engine' in trial);
	const checks: EngineCheck[] = [];
	for (const trial of trials) {
		if ('engine' in trial) {
			checks.push({name: trial.name, ok: true, detail: formatFacts(trial.engine)}, ...await probeEngine(trial.engine, options));
		} else {
			checks.push(isAny
				? {name: trial.name, ok: true, detail: `not used: ${trial.reason}`}
				: {
					name: trial.name, ok: false, detail: trial.reason, hint: trial.hint,
				});
		}
	}

	return checks;
}

const formatFacts = ({facts}: Engine): string => Object.entries(facts).map(([name, value]) => `${name} ${value}`).join(', ');

/** Tries one engine through its interface. */
export async function probeEngine(engine: Engine, {run, signal}: Pick<SelectOptions, 'run' | 'signal'>): Promise<readonly EngineCheck[]> {
	const options = {...(signal && {signal}), timeoutSeconds: 120};
	return withTemporaryFolder('probe', async folder => {
		const images: string[] = [];
		let root: ImageId | undefined;
		let reference = '';
		const imported = await check(engine, {
			name: 'import',
			hint: engine.name === 'docker' ? 'see the log of the docker daemon' : 'see that /var/lib/containers can be written, and has room',
			async try() {
				root = await engine.importRoot({file: await writeProbeRoot(folder, run, folder), arch: debianArch(machine())}, options);
				reference = formatLocalReference('probe', root);
				await engine.tag(root, reference);
				images.push(reference);
				return `an image of one layer, ${root}`;
			},
		});
		if (root === undefined) {
			return [imported];
		}

		const image: ImageId = root;
		try {
			const checks = [imported];
			for (const probe of [
				...planBuildProbe({
					engine, reference, folder, options, images,
				}),
				...planRunProbes({engine, image, options}),
				planStorageProbe(engine),
			]) {
				checks.push(await check(engine, probe));
			}

			return checks;
		} finally {
			for (const each of images.toReversed()) {
				await engine.remove(each);
			}
		}
	}, roomyFolder);
}

async function check(engine: Engine, probe: Probe): Promise<EngineCheck> {
	const name = `${engine.name}: ${probe.name}`;
	try {
		return {name, ok: true, detail: await probe.try()};
	} catch (error) {
		if (error instanceof BuildError && error.code !== 'STX0003') {
			return {
				name, ok: false, detail: error.message, hint: probe.hint,
			};
		}

		throw error;
	}
}

const failed = (message: string): BuildError => new BuildError('STX0704', message);

type Options = {readonly signal?: AbortSignal; readonly timeoutSeconds: number};

const dockerfile = `ARG FROM
FROM \${FROM}
RUN --mount=type=bind,source=given,target=/tmp/given --mount=type=secret,id=probe,target=/tmp/secret test "$(cat /tmp/given /tmp/secret)" = "$(echo given-file; echo given-secret)"
`;

/** What `RUN --mount` takes. */
const needed: Readonly<Record<EngineName, string>> = {
	docker: 'a docker from 20.10 on with BuildKit is needed: apt-get install docker.io docker-buildx',
	podman: 'a podman from 4.3 on is needed',
	buildah: 'a buildah from 1.28 on is needed',
};

/** `RUN --mount` of a file and of a secret, in one build. */
function planBuildProbe({engine, reference, folder, options, images}: {engine: Engine; reference: string; folder: string; options: Options; images: string[]}): readonly Probe[] {
	return [{
		name: 'build',
		hint: needed[engine.name],
		async try() {
			const context = path.join(folder, 'context');
			const file = path.join(folder, 'Dockerfile');
			const secret = path.join(folder, 'secret');
			await mkdir(context);
			await writeFile(path.join(context, 'given'), 'given-file\n');
			await writeFile(secret, 'given-secret\n');
			await writeFile(file, dockerfile);
			const built = await engine.build({
				context, file, buildArgs: {FROM: reference}, secrets: [{id: 'probe', source: secret}],
			}, options);
			const name = formatLocalReference('probe-build', built);
			await engine.tag(built, name);
			images.push(name);
			const left = await engine.run({image: built, argv: ['bash', '-c', 'cat /tmp/secret /tmp/given'], network: 'none'}, options);
			if (left.stdout.includes('given')) {
				throw failed('the image holds what was only mounted while it was built');
			}

			return 'RUN --mount shows files and secrets, and the image does not hold them';
		},
	}];
}

/** Knocks at the door from inside, without and with the network: the second shows that the first was a real try. */
function planRunProbes({engine, image, options}: {engine: Engine; image: ImageId; options: Options}): readonly Probe[] {
	const knock = async (network: 'none' | 'host', {addresses, port}: Door): Promise<string> => {
		const script = 'for address; do (exec 3<>"/dev/tcp/$address/$port") 2>/dev/null && echo "$address"; done; exit 0';
		const result = await engine.run({
			image, argv: ['bash', '-c', script, 'bash', ...addresses], env: {port: String(port)}, network,
		}, options);
		if (result.exitCode !== 0) {
			throw failed(`a container ended with exit code ${result.exitCode}: ${result.output.trim()}`);
		}

		return result.stdout.trim().replaceAll('\n', ', ');
	};

	return [
		{
			name: 'network',
			hint: 'builds would fetch nothing: see the log of the engine',
			try: async () => withOpenDoor(async door => {
				const reached = await knock('host', door);
				if (reached === '') {
					throw failed('a container with the network of the host reaches nothing');
				}

				return `a container with the network of the host reaches ${reached}`;
			}),
		},
		{
			name: 'isolation',
			hint: 'wheels must not be built with this engine: their builds could fetch what they like',
			try: async () => withOpenDoor(async door => {
				const reached = await knock('none', door);
				if (reached !== '') {
					throw failed(`a container without network reaches ${reached}`);
				}

				return `a container without network reaches none of ${door.addresses.join(', ')}`;
			}),
		},
	];
}

function planStorageProbe(engine: Engine): Probe {
	return {
		name: 'storage',
		hint: 'each layer is a whole copy of the image: slow, and it wants much room; put /var/lib/containers on a file system that carries overlay (ext4, xfs)',
		async try() {
			const {storage} = engine.facts;
			if (storage === 'vfs') {
				throw failed('vfs, for overlay does not work here');
			}

			return storage ?? 'the daemon does not say which';
		},
	};
}

/** Debian's name of an architecture that Node names. */
const debianArch = (name: string): string => name === 'x64' ? 'amd64' : name;
