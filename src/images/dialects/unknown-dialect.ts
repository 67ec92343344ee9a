import type {Dialect} from '../../workspace/index.js';
import {directiveKeys} from '../directives/directive.js';
import type {DialectData} from './dialect.js';

/** A dialect whose files cannot be had: it takes whatever a directive says. For telling what is wanted, and not for building. */
export const unknownDialect = (name: Dialect): DialectData => ({
	name,
	files: [],
	arguments: new Map([...directiveKeys, 'UID', 'GID', 'WHEELS'].map(argument => [argument, ''])),
	pydep: [],
	pydepProfiles: [],
	pydepForInfra: false,
	toolchain: [],
	verifier: {file: '', digest: `sha256:${'0'.repeat(64)}`},
	...(name !== 'builtin' && {loci: {place: '', refused: {projects: [], profiles: []}}}),
});
