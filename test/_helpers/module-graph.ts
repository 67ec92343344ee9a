/**
The imports of src/ as a graph, down to single names: what a module really uses of another one's index.ts, and where
that was written. Type imports are left out: they are gone when the program runs.
*/
import {readFileSync} from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

/** One import of values. `names` is undefined when all is taken: `import * as`, `import()`, or for the side effect. */
type Import = {readonly specifier: string; readonly names: readonly string[] | undefined};

type Module = {
	readonly imports: readonly Import[];
	/** Names that are only passed on: `export {name} from './other.js'`. */
	readonly passedOn: ReadonlyMap<string, {readonly specifier: string; readonly name: string}>;
};

/** Reads modules once each. @param root the folder that names of files are relative to. */
export function createModuleReader(root: string): (file: string) => Module {
	const modules = new Map<string, Module>();
	return file => {
		let module = modules.get(file);
		if (module === undefined) {
			module = parseModule(readFileSync(path.join(root, file), 'utf8'), file);
			modules.set(file, module);
		}

		return module;
	};
}

/**
The way from a module to an effect.

@returns the files on the way and at its end the effect: `['src/a/plan-x.ts', 'src/a/list.ts', 'node:fs']`; undefined when
there is none.
*/
export function findEffect(file: string, readModule: (file: string) => Module, isEffect: (specifier: string) => boolean, seen = new Set<string>()): readonly string[] | undefined {
	if (seen.has(file)) {
		return undefined;
	}

	seen.add(file);
	for (const {specifier, names} of readModule(file).imports) {
		if (!specifier.startsWith('.')) {
			if (isEffect(specifier)) {
				return [file, specifier];
			}

			continue;
		}

		for (const target of resolveNames(resolve(file, specifier), names, readModule)) {
			const rest = findEffect(target, readModule, isEffect, seen);
			if (rest) {
				return [file, ...rest];
			}
		}
	}

	return undefined;
}

/** The files in which the names were written, through any number of index files. */
function resolveNames(file: string, names: readonly string[] | undefined, readModule: (file: string) => Module): readonly string[] {
	const {passedOn} = readModule(file);
	if (names === undefined) {
		return [file, ...[...passedOn.values()].flatMap(({specifier, name}) => resolveNames(resolve(file, specifier), [name], readModule))];
	}

	return [...new Set(names.flatMap(name => {
		const origin = passedOn.get(name);
		return origin?.specifier.startsWith('.') ? resolveNames(resolve(file, origin.specifier), [origin.name], readModule) : [file];
	}))];
}

const resolve = (file: string, specifier: string): string => path.posix.join(path.posix.dirname(file), specifier).replace(/\.js$/, '.ts');

function parseModule(text: string, file: string): Module {
	const imports: Import[] = [];
	const passedOn = new Map<string, {specifier: string; name: string}>();
	const visit = (node: ts.Node): void => {
		if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
			const {importClause} = node;
			if (importClause?.phaseModifier !== ts.SyntaxKind.TypeKeyword) {
				imports.push({specifier: node.moduleSpecifier.text, names: importedNames(importClause)});
			}
		} else if (ts.isExportDeclaration(node) && node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier) && !node.isTypeOnly) {
			const specifier = node.moduleSpecifier.text;
			if (node.exportClause && ts.isNamedExports(node.exportClause)) {
				for (const element of node.exportClause.elements.filter(({isTypeOnly}) => !isTypeOnly)) {
					passedOn.set(element.name.text, {specifier, name: (element.propertyName ?? element.name).text});
				}
			} else {
				imports.push({specifier, names: undefined});
			}
		} else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword && node.arguments[0] && ts.isStringLiteral(node.arguments[0])) {
			imports.push({specifier: node.arguments[0].text, names: undefined});
		}

		ts.forEachChild(node, visit);
	};

	visit(ts.createSourceFile(file, text, ts.ScriptTarget.ES2024));
	return {imports, passedOn};
}

function importedNames(clause: ts.ImportClause | undefined): readonly string[] | undefined {
	const bindings = clause?.namedBindings;
	if (clause === undefined || (bindings && ts.isNamespaceImport(bindings))) {
		return undefined;
	}

	const named = (bindings?.elements ?? []).filter(({isTypeOnly}) => !isTypeOnly).map(({name, propertyName}) => (propertyName ?? name).text);
	return clause.name ? ['default', ...named] : named;
}
