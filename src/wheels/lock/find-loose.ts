/** What of a lock does not hold together: whoever changes it by hand may leave out what something else in it needs. Pure. */
import {BuildError} from '../../errors.js';
import {
	createTarget, evaluateMarker, parseRequirement, type NormalizedName, type Target,
} from '../../python/index.js';
import type {Lock} from './lock.js';

export type Loose = {
	/** In words. */
	readonly what: string;
	/** Of the key in the file. */
	readonly path: readonly PropertyKey[];
};

/** @returns distributions that are there twice, and each that something needs and that is not there, with the first place that names it. */
export function findLoose(lock: Lock): readonly Loose[] {
	const {packages, buildPackages, builds, roots} = lock;
	const names = new Set(packages.map(({name}) => name));
	const all = [...packages, ...buildPackages];
	const namesOfAll = new Set(all.map(({name}) => name));
	const pins = new Set(all.map(({name, version}) => `${name}==${version}`));
	const own = ['tool', 'stx-build'];
	const missing = new Map<string, {readonly by: Set<string>; readonly path: readonly PropertyKey[]}>();
	const miss = (what: string, by: string, path: readonly PropertyKey[]): void => {
		const known = missing.get(what) ?? {by: new Set(), path};
		known.by.add(by);
		missing.set(what, known);
	};

	const unread: Loose[] = [];
	const target = targetOf(lock);
	for (const [label, requirements] of Object.entries(roots)) {
		const path = [...own, 'roots', label];
		for (const text of requirements) {
			try {
				const name = neededBy(text, target);
				if (name !== undefined && !names.has(name)) {
					miss(name, label, path);
				}
			} catch (error) {
				if (!(error instanceof BuildError)) {
					throw error;
				}

				unread.push({what: `\`${label}\` asks for \`${text}\`, which is not a requirement`, path});
			}
		}
	}

	for (const [index, {name, dependencies}] of packages.entries()) {
		for (const dependency of dependencies.filter(dependency => !names.has(dependency))) {
			miss(dependency, name, ['packages', index, 'dependencies']);
		}
	}

	for (const [index, {name, dependencies}] of buildPackages.entries()) {
		for (const dependency of dependencies.filter(dependency => !namesOfAll.has(dependency))) {
			miss(dependency, name, [...own, 'packages', index, 'dependencies']);
		}
	}

	for (const [index, {name, version, environment}] of builds.entries()) {
		const path = [...own, 'builds', index];
		for (const pin of [`${name}==${version}`, ...environment.map(tool => `${tool.name}==${tool.version}`)].filter(pin => !pins.has(pin))) {
			miss(pin, `build of ${name}`, path);
		}
	}

	const twice = packages.flatMap(({name}, index): readonly Loose[] => packages.findIndex(other => other.name === name) === index ? [] : [{what: `\`${name}\` is there twice`, path: ['packages', index]}]);
	return [...twice, ...unread, ...[...missing].map(([what, {by, path}]) => ({what: `it has no \`${what}\`, which ${[...by].map(name => `\`${name}\``).join(', ')} ${by.size === 1 ? 'needs' : 'need'}`, path}))];
}

/** Only its markers count, and no marker knows glibc. */
const targetOf = ({python, arch}: Pick<Lock, 'python' | 'arch'>): Target => createTarget({python, arch: arch === 'aarch64' ? 'arm64' : 'amd64', glibc: '2.17'});

/** What a root needs on the target, if anything. @throws BuildError STX0204, STX0205 */
function neededBy(text: string, {environment}: Target): NormalizedName | undefined {
	const {normalized, marker} = parseRequirement(text);
	return marker === undefined || evaluateMarker(marker, environment) ? normalized : undefined;
}
