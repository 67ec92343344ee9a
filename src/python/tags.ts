/** The tags of the wheels that an interpreter can install (PEP 425, PEP 600), in the order of `packaging.tags`. */

export type WheelArch = 'x86_64' | 'aarch64';

/** Names that manylinux had before PEP 600, by the minor version of glibc 2 they stand for. */
const legacyManylinux: Readonly<Record<number, string>> = {17: 'manylinux2014', 12: 'manylinux2010', 5: 'manylinux1'};

/** The oldest minor version of glibc 2 there are wheels for. */
const oldestGlibc: Readonly<Record<WheelArch, number>> = {x86_64: 5, aarch64: 17};

/** The first minor version of Python 3 with a stable ABI (PEP 384). */
const firstStableAbi = 2;

/**
The platforms of a Linux with glibc, the best first: `manylinux_2_41_x86_64` … `manylinux_2_17_x86_64`,
`manylinux2014_x86_64` … `linux_x86_64`.

@param glibcMinor of glibc 2.
*/
export function linuxPlatforms(arch: WheelArch, glibcMinor: number): readonly string[] {
	const platforms: string[] = [];
	for (let minor = glibcMinor; minor >= oldestGlibc[arch]; minor--) {
		platforms.push(`manylinux_2_${minor}_${arch}`);
		if (legacyManylinux[minor] !== undefined) {
			platforms.push(`${legacyManylinux[minor]}_${arch}`);
		}
	}

	return [...platforms, `linux_${arch}`];
}

/**
The tags a CPython 3 can install, the best first: its own ABI, the stable ABI, no ABI, older stable ABIs, any Python 3.

@param pythonMinor of Python 3.
*/
export function cpythonTags(pythonMinor: number, platforms: readonly string[]): readonly string[] {
	const own = `cp3${pythonMinor}`;
	const downTo = (last: number) => Array.from({length: Math.max(0, pythonMinor - last)}, (_, index) => pythonMinor - 1 - index);
	const pythons = [`py3${pythonMinor}`, 'py3', ...downTo(0).map(minor => `py3${minor}`)];
	const prefixes = [
		`${own}-${own}`,
		`${own}-abi3`,
		`${own}-none`,
		...downTo(firstStableAbi).map(minor => `cp3${minor}-abi3`),
		...pythons.map(python => `${python}-none`),
	];
	return [
		...prefixes.flatMap(prefix => platforms.map(platform => `${prefix}-${platform}`)),
		`${own}-none-any`,
		...pythons.map(python => `${python}-none-any`),
	];
}
