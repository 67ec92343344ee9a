/**
What a Python project says of itself in plain text: name, version, requirements. Nothing of a project is ever run to
learn it; what it only says when it runs is left open, and found when the wheel is built.
*/
import path from 'node:path';
import {parse as parseToml, TomlError} from 'smol-toml';
import {BuildError, type SourceLocation} from '../../errors.js';
import {parseMetadata} from '../../python/index.js';

/** The texts of a project's files by their name below its folder: the files that `isProjectFile` picks. */
export type ProjectFiles = ReadonlyMap<string, string>;

export type Project = {
	readonly name?: string;
	readonly version?: string;
	/** Run-time requirements, PEP 508; undefined when the project does not say them in plain text. */
	readonly requires?: readonly string[];
	/** Requirements of its build, PEP 508. */
	readonly buildRequires: readonly string[];
};

/** What a build has when pyproject.toml says nothing: the default of PEP 517, and wheel, which older setuptools asks for. */
const legacyBuildRequires = ['setuptools', 'wheel'] as const;

/** Whether a project's file, by its name below the project's folder, says something that `parseProject` reads. */
export function isProjectFile(name: string): boolean {
	return ['PKG-INFO', 'pyproject.toml', 'setup.cfg', 'setup.py', 'requirements.txt'].includes(name) || /^[^\/]+\.egg-info\/(?:requires\.txt|PKG-INFO)$/v.test(name);
}

/**
Reads what a project says, from the first of these that says it: PKG-INFO (what its sdist was made with: PEP 643 for
metadata 2.2 and later), pyproject.toml (PEP 621), `*.egg-info`, setup.cfg, and for projects that use pbr requirements.txt.

@param at where the project is, for messages: its folder, or where something names it.
@throws BuildError STX0414 when one of its files cannot be read.
*/
export function parseProject(files: ProjectFiles, at: SourceLocation): Project {
	const pyproject = readPyproject(files.get('pyproject.toml'), at);
	const setupCfg = parseSetupCfg(files.get('setup.cfg') ?? '');
	// What a comment says of pbr, as OpenStack's old template does, does not count.
	const setupPy = (files.get('setup.py') ?? '').replaceAll(/^\s*#.*$/gmv, '');
	const packageInfo = readPackageInfo(files, at);
	const usesPbr = /\bpbr\b/v.test(setupPy) || setupCfg.has('pbr') || pyproject.buildBackend?.startsWith('pbr.') === true;
	const name = firstSaid([() => packageInfo?.name, () => pyproject.name, () => setupCfg.get('metadata')?.get('name')]);
	const version = firstSaid([
		() => packageInfo?.version,
		() => pyproject.version,
		() => /^\d[\w.+\-]*$/v.exec(setupCfg.get('metadata')?.get('version') ?? '')?.[0],
		() => literalVersion(setupPy),
	]);
	const requires = firstSaid([
		() => packageInfo?.final ? packageInfo.requires : undefined,
		() => pyproject.requires,
		() => requiresOfEggInfo(files),
		() => packageInfo && packageInfo.requires.length > 0 ? packageInfo.requires : undefined,
		() => lines(setupCfg.get('options')?.get('install_requires')),
		() => usesPbr && files.has('requirements.txt') ? parsePbrRequirements(files.get('requirements.txt')!) : undefined,
		() => literalList(setupPy, 'install_requires'),
		() => setupPy !== '' && !usesPbr && !setupPy.includes('install_requires') ? [] : undefined,
	]);
	return {
		...(name !== undefined && {name}),
		...(version !== undefined && {version}),
		...(requires && {requires}),
		buildRequires: [...new Set([
			...(pyproject.buildRequires ?? legacyBuildRequires),
			...(lines(setupCfg.get('options')?.get('setup_requires')) ?? []),
			...(literalList(setupPy, 'setup_requires') ?? []),
		])],
	};
}

function firstSaid<T>(places: ReadonlyArray<() => T | undefined>): T | undefined {
	for (const look of places) {
		const said = look();
		if (said !== undefined) {
			return said;
		}
	}

	return undefined;
}

/** What setuptools wrote when it made the sdist; without a requires.txt there were no requirements. */
function requiresOfEggInfo(files: ProjectFiles): readonly string[] | undefined {
	const names = [...files.keys()].filter(file => file.includes('.egg-info/'));
	const requires = names.find(file => file.endsWith('/requires.txt'));
	return names.length === 0 ? undefined : parseRequiresTxt(requires === undefined ? '' : files.get(requires)!);
}

function readPackageInfo(files: ProjectFiles, at: SourceLocation) {
	const text = files.get('PKG-INFO');
	if (text === undefined) {
		return undefined;
	}

	const metadata = parseMetadata(text, at);
	const [major = 0, minor = 0] = metadata.metadataVersion.split('.').map(Number);
	// Before 2.2 an sdist's metadata did not promise to be that of its wheel.
	const final = (major > 2 || (major === 2 && minor >= 2)) && !metadata.dynamic.includes('requires-dist');
	return {
		name: metadata.name, version: metadata.version, requires: metadata.requiresDist, final,
	};
}

type Pyproject = {
	readonly name?: string;
	readonly version?: string;
	readonly requires?: readonly string[];
	readonly buildRequires?: readonly string[];
	readonly buildBackend?: string;
};

const isTable = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
const isTexts = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every(item => typeof item === 'string');

function readPyproject(text: string | undefined, at: SourceLocation): Pyproject {
	if (text === undefined) {
		return {};
	}

	// A file without a line is the folder of the project.
	const place = (line?: number): SourceLocation => 'file' in at && at.line === undefined ? {file: path.join(at.file, 'pyproject.toml'), ...(line !== undefined && {line})} : at;
	let toml: Readonly<Record<string, unknown>>;
	try {
		toml = parseToml(text);
	} catch (error) {
		throw new BuildError('STX0414', `pyproject.toml is not TOML: ${(error as Error).message.split('\n')[0]}`, {at: place(error instanceof TomlError ? error.line : undefined), hint: 'correct it, or ask who wrote it to', cause: error});
	}

	const build = toml['build-system'];
	const buildRequires = isTable(build) ? build.requires : undefined;
	if (isTable(build) && !isTexts(buildRequires)) {
		throw new BuildError('STX0414', '[build-system] of pyproject.toml has no list `requires`', {at: place(), hint: 'PEP 518 asks for one'});
	}

	const backend = isTable(build) ? build['build-backend'] : undefined;
	const project = isTable(toml.project) ? toml.project : undefined;
	const dynamic = isTexts(project?.dynamic) ? project.dynamic : [];
	const dependencies = project?.dependencies ?? [];
	const extras = project?.['optional-dependencies'];
	const said = project !== undefined && !dynamic.includes('dependencies') && isTexts(dependencies);
	return {
		...(typeof project?.name === 'string' && {name: project.name}),
		...(typeof project?.version === 'string' && {version: project.version}),
		...(said && {
			requires: [...dependencies, ...(isTable(extras) ? Object.entries(extras).flatMap(([extra, list]) => isTexts(list) ? list.map(requirement => withMarker(requirement, `extra == "${extra}"`)) : []) : [])],
		}),
		...(isTexts(buildRequires) && {buildRequires}),
		...(typeof backend === 'string' && {buildBackend: backend}),
	};
}

/** Adds a condition to a requirement. Behind a URL a `;` needs a blank before it. */
function withMarker(requirement: string, marker: string): string {
	const [, head = requirement, own] = /^(?<head>[^;]*[^;\s])\s*;\s*(?<own>.+)$/v.exec(requirement) ?? [];
	return `${head} ; ${own === undefined ? marker : `(${own}) and ${marker}`}`;
}

/**
Reads setuptools' requires.txt: requirements, and below `[extra]`, `[extra:marker]` or `[:marker]` those that hold then.
*/
export function parseRequiresTxt(text: string): readonly string[] {
	let conditions: readonly string[] = [];
	return text.split(/\r?\n/v).map(line => line.trim()).filter(line => line !== '').flatMap(line => {
		const section = /^\[(?<extra>[^:\]]*)(?::(?<marker>.+))?\]$/v.exec(line)?.groups;
		if (section) {
			conditions = [
				...(section.marker === undefined ? [] : [section.marker]),
				...(section.extra === '' ? [] : [`extra == "${section.extra!}"`]),
			];
			return [];
		}

		return [conditions.length === 0 ? line : withMarker(line, conditions.map(condition => condition.includes(' or ') ? `(${condition})` : condition).join(' and '))];
	});
}

