/**
Lists of image tags, as in StarlingX's tag-management folder: YAML of one or more documents with
`images: [{name, src_build_tag, src_ref, tag}]`. Pure.
*/
import {
	isMap, isScalar, isSeq, LineCounter, parseAllDocuments, type Node, type YAMLMap,
} from 'yaml';
import {explainReference} from '../engine/index.js';
import {BuildError, throwProblems} from '../errors.js';
import {nearNames} from '../near-names.js';

/** A tag that an image is to have besides the one that its build has given. */
export type TagEntry = {
	/** Of the image, without a tag: `docker.io/starlingx/stx-keystone`. */
	readonly name: string;
	readonly sourceTag: string;
	readonly tag: string;
	/** Address of the commit that the image is said to be built from. */
	readonly sourceRef: string | undefined;
	readonly at: {readonly file: string; readonly line: number};
};

const keys = ['name', 'src_build_tag', 'src_ref', 'tag'] as const;

/** Characters of what the parser says. */
const longestReason = 160;

type EntryKey = typeof keys[number];

type Refused = {readonly what: string; readonly hint?: string};

const explainTag = (tag: string): Refused | undefined => {
	const refused = explainReference(`image:${tag}`);
	return refused && {what: refused.what};
};

/** Why a text cannot be what it is given for. */
const explanations: Readonly<Record<EntryKey, (text: string) => Refused | undefined>> = {
	name(name) {
		const hint = 'a name is `REGISTRY/NAME`, and what tag it gets is said by `tag`';
		if (name.includes('@') || name.slice(name.lastIndexOf('/') + 1).includes(':')) {
			return {what: `\`${name}\` has a tag or a digest`, hint};
		}

		const refused = explainReference(`${name}:tag`);
		return refused && {what: refused.what, hint};
	},
	src_build_tag: explainTag,
	src_ref: address => URL.canParse(address) ? undefined : {what: `\`${address}\` is not an address`, hint: 'src_ref is the address of a commit'},
	tag: explainTag,
};

type Fields = Partial<Record<EntryKey, {readonly text: string; readonly line: number}>>;

/**
@param file name for messages.
@throws BuildError STX0640 with all that is wrong, each with its line.
*/
export function parseTagList(text: string, file: string): readonly TagEntry[] {
	const lines = new LineCounter();
	const problems: BuildError[] = [];
	const lineOf = (node: unknown): number => lines.linePos((node as Node | undefined)?.range?.[0] ?? 0).line;
	const wrong = (message: string, line: number, hint?: string): void => {
		problems.push(new BuildError('STX0640', message, {at: {file, line}, ...(hint !== undefined && {hint})}));
	};

	// All scalars are texts: a tag `1.10` is no number.
	const documents = parseAllDocuments(text, {schema: 'failsafe', lineCounter: lines, prettyErrors: false});
	const entries: TagEntry[] = [];
	for (const {contents, errors} of Array.isArray(documents) ? documents : []) {
		const [error] = errors;
		if (error) {
			// What follows it is mostly what the parser made of it, and quotes the rest of the file.
			wrong(`this is not YAML: ${error.message.split('\n')[0]!.slice(0, longestReason)}`, lines.linePos(error.pos[0]).line, 'correct the line, or the one above it');
			break;
		}

		if (contents !== null && !(isScalar(contents) && contents.source === '')) {
			entries.push(...readDocument(contents));
		}
	}

	throwProblems(problems);
	if (entries.length === 0) {
		throw new BuildError('STX0640', 'the list names no images', {at: {file, line: 1}, hint: 'it has `images:`, with `name`, `src_build_tag` and `tag` of each'});
	}

	return entries;

	function readDocument(contents: Node): readonly TagEntry[] {
		if (!isMap(contents)) {
			wrong('the document is no mapping with `images:`', lineOf(contents), 'write `images:`, and below it a `- name: …` for each image');
			return [];
		}

		const images: unknown = contents.get('images', true);
		for (const {key} of contents.items) {
			if (String(key) !== 'images') {
				wrong(`\`${String(key)}\` is not known`, lineOf(key), 'a list has `images:` and nothing else');
			}
		}

		if (isScalar(images) && images.source === '') {
			return [];
		}

		if (!isSeq(images)) {
			wrong('`images` is no list', images === undefined ? lineOf(contents) : lineOf(images), 'write `images:`, and below it a `- name: …` for each image');
			return [];
		}

		return images.items.flatMap(item => {
			if (isMap(item)) {
				return readEntry(item) ?? [];
			}

			wrong('an image is no mapping', lineOf(item), 'write `- name: …`, and below it `src_build_tag`, `src_ref` and `tag`');
			return [];
		});
	}

	function readEntry(item: YAMLMap): TagEntry | undefined {
		const before = problems.length;
		const fields = readFields(item);
		const line = fields.name?.line ?? lineOf(item);
		for (const key of ['name', 'src_build_tag', 'tag'] as const) {
			if ((fields[key]?.text ?? '') === '') {
				wrong(`the image has no \`${key}\``, fields[key]?.line ?? line, `add \`${key}: …\``);
			}
		}

		for (const [key, explain] of Object.entries(explanations)) {
			const field = fields[key as EntryKey];
			const refused = field === undefined || field.text === '' ? undefined : explain(field.text);
			if (refused) {
				wrong(refused.what, field!.line, refused.hint);
			}
		}

		const reference = fields.src_ref;
		return problems.length > before
			? undefined
			: {
				name: fields.name!.text, sourceTag: fields.src_build_tag!.text, tag: fields.tag!.text, sourceRef: reference?.text === '' ? undefined : reference?.text, at: {file, line},
			};
	}

	function readFields(item: YAMLMap): Fields {
		const fields: Fields = {};
		for (const {key, value} of item.items) {
			const name = String(key);
			const known = keys.find(other => other === name);
			if (known === undefined) {
				const [near] = nearNames(name, keys);
				wrong(`\`${name}\` is not known`, lineOf(key), near === undefined ? `an image has ${keys.map(each => `\`${each}\``).join(', ')}` : `did you mean \`${near}\`?`);
			} else if (isScalar(value) && typeof value.value === 'string') {
				fields[known] = {text: value.value.trim(), line: lineOf(key)};
			} else {
				wrong(`\`${name}\` is no text`, lineOf(key), `write \`${name}: …\` with one value`);
			}
		}

		return fields;
	}
}
