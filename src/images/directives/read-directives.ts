import path from 'node:path';
import {
	BuildError, collect, throwProblems,
} from '../../errors.js';
import {readText} from '../../system/index.js';
import {listConfig, type ConfigFolders} from '../../workspace/index.js';
import {locationOf, type Directive} from './directive.js';
import {parseDirectiveFile} from './parse-directive-file.js';
import {parseImageIni} from './parse-image-ini.js';

/**
Reads the directives of build-config/images/*.ini, of StarlingX's checkout, and of the files named beside them. Where
several have a label, the one that was named counts, else the one in the user's own folder, else StarlingX's, else the
package's.

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
	const configured = await listConfig(folders, 'build-config/images', '.ini');
	const problems: BuildError[] = [];
	const read = await Promise.all([...new Set([...configured, ...found, ...named])].map(async file => readDirective(file).catch((error: unknown) => error)));
	const directives = read.flatMap(result => {
		const directive = collect(problems, () => {
			if (result instanceof Error) {
				throw result;
			}

			return result as Directive;
		});
		return directive ? [directive] : [];
	});
	const ofPackage = path.join(folders.roots.at(-1) ?? '', 'build-config/images');
	const standing = ({file}: Directive): number => {
		if (named.includes(file)) {
			return 0;
		}

		return found.includes(file) ? 2 : (path.dirname(file) === ofPackage ? 3 : 1);
	};

	const valid = outranking(directives, standing);
	return {directives: valid, problems: [...problems, ...doubledLabels(valid)]};
}

/** The directives whose label none has that stands before them. */
function outranking(directives: readonly Directive[], standing: (directive: Directive) => number): readonly Directive[] {
	const first = new Map<string, number>();
	for (const directive of directives) {
		first.set(directive.label, Math.min(standing(directive), first.get(directive.label) ?? Number.POSITIVE_INFINITY));
	}

	return directives.filter(directive => standing(directive) === first.get(directive.label));
}

async function readDirective(file: string): Promise<Directive> {
	const text = await readText(file);
	return file.endsWith('.ini') ? parseImageIni(text, file) : parseDirectiveFile(text, file);
}

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
