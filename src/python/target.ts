import {BuildError} from '../errors.js';
import {type MarkerEnvironment} from './evaluate-marker.js';
import {cpythonTags, linuxPlatforms, type WheelArch} from './tags.js';

/** The interpreter and platform that wheels are for: a CPython 3 on Linux with glibc. Plain data. */
export type Target = {
	/** Major and minor: `3.13`. */
	readonly python: string;
	readonly implementation: 'cpython';
	/** As the kernel and the wheel tags have it. */
	readonly arch: WheelArch;
	/** Major and minor: `2.41`. */
	readonly glibc: string;
	readonly environment: MarkerEnvironment;
	/** What it can install, the best first: `cp313-cp313-manylinux_2_41_x86_64`. */
	readonly tags: readonly string[];
};

/** The first minor version of Python 3 whose ABI tag is `cp3N` alone. */
const oldestPython = 8;

const archs: Readonly<Record<string, WheelArch>> = {amd64: 'x86_64', arm64: 'aarch64'};

/**
Describes a target; the host plays no part in it.

@param python version of CPython, `3.13.5`; of `3.13` the patch level is taken to be 0.
@param glibc version of glibc, `2.41`; what follows the minor version is ignored.
@param arch Debian's name of the architecture: `amd64` or `arm64`.
@throws BuildError STX0210 for a target that there are no wheels for.
*/
export function createTarget({python, glibc, arch}: {readonly python: string; readonly glibc: string; readonly arch: string}): Target {
	const pythonParts = /^3\.(\d{1,4})(?:\.(\d+(?:(?:a|b|rc)\d+)?))?$/.exec(python);
	if (!pythonParts || Number(pythonParts[1]) < oldestPython) {
		throw new BuildError('STX0210', `\`${python}\` is not a version of Python that wheels can be made for`, {hint: `give a version of CPython from 3.${oldestPython} on: \`3.13\` or \`3.13.5\``});
	}

	const glibcMinor = /^2\.(\d{1,4})(?!\d)/.exec(glibc)?.[1];
	if (glibcMinor === undefined) {
		throw new BuildError('STX0210', `\`${glibc}\` is not a version of glibc that wheels can be made for`, {hint: 'give the version that `ldd --version` says: `2.41`'});
	}

	const wheelArch = Object.hasOwn(archs, arch) ? archs[arch] : undefined;
	if (wheelArch === undefined) {
		throw new BuildError('STX0210', `\`${arch}\` is not an architecture that wheels can be made for`, {hint: `use ${Object.keys(archs).map(name => `\`${name}\``).join(' or ')}`});
	}

	const minor = Number(pythonParts[1]);
	const version = `3.${minor}`;
	const fullVersion = `${version}.${pythonParts[2] ?? '0'}`;
	return {
		python: version,
		implementation: 'cpython',
		arch: wheelArch,
		glibc: `2.${Number(glibcMinor)}`,
		environment: {
			implementation_name: 'cpython',
			implementation_version: fullVersion,
			os_name: 'posix',
			platform_machine: wheelArch,
			platform_python_implementation: 'CPython',
			// The kernel is that of whoever runs the image: no answer may depend on it.
			platform_release: '',
			platform_system: 'Linux',
			platform_version: '',
			python_full_version: fullVersion,
			python_version: version,
			sys_platform: 'linux',
		},
		tags: cpythonTags(minor, linuxPlatforms(wheelArch, Number(glibcMinor))),
	};
}
