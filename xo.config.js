/**
XO's rules, the few that are set otherwise with the reason, and the architecture of src/ (lint/architecture.js).
*/
import {architecture} from './lint/architecture.js';

/** Banned in all of src/. */
const bannedInSource = [
	{
		selector: 'ThrowStatement > NewExpression[callee.name=/^(?:Type|Range|Syntax)?Error$/]',
		message: 'Throw a BuildError with a code of src/errors.ts.',
	},
	{
		selector: 'Property[key.name="shell"], Property[key.value="shell"]',
		message: 'No shell: a command is an argv array.',
	},
];

/** Time and chance are effects: they come in as arguments. */
const bannedButInClock = [
	{
		selector: [
			'NewExpression[callee.name="Date"][arguments.length=0]',
			'CallExpression[callee.name="Date"]',
			'MemberExpression[object.name=/^(?:Date|performance)$/][property.name="now"]',
		].join(', '),
		message: 'Take the time from a Clock.',
	},
	{
		selector: 'MemberExpression[object.name="Math"][property.name="random"], ImportDeclaration[source.value="node:crypto"] > ImportSpecifier[imported.name=/^random/]',
		message: 'Take randomness as an argument.',
	},
];

/** What belongs to the process as a whole is read and written by src/main.ts and src/cli.ts only. */
const ofTheProcess = ['argv', 'chdir', 'cwd', 'env', 'exit', 'exitCode', 'stderr', 'stdin', 'stdout', 'on', 'once'];

const pureFiles = ['src/{python,plan,help,completion}/**/*.ts', 'src/**/{parse,plan,format}-*.ts'];

const config = [
	{
		ignores: ['dist/**', 'workspace/**', 'coverage/**', 'test/fixtures/**'],
	},
	{
		plugins: {architecture},
		rules: {
			// Commands and options of clipanion are made by calls.
			'new-cap': ['error', {newIsCap: true, capIsNew: true, capIsNewExceptionPattern: String.raw`^(?:Command|Option)\.`}],
			// Names of files, options and settings begin comments, in the case they have.
			'capitalized-comments': 'off',
			// A loop that awaits means the order; what may run at once is written with p-map.
			'no-await-in-loop': 'off',
			// With the flags u and v, /[a-z]/i matches the Kelvin sign too; the names of Python's standards are ASCII.
			'require-unicode-regexp': 'off',
			// Warnings of XO: here they are errors, or they would only pile up.
			'no-warning-comments': 'error',
			complexity: ['error', 25],
			'max-depth': 'error',
			'max-nested-callbacks': 'error',
			'max-params': ['error', {max: 4}],
			'@stylistic/max-len': ['error', {
				code: 200, ignoreStrings: true, ignoreTemplateLiterals: true, ignoreRegExpLiterals: true, ignoreUrls: true,
			}],
			'import-x/no-anonymous-default-export': 'off',
			// `(await read(file)).text` reads well.
			'unicorn/no-await-expression-member': 'off',
		},
	},
	{
		files: ['**/*.ts'],
		rules: {
			// Keys of objects are often data: error codes, environment variables, names of distributions.
			'@typescript-eslint/naming-convention': [
				'error',
				{
					selector: ['variable', 'function', 'classProperty', 'parameterProperty', 'classMethod', 'typeMethod', 'accessor'],
					format: ['strictCamelCase'],
					leadingUnderscore: 'allow',
					trailingUnderscore: 'allow',
				},
				{selector: 'variable', modifiers: ['destructured'], format: null},
				{selector: 'typeLike', format: ['StrictPascalCase']},
				{selector: ['classProperty', 'classMethod'], modifiers: ['requiresQuotes'], format: null},
			],
			// Null is a value of JSON, and bytes come as Buffer from the libraries that read archives.
			'@typescript-eslint/no-restricted-types': 'off',
			// Branded types are made by assertion, in the one function that has checked the text.
			'@typescript-eslint/no-unsafe-type-assertion': 'off',
			// Members stand in the order in which they are best read.
			'@typescript-eslint/member-ordering': 'off',
		},
	},
	{
		files: ['src/**/*.ts'],
		rules: {
			'architecture/imports': 'error',
			'max-lines': ['error', {max: 300, skipBlankLines: true, skipComments: true}],
			'no-console': 'error',
			'no-restricted-syntax': ['error', ...bannedInSource, ...bannedButInClock],
			'no-restricted-properties': ['error', ...ofTheProcess.map(property => ({object: 'process', property, message: 'Only src/main.ts and src/cli.ts do this; take it as an argument.'}))],
			'no-restricted-globals': ['error', 'fetch', 'process'],
			'@typescript-eslint/no-restricted-imports': ['error', {paths: [{name: 'node:process', importNames: ofTheProcess, message: 'Only src/main.ts and src/cli.ts do this.'}]}],
		},
	},
	{
		files: ['src/main.ts', 'src/cli.ts'],
		rules: {
			'no-console': 'off',
			'no-restricted-properties': 'off',
			'@typescript-eslint/no-restricted-imports': 'off',
		},
	},
	{
		files: ['src/main.ts', 'src/cli.ts', 'src/system/clock.ts'],
		rules: {
			'no-restricted-syntax': ['error', ...bannedInSource],
		},
	},
	{
		files: pureFiles,
		rules: {
			'no-restricted-globals': ['error', 'console', 'fetch', 'performance', 'process'],
		},
	},
	{
		files: ['test/**/*.ts', 'bench/**/*.ts'],
		rules: {
			// The message of an assertion may be a variable.
			'ava/assertion-arguments': 'off',
			// A test whose assertions are made by fast-check has none that AVA sees.
			'ava/no-useless-t-pass': 'off',
			// A server of a test answers by an async function; what it throws fails the test.
			'@typescript-eslint/strict-void-return': 'off',
		},
	},
];

export default config;
