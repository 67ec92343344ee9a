/**
The rule `architecture/imports`: which module of src/ may import which. docs/architecture.md says why.

The decision is `judgeImport`, a function of three strings; the rule around it only finds the imports.
*/
import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {isBuiltin} from 'node:module';
import path from 'node:path';

/** Modules of Node that compute and touch nothing. All others are effects. */
const pureBuiltins = new Set(['assert', 'assert/strict', 'buffer', 'crypto', 'path', 'path/posix', 'querystring', 'string_decoder', 'url', 'util', 'util/types']);

/** Packages that touch the disk, the network, the terminal or other processes. */
const effectPackages = new Set(['cacache', 'execa', 'got', 'listr2', 'proxy-agent', 'tar', 'write-file-atomic', 'yauzl', 'yazl']);

/** Packages and Node modules that one place alone may import, with that place. Type imports are free. */
const owners = new Map([
	['execa', /^src\/system\/run\.ts$/],
	['child_process', /^$/],
	['got', /^src\/system\//],
	['proxy-agent', /^src\/system\//],
	['listr2', /^src\/report\//],
	['clipanion', /^src\/(?:commands\/|cli\.ts$|main\.ts$)/],
]);

/** Pure modules that all domains share. */
const shared = new Set(['src/errors.js', 'src/git-url.js', 'src/mask-secrets.js', 'src/near-names.js', 'src/url-parts.js']);

/** Files of src/commands that are no commands but what commands share. */
const sharedByCommands = /^src\/commands\/(?:[a-z-]+-command|[a-z-]+-options|context)\.js$/;

/** @param {string} specifier as written: `node:fs`, `fs/promises`, `tar/list`, `@scope/name/part` */
const packageOf = specifier => specifier.replace(/^node:/, '').replace(/^(@[^/]+\/[^/]+|[^/]+).*$/, '$1');

/**
Whether a file is pure by its place or its name: it computes, and reads, writes, prints and starts nothing.

@param {string} file relative to the project: `src/python/version.ts`
*/
export function isPure(file) {
	return /^src\/(?:python|plan|help|completion)\//.test(file) || /^src\/(?:.+\/)?(?:parse|plan|format)-[^/]+\.ts$/.test(file);
}

/**
Whether a package or a module of Node touches the world.

@param {string} specifier not relative
*/
export function isEffect(specifier) {
	return isBuiltin(specifier) ? !pureBuiltins.has(specifier.replace(/^node:/, '')) : effectPackages.has(packageOf(specifier));
}

/**
What is wrong with an import, in a sentence; undefined when nothing is.

@param {string} from the importing file, relative to the project: `src/wheels/plan-wheels.ts`
@param {string} specifier as written
@param {boolean} isTypeOnly `import type` or `export type`: nothing is loaded when the program runs
@returns {string | undefined}
*/
export function judgeImport(from, specifier, isTypeOnly) {
	if (!specifier.startsWith('.')) {
		return isTypeOnly ? undefined : judgePackage(from, specifier);
	}

	const to = path.posix.join(path.posix.dirname(from), specifier);
	if (!to.startsWith('src/')) {
		return `\`${specifier}\` is outside of src/`;
	}

	if (shared.has(to)) {
		return undefined;
	}

	const [fromDomain, toDomain] = [domainOf(from), domainOf(to)];
	if (toDomain === undefined) {
		return fromDomain === undefined ? undefined : `a domain does not import \`${to}\`: effects are made there and handed over`;
	}

	if (fromDomain !== toDomain) {
		if (to !== `src/${toDomain}/index.js`) {
			return `\`${to}\` is inside of another domain: import \`src/${toDomain}/index.js\``;
		}

		if (toDomain === 'commands' && fromDomain !== undefined) {
			return 'a domain does not import commands';
		}

		if (toDomain === 'system' && isPure(from) && !isTypeOnly) {
			return 'a pure module does not import src/system but for its types: take the effect as an argument';
		}
	}

	if (fromDomain === 'commands' && toDomain === 'commands' && from !== 'src/commands/index.ts' && !sharedByCommands.test(to)) {
		return 'commands do not import each other: move what they share to a domain, or to *-command.ts or *-options.ts';
	}

	return undefined;
}

/**
@param {string} from
@param {string} specifier
*/
function judgePackage(from, specifier) {
	const owner = owners.get(packageOf(specifier));
	if (owner && !owner.test(from)) {
		return `\`${specifier}\` is not imported here: only ${owner.source === '^$' ? 'nobody; programs are run by src/system/run.ts' : `files that match ${owner.source} do that`}`;
	}

	return isPure(from) && isEffect(specifier) ? `a pure module does not import \`${specifier}\`: take the effect as an argument` : undefined;
}

/**
The folder below src/ that a file is in.

@param {string} file relative to the project
*/
function domainOf(file) {
	const parts = file.split('/');
	return parts.length > 2 ? parts[1] : undefined;
}

const imports = {
	meta: {
		type: 'problem',
		docs: {description: 'Keep pure modules pure, and domains closed but for their index.ts'},
		schema: [],
	},
	create(context) {
		const from = path.relative(context.cwd, context.filename).split(path.sep).join('/');
		const check = (node, isTypeOnly) => {
			const value = node?.value ?? node?.literal?.value;
			const message = typeof value === 'string' ? judgeImport(from, value, isTypeOnly) : undefined;
			if (message !== undefined) {
				context.report({node, message});
			}
		};

		return {
			ImportDeclaration(node) {
				check(node.source, node.importKind === 'type');
			},
			ExportNamedDeclaration(node) {
				check(node.source, node.exportKind === 'type');
			},
			ExportAllDeclaration(node) {
				check(node.source, node.exportKind === 'type');
			},
			ImportExpression(node) {
				check(node.source, false);
			},
			TSImportType(node) {
				check(node.source ?? node.argument, true);
			},
		};
	},
};

export const architecture = {
	// The linter's cache asks for name and version only: with this, a change of the rule lints everything anew.
	meta: {name: 'architecture', version: createHash('sha256').update(readFileSync(new URL(import.meta.url))).digest('hex')},
	rules: {imports},
};
