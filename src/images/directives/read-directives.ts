import path from 'node:path';
import {BuildError, throwProblems} from '../../errors.js';
import {readText} from '../../system/index.js';
import {findConfig, listConfig, type ConfigFolders} from '../../workspace/index.js';
import {assignVerify} from './assign-verify.js';
import {locationOf, type Directive, type ImageChecks} from './directive.js';
import {parseDirectiveFile} from './parse-directive-file.js';
import {parseImageChecks, parseImageIni} from './parse-image-ini.js';

/** Where image files are, in each of the configuration folders. */
const place = 'build-config/images';

/** Where the package's own are. */
export const imagesOfPackage = ({roots}: ConfigFolders): string => path.join(roots.at(-1) ?? '', place);

/**
Reads the directives of build-config/images/*.ini, of StarlingX's checkout, and of the files named beside them. Where
several have a label, the one that was named counts, else the one in the user's own folder, else StarlingX's, else the
package's. How it is verified, `assignVerify` says.

@param named StarlingX's directive files, or image files of ours (by the extension `.ini`).
@param found directive files of a checkout, as `findDirectives` has them.
@throws BuildError STX0601 to STX0605, STX0903: all that is wrong with all files.
*/
export async function readDirectives(folders: ConfigFolders, named: readonly string[] = [], found: readonly string[] = []): Promise<readonly Directive[]> {
	const {directives, problems} = await gatherDirectives(folders, named, found);
	throwProblems(problems);
	return directives;
}

type Gathered = {readonly directives: readonly Directive[]; readonly problems: readonly BuildError[]};

/** As `readDirectives`, with what is wrong beside those that can be read. */
export async function gatherDirectives(folders: ConfigFolders, named: readonly string[] = [], found: readonly string[] = []): Promise<Gathered> {
	const configured = await readConfigured(folders);
	const others = [...new Set([...found, ...named])].filter(file => !configured.some(one => one.file === file));
	const read = [...configured, ...await Promise.all(others.map(async file => readImageFile(file)))];
	const directives = read.flatMap(({directive}) => directive ?? []);
	const ofPackage = imagesOfPackage(folders);
	const standing = ({file}: Pick<Directive, 'file'>): number => {
		if (named.includes(file)) {
			return 0;
		}

		return found.includes(file) ? 2 : (path.dirname(file) === ofPackage ? 3 : 1);
	};

	const rootOf = ({file}: Pick<Directive, 'file'>): number => folders.roots.findIndex(root => path.join(root, place) === path.dirname(file));
	const checks = read.flatMap(one => one.checks ?? []).toSorted((a, b) => rootOf(a) - rootOf(b));
	const images = directives.toSorted((a, b) => standing(a) - standing(b));
	const valid = outranking(directives, standing).map(directive => assignVerify(directive, {checks, images}));
	return {directives: valid, problems: [...read.flatMap(({problem}) => problem ?? []), ...doubledLabels(valid), ...doubledChecks(checks)]};
}

/** What is in one file. */
type ImageFile = {readonly file: string; readonly directive?: Directive; readonly checks?: ImageChecks; readonly problem?: BuildError};

/** The image files of all folders. One that has nothing but [verify] does not take the place of one of its name. */
async function readConfigured(folders: ConfigFolders): Promise<readonly ImageFile[]> {
	const files = await listConfig(folders, place, '.ini');
	const read = await Promise.all(files.map(async file => readWithHidden(file, folders)));
	return read.flat();
}

async function readWithHidden(file: string, {roots}: ConfigFolders): Promise<readonly ImageFile[]> {
	const read = await readImageFile(file);
	const below = {roots: roots.slice(roots.findIndex(root => path.join(root, place) === path.dirname(file)) + 1)};
	const hidden = read.checks && await findConfig(below, path.join(place, path.basename(file)));
	return hidden === undefined ? [read] : [read, ...await readWithHidden(hidden, below)];
}

/** The directives whose label none has that stands before them. */
function outranking(directives: readonly Directive[], standing: (directive: Directive) => number): readonly Directive[] {
	const first = new Map<string, number>();
	for (const directive of directives) {
		first.set(directive.label, Math.min(standing(directive), first.get(directive.label) ?? Number.POSITIVE_INFINITY));
	}

	return directives.filter(directive => standing(directive) === first.get(directive.label));
}

async function readImageFile(file: string): Promise<ImageFile> {
	try {
		const text = await readText(file);
		if (!file.endsWith('.ini')) {
			return {file, directive: parseDirectiveFile(text, file)};
		}

		const checks = parseImageChecks(text, file);
		return checks ? {file, checks} : {file, directive: parseImageIni(text, file)};
	} catch (error) {
		if (error instanceof BuildError) {
			return {file, problem: error};
		}

		throw error;
	}
}

/** An error for each label that two files of one folder say how to verify. */
const doubledChecks = (checks: readonly ImageChecks[]): readonly BuildError[] => checks.flatMap(({file, label}, index) => {
	const other = checks.slice(0, index).find(earlier => earlier.label === label && path.dirname(earlier.file) === path.dirname(file));
	return other ? [new BuildError('STX0605', `two files say how \`${label}\` is verified`, {at: [{file: other.file}, {file}], hint: 'keep one of them'})] : [];
});

/** An error for each label that a second directive has: their images, tags and records would be each other's. */
export function doubledLabels(directives: readonly Directive[]): readonly BuildError[] {
	const first = new Map<string, Directive>();
	return directives.flatMap(directive => {
		const other = first.get(directive.label);
		if (other === undefined) {
			first.set(directive.label, directive);
			return [];
		}

		return [new BuildError('STX0605', `\`${directive.label}\` is the label of two images`, {
			at: [locationOf(other, 'LABEL'), locationOf(directive, 'LABEL')], hint: 'give one of them another LABEL',
		})];
	});
}
