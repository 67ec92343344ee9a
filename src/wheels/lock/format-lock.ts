/** Writes a lock as PEP 751 has it. What the format has no place for stands in `[tool.stx-build]`. */
import type {
	Lock, LockedFile, LockedGit, LockedPackage, LockedRef,
} from './lock.js';

/** A TOML basic string. JSON escapes the same characters in the same way, but for DEL. */
const text = (value: string): string => JSON.stringify(value).replaceAll('\u007F', String.raw`\u007F`);
const texts = (values: readonly string[]): string => `[${values.map(value => text(value)).join(', ')}]`;
const textLines = (values: readonly string[]): string => values.length === 0 ? '[]' : `[\n${values.map(value => `    ${text(value)},\n`).join('')}]`;
/** A list of inline tables, one a line. */
const tables = (items: ReadonlyArray<Readonly<Record<string, string>>>): string =>
	`[\n${items.map(item => `    {${Object.entries(item).map(([key, value]) => `${key} = ${text(value)}`).join(', ')}},\n`).join('')}]`;
const file = ({filename, url, size, sha256}: LockedFile): string =>
	`{name = ${text(filename)}, url = ${text(url)}, ${size === undefined ? '' : `size = ${size}, `}hashes = {sha256 = ${text(sha256)}}}`;

const formatSource = ({url, ref, commit, version}: LockedRef): Readonly<Record<string, string>> => ({
	url, ref, commit, ...(version !== undefined && {version}),
});

/** @param lock its lists are written in the order they have. */
export function formatLock(lock: Lock): string {
	return `${[
		[
			'# Every distribution of the wheels tarball, and what builds of them need. Written by stx-build: change what it is made',
			'# from (constraints, wheel list, directive files), not this file.',
			'lock-version = "1.0"',
			`environments = ${texts([`sys_platform == 'linux' and platform_machine == '${lock.arch}' and implementation_name == 'cpython'`])}`,
			`requires-python = ${text(`==${lock.python}.*`)}`,
			'created-by = "stx-build"',
		],
		...lock.packages.map(item => formatPackage('packages', item)),
		[
			'[tool.stx-build]',
			`inputs = ${text(lock.inputs)}`,
			`index = ${text(lock.index)}`,
			`python = ${text(lock.python)}`,
			`arch = ${text(lock.arch)}`,
			...(lock.unclosed.length === 0 ? [] : [`unclosed = ${textLines(lock.unclosed)}`]),
			...(lock.documents.length === 0 ? [] : [`documents = ${tables(lock.documents.map(({url, sha256}) => ({url, sha256})))}`]),
			...(lock.sources.length === 0 ? [] : [`sources = ${tables(lock.sources.map(source => formatSource(source)))}`]),
			...(lock.leftOut.length === 0 ? [] : [`left-out = ${tables(lock.leftOut.map(({name, code, message}) => ({name, code, message})))}`]),
		],
		...(Object.keys(lock.parts).length === 0 ? [] : [['[tool.stx-build.parts]', ...Object.entries(lock.parts).map(([name, key]) => `${text(name)} = ${text(key)}`)]]),
		[
			'[tool.stx-build.roots]',
			...Object.entries(lock.roots).map(([label, requirements]) => `${text(label)} = ${textLines(requirements)}`),
		],
		...lock.builds.map(build => [
			'[[tool.stx-build.builds]]',
			`name = ${text(build.name)}`,
			`version = ${text(build.version)}`,
			`requires = ${texts(build.requires)}`,
			`environment = ${texts(build.environment.map(({name, version}) => `${name}==${version}`))}`,
		]),
		...lock.buildPackages.map(item => formatPackage('tool.stx-build.packages', item)),
	].map(lines => lines.join('\n')).join('\n\n')}\n`;
}

function formatPackage(table: string, {name, version, dependencies, source}: LockedPackage): readonly string[] {
	return [
		`[[${table}]]`,
		`name = ${text(name)}`,
		`version = ${text(version)}`,
		...(dependencies.length === 0 ? [] : [`dependencies = [${dependencies.map(dependency => `{name = ${text(dependency)}}`).join(', ')}]`]),
		...(source.kind === 'directory' ? [`directory = {path = ${text(source.path)}}`] : []),
		...(source.kind === 'git' ? [`vcs = ${formatGit(source)}`] : []),
		...(source.kind === 'local' ? [`wheels = [{name = ${text(source.filename)}, path = ${text(source.path)}, size = ${source.size}, hashes = {sha256 = ${text(source.sha256)}}}]`] : []),
		...(source.kind === 'sdist' ? [`sdist = ${file(source.file)}`] : []),
		...(source.kind === 'wheel' ? [`wheels = [${file(source.file)}]`] : []),
		...(source.kind === 'sdist' && source.basedir !== undefined ? [`tool = {stx-build = {basedir = ${text(source.basedir)}}}`] : []),
	];
}

const formatGit = ({url, ref, commit, subfolder}: LockedGit): string =>
	`{type = "git", url = ${text(url)}, ${ref === undefined ? '' : `requested-revision = ${text(ref)}, `}commit-id = ${text(commit)}${subfolder === '' ? '' : `, subdirectory = ${text(subfolder)}`}}`;