/** Reads a setup.cfg as configparser does, as far as needed: sections, `key = value`, and indented lines that go on. */
export function parseSetupCfg(text: string): ReadonlyMap<string, ReadonlyMap<string, string>> {
	const sections = new Map<string, Map<string, string>>();
	let section: Map<string, string> | undefined;
	let key: string | undefined;
	for (const raw of text.split(/\r?\n/v)) {
		if (/^\s*(?:[#;]|$)/v.test(raw)) {
			continue;
		}

		const header = /^\[(?<name>[^\]]+)\]/v.exec(raw)?.groups?.name;
		if (header !== undefined) {
			section = sections.get(header.trim()) ?? new Map<string, string>();
			sections.set(header.trim(), section);
			key = undefined;
		} else if (/^\s/v.test(raw) && section && key !== undefined) {
			section.set(key, `${section.get(key)!}\n${raw.trim()}`);
		} else if (section) {
			const assignment = /^(?<key>[^=:\s][^=:]*?)\s*[=:]\s*(?<value>.*)$/v.exec(raw)?.groups;
			key = assignment?.key?.trim().toLowerCase().replaceAll('-', '_');
			if (key !== undefined) {
				section.set(key, assignment!.value!.trim());
			}
		}
	}

	return sections;
}

/** A setup.cfg list: one item a line, or, on a single line, between semicolons. */
const lines = (text: string | undefined): readonly string[] | undefined =>
	text?.split(text.includes('\n') ? '\n' : ';').map(line => line.replace(/\s#.*$/v, '').trim()).filter(line => line !== '' && !line.startsWith('#'));

/** pbr's requirements.txt: pip's format, of which pbr passes over options and comments. */
function parsePbrRequirements(text: string): readonly string[] {
	return text.split(/\r?\n/v).map(line => line.replace(/(?:^|\s)#.*$/v, '').trim()).filter(line => line !== '' && !line.startsWith('-'));
}

/**
The texts of a literal list in a setup.py (`setup_requires=['pbr>=2.0']`); undefined when there is none, or when it is
put together by code.
*/
export function literalList(setupPy: string, key: string): readonly string[] | undefined {
	const list = new RegExp(String.raw`\b${key}\s*=\s*[\[\(](?<items>(?:\s|,|#[^\n]*\n|'[^'\\\n]*'|"[^"\\\n]*")*)[\]\)]`, 'v').exec(setupPy)?.groups?.items;
	return list === undefined ? undefined : [...list.replaceAll(/#[^\n]*\n/gv, '\n').matchAll(/'(?<single>[^']*)'|"(?<double>[^"]*)"/gv)].map(match => match.groups!.single ?? match.groups!.double!);
}

const literalVersion = (setupPy: string): string | undefined => /\bversion\s*=\s*(?:'(?<single>\d[\w.+]*)'|"(?<double>\d[\w.+]*)")/v.exec(setupPy)?.slice(1).find(found => found !== undefined);
