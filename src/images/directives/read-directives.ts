import {
	BuildError, collect, throwProblems,
} from '../../errors.js';
import {readText} from '../../system/index.js';
import {listConfig, type ConfigFolders} from '../../workspace/index.js';
import {locationOf, type Directive} from './directive.js';
import {parseDirectiveFile} from './parse-directive-file.js';
import {parseImageIni} from './parse-image-ini.js';

/**
Reads the directives of build-config/images/*.ini and of the files named beside them.

@param files StarlingX's directive files, or image files of ours (by the extension `.ini`).
@throws BuildError STX0601 to STX0605, STX0903: all that is wrong with all files.
*/
export async function readDirectives(folders: ConfigFolders, files: readonly string[] = []): Promise<readonly Directive[]> {
	const all = [...new Set([...await listConfig(folders, 'build-config/images', '.ini'), ...files])];
	const problems: BuildError[] = [];
	const directives: Directive[] = [];
	for (const file of all) {
		const directive = await readDirective(file).catch((error: unknown) => {
			collect(problems, () => {
				throw error;
			});
		});
		if (directive) {
			directives.push(directive);
		}
	}

	problems.push(...doubledLabels(directives));
	throwProblems(problems);
	return directives;
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
