/** build-config/loci/<dialect>/dialect.ini: what must be known of LOCI to build with it. */
import {BuildError, throwProblems} from '../../errors.js';
import {parseIni, type IniFile} from '../../workspace/index.js';

export type LociContract = {
	/** The commit that the dialect is made for. */
	readonly ref: string;
	/** Files and folders of LOCI's tree that an image is built with. */
	readonly files: readonly string[];
	/** The instructions of LOCI's Dockerfile besides ARG and ENV, in their order. */
	readonly instructions: readonly string[];
	readonly pydepProfiles: readonly string[];
	readonly pydepForInfra: boolean;
	/** Packages of LOCI's bindep.txt that Debian has under another name. */
	readonly renamed: ReadonlyMap<string, string>;
	readonly refused: {readonly projects: readonly string[]; readonly profiles: readonly string[]};
};

const sections: Readonly<Record<string, readonly string[] | undefined>> = {
	'': [], loci: ['ref', 'files'], dockerfile: ['instructions'], pydep: ['profiles', 'infra'], bindep: undefined, refused: ['projects', 'profiles'],
};

/** @throws BuildError STX0608 for what it lacks, or has too much; STX0101, STX0103 of the ini reader. */
export function parseDialect(text: string, file: string): LociContract {
	const ini = parseIni(text, file);
	const problems = unknownKeys(ini, file);
	const list = (section: string, key: string): readonly string[] => [ini.sections.get(section)?.keys.get(key)?.value ?? []].flat().filter(item => item !== '');
	const need = (section: string, key: string): readonly string[] => {
		const found = list(section, key);
		if (found.length === 0) {
			problems.push(new BuildError('STX0608', `the dialect has no \`${key}\` in [${section}]`, {at: {file}, hint: 'install stx-build again, or add it'}));
		}

		return found;
	};

	const contract: LociContract = {
		ref: need('loci', 'ref')[0] ?? '',
		files: need('loci', 'files'),
		instructions: need('dockerfile', 'instructions'),
		pydepProfiles: list('pydep', 'profiles'),
		pydepForInfra: list('pydep', 'infra')[0] === 'yes',
		renamed: new Map([...ini.sections.get('bindep')?.keys ?? []].map(([name, {value}]) => [name, String(value)])),
		refused: {projects: list('refused', 'projects'), profiles: list('refused', 'profiles')},
	};
	throwProblems(problems);
	return contract;
}

function unknownKeys(ini: IniFile, file: string): BuildError[] {
	return [...ini.sections].flatMap(([section, {line, keys}]) => {
		if (!Object.hasOwn(sections, section)) {
			return [new BuildError('STX0608', `a dialect has no section [${section}]`, {at: {file, line}})];
		}

		const allowed = sections[section];
		return [...keys].filter(([key]) => allowed?.includes(key) === false).map(([key, entry]) => new BuildError('STX0608', `a dialect has no \`${key}\` in [${section}]`, {at: {file, line: entry.line}}));
	});
}
