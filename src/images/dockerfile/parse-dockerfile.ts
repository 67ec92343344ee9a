/**
What is asked of a Dockerfile before it is built: its stages, the images that they begin with, the arguments they take,
the user that the last one ends with. https://docs.docker.com/reference/dockerfile/
*/

/** One instruction, with its continuation lines and here-documents. */
export type Instruction = {
	/** In capitals. */
	readonly name: string;
	/** Where it begins, from 1. */
	readonly line: number;
	/** What follows, on one line. */
	readonly text: string;
};

export type Stage = {
	/** The image or stage that it begins with, as written. */
	readonly from: string;
	/** Its name after AS, in lower case as engines compare it. */
	readonly name?: string;
	/** The last USER in it. */
	readonly user?: string;
};

export type Dockerfile = {
	/** Build arguments before the first stage, with their defaults. */
	readonly globals: ReadonlyMap<string, string>;
	/** The names of all build arguments that it takes anywhere. */
	readonly arguments: ReadonlySet<string>;
	readonly stages: readonly Stage[];
	/** Images that files are copied or mounted from, as written; names of stages are not among them. */
	readonly copied: readonly string[];
};

/** Reads a Dockerfile. What is wrong with it the engine says when it is built. */
export function parseDockerfile(text: string): Dockerfile {
	const globals = new Map<string, string>();
	const names = new Set<string>();
	const stages: Stage[] = [];
	const sources: string[] = [];
	for (const {name, text: rest} of listInstructions(text)) {
		if (name === 'ARG') {
			for (const [argument, value] of parseArguments(rest)) {
				names.add(argument);
				if (stages.length === 0) {
					globals.set(argument, value);
				}
			}
		} else if (name === 'FROM') {
			const [from = '', as = '', stage] = rest.split(/\s+/v).filter(word => !word.startsWith('--'));
			stages.push({from, ...(as.toLowerCase() === 'as' && stage !== undefined && {name: stage.toLowerCase()})});
		} else if (name === 'USER' && stages.length > 0) {
			stages.push({...stages.pop()!, user: rest});
		}

		sources.push(...flagsOf(name, rest));
	}

	return {
		globals, arguments: names, stages, copied: [...new Set(sources)].filter(source => !/^\d+$/v.test(source) && stages.every(stage => stage.name !== source.toLowerCase())),
	};
}

/** The images that `COPY --from=` and `RUN --mount=from=` name. */
function flagsOf(name: string, text: string): readonly string[] {
	if (!['ADD', 'COPY', 'RUN'].includes(name)) {
		return [];
	}

	const flags = /^(?:--\S+\s+)*/v.exec(text)![0].split(/\s+/v).filter(flag => flag !== '');
	return flags.flatMap(flag => /^--from=(?<image>\S+)$/v.exec(flag)?.groups?.image ?? (flag.startsWith('--mount=') ? /[=,]from=(?<image>[^,]+)/v.exec(flag)?.groups?.image : undefined) ?? []);
}

/** The instructions of a Dockerfile, in their order. */
export function listInstructions(text: string): readonly Instruction[] {
	const lines = text.split(/\r?\n/v);
	const escape = escapeOf(lines);
	const instructions: Instruction[] = [];
	for (let index = 0; index < lines.length; index += 1) {
		const parts: string[] = [];
		let isOpen = true;
		let begin = index;
		while (isOpen && index < lines.length) {
			const line = lines[index]!.trim();
			// Comments and, as engines have it, empty lines do not end an instruction.
			if (line.startsWith('#') || (line === '' && parts.length > 0)) {
				index += 1;
				continue;
			}

			begin = parts.length === 0 ? index : begin;
			isOpen = line.endsWith(escape);
			parts.push(isOpen ? line.slice(0, -1) : line);
			index += isOpen ? 1 : 0;
		}

		const [, name, rest] = /^(?<name>[a-z]+)\s+(?<rest>.*)$/isv.exec(parts.join(' ').trim()) ?? [];
		if (name === undefined) {
			continue;
		}

		instructions.push({name: name.toUpperCase(), line: begin + 1, text: rest!.trim()});
		for (const word of heredocsOf(name.toUpperCase(), rest!)) {
			index += 1;
			while (index < lines.length && lines[index]!.replace(/^\t+/v, '') !== word) {
				index += 1;
			}
		}
	}

	return instructions;
}

