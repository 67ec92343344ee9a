/** Environment markers (PEP 508, PEP 685): their tree, read and written. They are evaluated by `evaluate-marker.ts`. */
import {type SourceLocation} from '../errors.js';
import {foldName} from './name.js';
import {Scanner} from './scanner.js';
import {tryParseSpecifier} from './specifier.js';

const variables = [
	'python_version',
	'python_full_version',
	'os_name',
	'sys_platform',
	'platform_release',
	'platform_system',
	'platform_version',
	'platform_machine',
	'platform_python_implementation',
	'implementation_name',
	'implementation_version',
	'extra',
] as const;

export type MarkerVariable = (typeof variables)[number];
export type MarkerOperator = '===' | '==' | '!=' | '~=' | '<=' | '>=' | '<' | '>' | 'in' | 'not in';

export type MarkerComparison = {
	readonly type: 'comparison';
	readonly variable: MarkerVariable;
	readonly operator: MarkerOperator;
	/** What the variable is compared with; folded as PEP 685 says where it is an extra. */
	readonly value: string;
	/** The value stands on the left: `'3.9' <= python_version`. */
	readonly reversed: boolean;
};

export type Marker = MarkerComparison | {readonly type: 'and' | 'or'; readonly markers: readonly Marker[]};

/** Compared as versions where the right side is one; all others are compared as text. */
export const versionVariables: ReadonlySet<MarkerVariable> = new Set(['python_version', 'python_full_version', 'implementation_version', 'platform_release']);

/** Spellings older than PEP 508 that are still in use. */
const legacyNames: Readonly<Record<string, MarkerVariable>> = {
	'os.name': 'os_name',
	'sys.platform': 'sys_platform',
	'platform.version': 'platform_version',
	'platform.machine': 'platform_machine',
	'platform.python_implementation': 'platform_python_implementation',
	python_implementation: 'platform_python_implementation',
};

const variablePattern = new RegExp(String.raw`(?:${[...variables, ...Object.keys(legacyNames)].map(name => name.replaceAll('.', String.raw`\.`)).join('|')})\b`, 'y');
const stringPattern = /'[^'\\]*'|"[^"\\]*"/y;
const operatorPattern = /===|==|~=|!=|<=|>=|<|>|in\b|not[ \t]+in\b/y;

/** Deeper ones are an attack on the stack. */
const deepest = 50;

type Operand = {readonly variable: MarkerVariable} | {readonly value: string};

function scanOperand(scanner: Scanner): Operand {
	const name = scanner.take(variablePattern);
	if (name !== undefined) {
		return {variable: legacyNames[name] ?? (name as MarkerVariable)};
	}

	return {value: scanner.expect(stringPattern, 'a marker variable or a quoted string').slice(1, -1)};
}

function scanComparison(scanner: Scanner): MarkerComparison {
	const left = scanOperand(scanner);
	scanner.skipBlanks();
	const operator = scanner.expect(operatorPattern, 'a comparison').replace(/[ \t]+/, ' ') as MarkerOperator;
	scanner.skipBlanks();
	const start = scanner.position;
	const right = scanOperand(scanner);
	if ('variable' in left === 'variable' in right) {
		scanner.position = start;
		scanner.fail('variable' in left ? 'a quoted string' : 'a marker variable');
	}

	const variable = 'variable' in left ? left.variable : (right as {variable: MarkerVariable}).variable;
	const value = 'value' in left ? left.value : (right as {value: string}).value;
	if ((operator === '~=' || operator === '===') && !(versionVariables.has(variable) && ('value' in left || tryParseSpecifier(`${operator}${value}`)))) {
		scanner.position = start;
		scanner.fail(`a version, as \`${operator}\` is for,`);
	}

	return {
		type: 'comparison', variable, operator, value: variable === 'extra' ? foldName(value) : value, reversed: 'value' in left,
	};
}

function scanAtom(scanner: Scanner, depth: number): Marker {
	scanner.skipBlanks();
	let marker: Marker;
	if (scanner.take(/\(/y) === undefined) {
		marker = scanComparison(scanner);
	} else {
		if (depth === deepest) {
			scanner.fail(`at most ${deepest} nested parentheses`);
		}

		marker = scanMarker(scanner, depth + 1);
		scanner.expect(/\)/y, '`and`, `or` or `)`');
	}

	scanner.skipBlanks();
	return marker;
}

const joined = (type: 'and' | 'or', markers: readonly Marker[]): Marker => markers.length === 1 ? markers[0]! : {type, markers};

/** Reads a marker up to where it ends. For a parser that goes on after it. */
export function scanMarker(scanner: Scanner, depth = 0): Marker {
	const groups: Marker[][] = [[scanAtom(scanner, depth)]];
	for (;;) {
		if (scanner.take(/and\b/y) !== undefined) {
			groups.at(-1)!.push(scanAtom(scanner, depth));
		} else if (scanner.take(/or\b/y) === undefined) {
			return joined('or', groups.map(group => joined('and', group)));
		} else {
			groups.push([scanAtom(scanner, depth)]);
		}
	}
}

/**
Reads an environment marker.

@param text what stands after the `;` of a requirement: `python_version >= '3.9' and extra == 'test'`.
@param at where it is written, for the error.
@throws BuildError STX0205 also for a comparison of two variables or of two strings, and of texts by `~=` or `===`, which have no meaning.
*/
export function parseMarker(text: string, at?: SourceLocation): Marker {
	const scanner = new Scanner(text.trim(), {
		code: 'STX0205', what: 'an environment marker', at, hint: 'the form is `python_version < "3.13"`, with `and` or `or` between several',
	});
	const marker = scanMarker(scanner);
	scanner.expectEnd('`and` or `or`');
	return marker;
}

/** Writes a marker so that `parseMarker` gives it back: double quotes where they can be, parentheses where they must be. */
export function formatMarker(marker: Marker): string {
	if (marker.type !== 'comparison') {
		return marker.markers
			.map(part => part.type === 'or' || part.type === marker.type ? `(${formatMarker(part)})` : formatMarker(part))
			.join(` ${marker.type} `);
	}

	const quoted = marker.value.includes('"') ? `'${marker.value}'` : `"${marker.value}"`;
	return marker.reversed ? `${quoted} ${marker.operator} ${marker.variable}` : `${marker.variable} ${marker.operator} ${quoted}`;
}
