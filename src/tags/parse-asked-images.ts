/** The images that a chart's values, an application's overrides or a manifest of Kubernetes ask for. Pure. */
import {
	isAlias, isMap, isScalar, isSeq, LineCounter, parseAllDocuments, type Node, type YAMLMap,
} from 'yaml';
import {explainReference} from '../engine/index.js';

export type AskedImage = {
	/** As it is put together of what is written: `docker.io/starlingx/stx-keystone:stx.13.0-v1.0.0`. */
	readonly image: string;
	/** Undefined where nothing says one: it is then `latest`, or decided elsewhere. */
	readonly tag: string | undefined;
	/** The keys on the way to it: `images.tags.keystone_api`. */
	readonly key: string;
	/** From 1. */
	readonly line: number;
};

/** Keys whose text is an image by itself. */
const isImageKey = (key: string): boolean => /image(?:name)?$/i.test(key) && !/pull|policy|secret/i.test(key);

/** Keys of a mapping that has the parts of an image. */
const partKeys = {
	registry: ['registry', 'imageRegistry'], repository: ['repository', 'image', 'name'], tag: ['tag', 'imageTag', 'version'], digest: ['digest', 'sha256'],
} as const;

/**
Reads the documents of a YAML text.

@returns the images in their order; undefined when the text is not YAML, as a template of Helm.
*/
export function parseAskedImages(text: string): readonly AskedImage[] | undefined {
	const lines = new LineCounter();
	const documents = parseAllDocuments(text, {
		schema: 'failsafe', lineCounter: lines, prettyErrors: false, uniqueKeys: false,
	});
	const all = Array.isArray(documents) ? documents : [];
	if (all.some(({errors}) => errors.length > 0)) {
		return undefined;
	}

	const found: AskedImage[] = [];
	for (const {contents} of all) {
		walk(contents, []);
	}

	return found;

	function walk(node: unknown, keys: readonly string[]): void {
		if (isSeq(node)) {
			for (const [index, item] of node.items.entries()) {
				walk(item, [...keys, String(index)]);
			}
		} else if (isMap(node)) {
			walkMap(node, keys);
		}
	}

	function walkMap(map: YAMLMap, keys: readonly string[]): void {
		const parts = textsOf(map);
		const whole = imageOfParts(parts, keys);
		if (whole) {
			add(whole.image, whole.tag, {keys, node: map});
		}

		// What `images:` or `tags:` below it names are images, whatever their keys.
		const areImages = /^(?:tags|images)$/.test(keys.at(-1) ?? '') && keys.includes('images');
		const isContainer = keys.some(key => /containers$/i.test(key));
		for (const {key, value} of map.items) {
			const name = String(key);
			const inner = [...keys, name];
			if (!isScalar(value)) {
				walk(isAlias(value) ? undefined : value, inner);
			} else if (!whole && (isImageKey(name) || areImages) && typeof value.value === 'string' && isReference(value.value, areImages || (isContainer && name === 'image'))) {
				add(value.value, tagOf(value.value), {keys: inner, node: value});
			}
		}
	}

	function add(image: string, tag: string | undefined, {keys, node}: {readonly keys: readonly string[]; readonly node: Node}): void {
		found.push({
			image, tag, key: keys.join('.'), line: lines.linePos(node.range?.[0] ?? 0).line,
		});
	}
}

/** The texts of a mapping by their keys. */
function textsOf(map: YAMLMap): ReadonlyMap<string, string> {
	return new Map(map.items.flatMap(({key, value}) => isScalar(value) && typeof value.value === 'string' && value.value.trim() !== '' ? [[String(key), value.value.trim()] as const] : []));
}

/** `repository` and `tag`, or `image` and `imageTag`, in any order, with a registry or a digest where one is given. */
function imageOfParts(texts: ReadonlyMap<string, string>, keys: readonly string[]): {readonly image: string; readonly tag: string | undefined} | undefined {
	const part = (name: keyof typeof partKeys): string | undefined => partKeys[name].map(key => texts.get(key)).find(text => text !== undefined);
	const isImage = texts.has('repository') || texts.has('imageTag') || /image$/i.test(keys.at(-1) ?? '');
	const repository = part('repository');
	const [tag, digest] = [part('tag'), part('digest')];
	if (!isImage || repository === undefined || (tag === undefined && digest === undefined && !texts.has('repository')) || repository.includes('://')) {
		return undefined;
	}

	const registry = part('registry');
	const name = `${registry === undefined || repository.startsWith(`${registry}/`) ? '' : `${registry}/`}${repository}`;
	const own = tagOf(name);
	const image = `${name}${tag === undefined || own !== undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest.includes(':') ? digest : `sha256:${digest}`}`}`;
	return isReference(image, true) ? {image, tag: own ?? tag} : undefined;
}

function tagOf(image: string): string | undefined {
	const [name = ''] = image.split(/@(?=sha256:)/);
	const last = name.slice(name.lastIndexOf('/') + 1);
	return last.includes(':') ? last.slice(last.indexOf(':') + 1) : undefined;
}

/** @param isKnown whether it stands where only images stand: others must have a name space, and a tag or a digest, to be taken for one. */
function isReference(text: string, isKnown: boolean): boolean {
	if (['', '~', 'null', 'true', 'false'].includes(text)) {
		return false;
	}

	// StarlingX fills in words of its manifests when it builds the application, as `@OS_CODENAME@`.
	const [name = '', digest] = text.replaceAll(/@[A-Z_]+@/g, 'x').split('@');
	if (digest !== undefined && !/^sha256:[\da-f]{64}$/.test(digest)) {
		return false;
	}

	const isWhole = name.includes('/') && (tagOf(name) !== undefined || digest !== undefined);
	return (isKnown || isWhole) && explainReference(tagOf(name) === undefined ? `${name}:tag` : name) === undefined;
}