/** The `escape` directive, which stands in a comment before everything else. */
function escapeOf(lines: readonly string[]): string {
	for (const line of lines) {
		const directive = /^#\s*(?<name>[a-z]+)\s*=\s*(?<value>\S+)\s*$/iv.exec(line)?.groups;
		if (!directive) {
			break;
		}

		if (directive.name!.toLowerCase() === 'escape') {
			return directive.value!;
		}
	}

	return '\\';
}

/** The words that end the here-documents of an instruction, in their order. */
function heredocsOf(name: string, text: string): readonly string[] {
	return ['ADD', 'COPY', 'RUN'].includes(name) ? [...text.matchAll(/(?<!<)<<-?(?<quote>["']?)(?<word>[a-z_]\w*)\k<quote>/giv)].map(({groups}) => groups!.word!) : [];
}

/** `NAME`, `NAME=value`, several of them. */
function parseArguments(text: string): ReadonlyArray<readonly [string, string]> {
	const words = text.match(/(?:"(?:\\.|[^"])*"|'[^']*'|\\.|[^\s"'])+/gv) ?? [];
	return words.map(word => {
		const [, name = word, value = ''] = /^(?<name>\w+)=(?<value>.*)$/sv.exec(word) ?? [];
		return [name, value.replaceAll(/["']/gv, '')] as const;
	});
}

/**
A reference with its variables put in.

@param values the build arguments that are given; defaults of the Dockerfile count where they are not.
@returns undefined where a variable has no value, or one is written in a way that only the engine understands.
*/
export function resolveReference(reference: string, {globals}: Pick<Dockerfile, 'globals'>, values: Readonly<Record<string, string>>): string | undefined {
	let isKnown = true;
	const lookUp = (name: string): string => {
		const value = Object.hasOwn(values, name) ? values[name]! : globals.get(name) ?? '';
		const inner = value.includes('$') ? undefined : value;
		isKnown &&= inner !== undefined && inner !== '';
		return inner ?? '';
	};

	const text = reference.replaceAll(/\$(?:\{(?<braced>\w+)\}|\{(?<withDefault>\w+):-(?<fallback>[^$\{\}]*)\}|(?<plain>\w+))/gv, (...found) => {
		const {braced, plain, withDefault, fallback} = found.at(-1) as Readonly<Record<string, string | undefined>>;
		if (withDefault === undefined) {
			return lookUp((braced ?? plain)!);
		}

		const value = (Object.hasOwn(values, withDefault) ? values[withDefault] : globals.get(withDefault)) ?? '';
		return value === '' ? fallback! : value;
	}).replaceAll(/["']/gv, '');
	return isKnown && text !== '' && !/[\s$\{\}]/v.test(text) ? text : undefined;
}

/** What the last stage ends with: the user that it or a stage it is made from sets, or the image which decides that. */
export function findUser({stages}: Pick<Dockerfile, 'stages'>): {readonly user: string} | {readonly image: string} {
	const user = chainOf(stages).find(stage => stage.user !== undefined)?.user;
	return user === undefined ? {image: findBeginning({stages})} : {user};
}

/** The image that the last stage begins with, or the stages which that is made from; as written, `scratch` for none. */
export const findBeginning = ({stages}: Pick<Dockerfile, 'stages'>): string => chainOf(stages).at(-1)?.from ?? 'scratch';

/** The last stage, the one that it is made from, and so on. */
function chainOf(stages: readonly Stage[]): readonly Stage[] {
	const chain: Stage[] = [];
	let at = stages.length - 1;
	while (at >= 0) {
		const stage = stages[at]!;
		chain.push(stage);
		at = stages.slice(0, at).findLastIndex(({name}) => name === stage.from.toLowerCase());
	}

	return chain;
}

/** The images that come from outside, as written: what stages begin with, and what is copied from. */
export function outsideImages({stages, copied}: Pick<Dockerfile, 'stages' | 'copied'>): readonly string[] {
	const begun = stages.filter(({from}, index) => stages.slice(0, index).every(({name}) => name !== from.toLowerCase())).map(({from}) => from);
	return [...new Set([...begun, ...copied])].filter(from => from !== 'scratch' && from !== '');
}
