/**
What a test needs of the machine. A test that lacks something is never skipped in silence: it says `SKIPPED: …`, which
the last line of `npm test` counts, and where `CI` is set it fails.

	test('builds an image', async t => {
		if (!needs(t, {engine: 'buildah'})) {
			return;
		}
		…
	});
*/
import {spawnSync} from 'node:child_process';
import {accessSync, constants, statSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import type {ExecutionContext} from 'ava';

/** All that is named must be there. A plain string is the name of a program. */
export type Need = {
	/** A program on PATH, or several. */
	readonly program?: string | readonly string[];
	/** An engine that answers: the docker daemon, a podman that can run containers here, or the buildah program. */
	readonly engine?: 'docker' | 'podman' | 'buildah';
	/** The rights of root. */
	readonly root?: true;
	/** The permission to mount a file system. */
	readonly mount?: true;
	/** A module that `python3` can import, or several. */
	readonly python?: string | readonly string[];
};

const list = (value: string | readonly string[] | undefined): readonly string[] => value === undefined ? [] : [value].flat();

/** The full path of a program, as a shell would find it; undefined when it is not on PATH. */
export function findProgram(name: string, searchPath = process.env.PATH ?? ''): string | undefined {
	for (const folder of searchPath.split(path.delimiter)) {
		const file = path.join(folder, name);
		try {
			accessSync(file, constants.X_OK);
			if (statSync(file).isFile()) {
				return file;
			}
		} catch {
			// Not in this folder.
		}
	}

	return undefined;
}

const succeeds = (program: string, ...arguments_: readonly string[]): boolean =>
	spawnSync(program, arguments_, {stdio: 'ignore', timeout: 30_000}).status === 0;

function once<T>(compute: () => T): () => T {
	let computed: {readonly value: T} | undefined;
	return () => {
		computed ??= {value: compute()};
		return computed.value;
	};
}

/** Whether podman runs a program of this machine in a container without an image, with its own runtime or with runc. Tried once. */
const podmanRuns = once((): boolean => succeeds('sh', '-c', [
	'root=$(mktemp -d /var/tmp/stx-build-needs-XXXXXX) && ln -s usr/bin usr/lib usr/lib64 "$root"',
	'trap \'rm -rf "$root"\' EXIT',
	'for runtime in "$(podman info --format "{{.Host.OCIRuntime.Name}}")" runc; do',
	'podman --runtime "$runtime" run --rm --network none --ulimit nofile=1024:1024 --ulimit nproc=1024:1024 --volume /usr:/usr:ro --rootfs "$root" /usr/bin/true && exit 0',
	'done; exit 1',
].join('\n')));

/** What of a need this machine lacks, in words; an empty list when all is there. */
export function findLacks(need: Need): readonly string[] {
	const lacks = list(need.program).filter(name => findProgram(name) === undefined).map(name => `the program \`${name}\``);
	if (need.engine === 'buildah' && findProgram('buildah') === undefined) {
		lacks.push('the engine `buildah`');
	}

	if (need.engine === 'podman' && !(findProgram('podman') !== undefined && podmanRuns())) {
		lacks.push('a podman that can run containers');
	}

	if (need.engine === 'docker' && !succeeds('docker', 'version')) {
		lacks.push('a docker daemon that answers');
	}

	if (need.root && process.getuid?.() !== 0) {
		lacks.push('the rights of root');
	}

	if (need.mount && !succeeds('sh', '-c', 'folder=$(mktemp -d) && { mount -t tmpfs -o size=64k tmpfs "$folder" && umount "$folder"; code=$?; rmdir "$folder"; exit $code; }')) {
		lacks.push('the permission to mount');
	}

	lacks.push(...list(need.python)
		.filter(name => !succeeds('python3', '-c', `import ${name}`))
		.map(name => `the Python module \`${name}\``));
	return lacks;
}

/** @returns whether the test can go on. When not, the test has passed as skipped; in CI it has failed. */
export function needs(t: ExecutionContext<any>, need: string | Need): boolean {
	const lacks = findLacks(typeof need === 'string' ? {program: need} : need);
	if (lacks.length === 0) {
		return true;
	}

	const message = `${lacks.join(' and ')} ${lacks.length === 1 ? 'is' : 'are'} missing`;
	if (isCi(process.env)) {
		t.fail(`${message}, and with CI set nothing may be skipped`);
	} else {
		t.log(`SKIPPED: ${message}`);
		t.pass();
	}

	return false;
}

/** Whether this is a run of a CI system: `CI` is set, and not to nothing, 0 or false. */
export function isCi(environment: Readonly<Record<string, string | undefined>>): boolean {
	return !['', '0', 'false'].includes(environment.CI ?? '');
}
