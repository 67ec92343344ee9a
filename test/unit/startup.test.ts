/** What is loaded before a command begins, and so decides how fast `--help` is. */
import {existsSync, readFileSync} from 'node:fs';
import {readdir} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import ts from 'typescript';

/** Packages that are loaded when there is work, and not before. */
const heavy = ['cacache', 'execa', 'got', 'htmlparser2', 'listr2', 'proxy-agent', 'smol-toml', 'tar', 'yauzl', 'zod'];

/** What a module imports when it is loaded: no types, and not what it asks for later. */
function importsOf(file: string): readonly string[] {
	const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest);
	return source.statements.flatMap(statement => {
		const isImport = ts.isImportDeclaration(statement) && statement.importClause?.phaseModifier !== ts.SyntaxKind.TypeKeyword;
		const isExport = ts.isExportDeclaration(statement) && !statement.isTypeOnly;
		const {moduleSpecifier} = isImport || isExport ? statement : {};
		return moduleSpecifier && ts.isStringLiteral(moduleSpecifier) ? [moduleSpecifier.text] : [];
	});
}

/** Ways by which packages are loaded together with a module, one for each that is found. */
function waysTo(packages: readonly string[], ...entries: readonly string[]): {readonly ways: ReadonlyMap<string, string>; readonly found: readonly string[]} {
	const ways = new Map(entries.map(entry => [entry, entry]));
	const found: string[] = [];
	for (const [file, way] of ways) {
		for (const specifier of importsOf(file)) {
			const target = path.join(path.dirname(file), specifier).replace(/\.js$/, '.ts');
			if (specifier.startsWith('.') && existsSync(target) && !ways.has(target)) {
				ways.set(target, `${way} -> ${target}`);
			} else if (packages.some(name => specifier === name || specifier.startsWith(`${name}/`))) {
				found.push(`${way} -> ${specifier}`);
			}
		}
	}

	return {ways, found};
}

test('the command line is read before anything heavy is loaded', t => {
	const {ways, found} = waysTo(heavy, 'src/main.ts');
	t.true(ways.has('src/commands/wheels-serve.ts'), 'the imports are followed');
	t.deepEqual(found, []);
});

test('a run that asks no host loads nothing to ask with', t => {
	const {ways, found} = waysTo(['got', 'hash-wasm', 'htmlparser2', 'listr2', 'proxy-agent'], 'src/loadbuild/index.ts', 'src/engine/index.ts', 'src/report/index.ts');
	t.true(ways.has('src/pypi/client.ts') && ways.has('src/system/http.ts'));
	t.deepEqual(found, []);
});

test('what is loaded later has its names in the bundle too: CommonJS would have `default` alone', async t => {
	const files = (await readdir('src', {recursive: true})).filter(name => name.endsWith('.ts'));
	const packages = new Set(files.flatMap(name => [...readFileSync(path.join('src', name), 'utf8').matchAll(/\bimport\('(?<name>[^.'][^']*)'\)/gv)].map(({groups}) => groups!.name!)));
	t.true(packages.has('got'), 'the imports are found');
	for (const name of packages) {
		const {type} = JSON.parse(readFileSync(path.join('node_modules', name, 'package.json'), 'utf8')) as {readonly type?: string};
		t.is(type, 'module', `${name}: export what is wanted of it from a file of our own, and import that`);
	}
});
