/** What of git an image of a LOCI dialect is built from, besides wheels. Pure. */
import {parseGitUrl} from '../../git-url.js';
import {locationOf, valueOf, type Directive} from '../directives/directive.js';
import type {SourceWanted} from '../sources/index.js';
import type {DialectData} from './dialect.js';
import {projectSource, refuseAccount} from './project-source.js';

/** A source, by its folder in the build context. */
export type ImageSource = {readonly name: 'project' | 'novnc' | 'spice-html5'; readonly wanted: SourceWanted};

/** Where StarlingX takes it from, which is LOCI's place too. */
export const spiceRepository = 'https://gitlab.freedesktop.org/spice/spice-html5';

/**
The project's repository, and for Nova those of its web consoles.

@throws BuildError STX0604, STX0915
*/
export function imageSources(directive: Directive, dialect: DialectData): readonly ImageSource[] {
	if (directive.builder !== 'loci' || !dialect.loci) {
		return [];
	}

	const project = projectSource(directive);
	const isNova = valueOf(directive, 'PROJECT') === 'nova';
	return [
		...(project.kind === 'git' ? [{name: 'project' as const, wanted: {...project, at: locationOf(directive, 'PROJECT_REF')}}] : []),
		...(isNova ? consoles(directive, dialect) : []),
	];
}

function consoles(directive: Directive, {arguments: declared}: DialectData): readonly ImageSource[] {
	const at = locationOf(directive, 'PROJECT');
	const said = (key: 'SPICE_REPO' | 'SPICE_REF', otherwise: string): string => valueOf(directive, key) === '' ? otherwise : valueOf(directive, key);
	const source = (name: ImageSource['name'], url: string, ref: string): ImageSource => {
		refuseAccount(url, at);
		return {name, wanted: {url: parseGitUrl(url, at), ref, at}};
	};

	return [
		source('novnc', declared.get('NOVNC_REPO') ?? '', declared.get('NOVNC_REF') ?? ''),
		source('spice-html5', said('SPICE_REPO', spiceRepository), said('SPICE_REF', declared.get('SPICE_REF') ?? '')),
	];
}
