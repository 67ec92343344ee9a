/** What a wheel is for that a target cannot install, in words. Pure. */
import {wheelRank, type Target} from '../../python/index.js';

/** Names of implementations in wheel tags (PEP 425), as people know them. */
const implementations: Readonly<Record<string, string>> = {
	cp: 'CPython', pp: 'PyPy', ip: 'IronPython', jy: 'Jython', py: 'Python',
};

const isPythonTwo = (tag: string): boolean => /^(?:py|cp|pp|ip|jy)2/v.test(tag);

/** Whether a wheel installs on Python 2 alone. */
export const isForPythonTwo = (tags: readonly string[]): boolean => tags.every(tag => isPythonTwo(tag));

/**
What stands against a wheel: its interpreter, its architecture, its C library.

@param tags of a wheel that the target cannot install.
@returns words that go behind "is for": `PyPy 3.9`, `CPython 3.11`, `aarch64`, `glibc 2.42`.
*/
export function explainTags(tags: readonly string[], target: Target): string {
	if (isForPythonTwo(tags)) {
		return 'Python 2';
	}

	const parts = tags.map(tag => tag.split('-') as [string, string, string]);
	const joined = (texts: readonly string[]): string => [...new Set(texts)].join(' or ');
	const platforms = parts.map(part => part[2]);
	// With the target's own platform in place of its own, is the wheel still not installable? Then it is the interpreter.
	const wrongPython = wheelRank({tags: parts.map(([python, abi, platform]) => `${python}-${abi}-${platform === 'any' ? 'any' : `linux_${target.arch}`}`)}, target) === undefined;
	const wrongPlatform = wheelRank({tags: platforms.map(platform => `py3-none-${platform}`)}, target) === undefined;
	return [
		...(wrongPython ? [joined(parts.map(([python, abi]) => nameOfPython(python, abi)))] : []),
		...(wrongPlatform ? [joined(platforms.map(platform => nameOfPlatform(platform, target)))] : []),
	].join(', ');
}

function nameOfPython(python: string, abi: string): string {
	const {implementation = '', major = '', minor = ''} = /^(?<implementation>[a-z]+)(?<major>\d)(?<minor>\d*)$/v.exec(python)?.groups ?? {};
	const name = `${implementations[implementation] ?? python}${major === '' ? '' : ` ${major}`}${minor === '' ? '' : `.${minor}`}`;
	// `cp313-cp313t`: the interpreter fits, its variant does not.
	return implementation === 'cp' && abi.startsWith(python) && abi !== python ? `${name} (ABI \`${abi}\`)` : name;
}

/** What is wrong with a platform: its operating system, its architecture, or a newer C library than the target has. */
function nameOfPlatform(platform: string, {arch}: Target): string {
	const {family = '', version, machine = ''} = /^(?<family>manylinux|musllinux|linux)(?:(?<version>_\d+_\d+|\d+))?_(?<machine>.+)$/v.exec(platform)?.groups ?? {};
	if (family === '') {
		return platform.startsWith('macosx') ? 'macOS' : (platform.startsWith('win') ? 'Windows' : `\`${platform}\``);
	}

	if (family === 'musllinux') {
		return 'musl';
	}

	return machine === arch && version?.startsWith('_') ? `glibc ${version.slice(1).replace('_', '.')}` : machine;
}
