/** Test files as JavaScript. */
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {pathToFileURL} from 'node:url';
import {build, type Plugin} from 'esbuild';

/** Files ask where they are, to find the project and what lies beside them: they are told where they came from. */
const originalPlace: Plugin = {
	name: 'original-place',
	setup({onLoad}) {
		onLoad({filter: /\/(?:src|test)\/.*\.ts$/}, async ({path: file}) => {
			const places = {url: pathToFileURL(file).href, filename: file, dirname: path.dirname(file)};
			const text = await readFile(file, 'utf8');
			return {loader: 'ts', contents: text.replaceAll(/import\.meta\.(url|filename|dirname)\b/gv, (_, name: keyof typeof places) => JSON.stringify(places[name]))};
		});
	},
};

/**
Compiles test files and all they use. AVA starts a process for each of them; with tsx each would find and translate
hundreds of files by itself, which takes longer than most of the tests.

@param folder where they go, as they are below test/; in the project, so that they find its packages.
*/
export async function compileTests(project: string, folder: string): Promise<void> {
	await build({
		absWorkingDir: project,
		entryPoints: ['test/**/*.test.ts'],
		outbase: path.join(project, 'test'),
		outdir: folder,
		bundle: true,
		splitting: true,
		// What runs the tests, and what they run by its path.
		external: ['ava', 'esbuild', 'tsx', 'typescript', 'xo', 'eslint'],
		// As in bin/build.
		banner: {js: 'import {createRequire as createRequireHere} from \'node:module\';\nconst {filename: __filename, dirname: __dirname} = import.meta;\nconst require = createRequireHere(__filename);'},
		format: 'esm',
		platform: 'node',
		target: 'node20.19',
		sourcemap: true,
		sourcesContent: false,
		logLevel: 'warning',
		plugins: [originalPlace],
	});
}
