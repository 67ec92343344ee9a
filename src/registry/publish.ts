/** An image gets its names in a registry. */
import type {Engine} from '../engine/index.js';
import {BuildError} from '../errors.js';
import type {StepContext} from '../plan/index.js';
import type {Manifest, Registry} from './registry.js';

/** A name that an image is to have in a registry. */
export type Name = {
	readonly reference: string;
	/** Whether it names another image with every build, as `latest` does; the others name one for ever. */
	readonly moves: boolean;
};

export type Published = {
	readonly reference: string;
	/** Of the manifest. */
	readonly digest: string;
	/** `tagged`: the registry had the image under another name. */
	readonly how: 'pushed' | 'tagged' | 'unchanged';
};

export type PublishOptions = {
	/** What people call it. */
	readonly label: string;
	/** Its id in the engine: the digest of its config, or of its manifest. */
	readonly image: string;
	/** All names that it is to have. */
	readonly names: readonly Name[];
	/** Whether names that have other images may be given to this one. */
	readonly overwrite: boolean;
	readonly engine: Pick<Engine, 'push'>;
	readonly registry: Registry;
	/** Of the step that publishes: told each name, and what is not known. */
	readonly context: Pick<StepContext, 'signal' | 'progress' | 'warn'>;
};

/**
Gives one of the names.

@throws BuildError STX0722 when it has another image and does not move; STX0721 when the registry has something else under
it than it was sent; what the engine and the registry throw.
*/
export type Publisher = (name: Name) => Promise<Published>;

/**
Asks a registry what it has under the names of an image, so that only what it lacks is sent. A name that has the image is
left alone, and where the image is there under any of them the others are made of its manifest.

Names are to be given one after the other, those that move last: then `latest` never names what nobody can have by its
version.

@throws BuildError STX0908, STX0909 where there is no answer, as a push would replace whatever is there; not with
`overwrite`.
*/
export async function createPublisher(options: PublishOptions): Promise<Publisher> {
	const {image, overwrite, engine, registry, context} = options;
	const push = async (reference: string): Promise<string> => engine.push(image, reference, {signal: context.signal});
	const had = await askAll(options);
	if (!had) {
		return async ({reference}) => {
			context.progress({text: reference});
			return {reference, digest: await push(reference), how: 'pushed'};
		};
	}

	const isImage = ({config, digest}: Manifest): boolean => config === image || digest === image;
	let manifest = [...had.values()].find((found): found is Manifest => found !== 'unreadable' && isImage(found));
	return async ({reference, moves}) => {
		context.progress({text: reference});
		const found = had.get(reference);
		if (found !== undefined && found !== 'unreadable' && isImage(found)) {
			return {reference, digest: found.digest, how: 'unchanged'};
		}

		if (found !== undefined && !moves && !overwrite) {
			const what = found === 'unreadable' ? 'and cannot be read as an image' : `and another image, or this one in another form: \`${found.digest}\``;
			throw new BuildError('STX0722', `\`${reference}\` is in the registry already, ${what}`, {hint: 'give this build another --version, or --overwrite to replace that image'});
		}

		if (manifest) {
			return {reference, digest: await registry.tag(manifest, reference), how: 'tagged'};
		}

		const digest = await push(reference);
		const now = await registry.manifest(reference);
		// Another engine that sends the same image at once may have packed it differently.
		if (now === undefined || (now.digest !== digest && !isImage(now))) {
			throw new BuildError('STX0721', `\`${reference}\` was pushed as \`${digest}\`, and the registry has \`${now?.digest ?? 'nothing'}\` there`, {hint: 'push again; when this comes back, somebody else pushes the same name'});
		}

		manifest = now;
		return {reference, digest: now.digest, how: 'pushed'};
	};
}

/** What a name has: a manifest, or something that is no image as today's engines make them. */
type Had = Manifest | 'unreadable';

/**
@returns what the registry has, by the references that it has something under; undefined where it does not let us see,
since the engine may have a login that stx-build does not, and where it gives no answer and everything may be replaced
anyway.
*/
async function askAll({label, names, overwrite, registry, context}: PublishOptions): Promise<ReadonlyMap<string, Had> | undefined> {
	try {
		const answers = await Promise.all(names.map(async ({reference}) => [reference, await readHad(reference, registry)] as const));
		return new Map(answers.flatMap(([reference, found]) => found ? [[reference, found] as const] : []));
	} catch (error) {
		if (!isUnanswered(error)) {
			throw error;
		}

		if (error.code === 'STX0720' || overwrite) {
			context.warn(`${label}: ${error.message}, so it is not known which names are taken: a push that the engine can make replaces other images that have them, and is not compared with what the registry has then`);
			return undefined;
		}

		throw new BuildError(error.code, `nothing was pushed, since the registry does not say which names are taken: ${error.message}`, {
			at: error.at, cause: error, hint: `${error.hint ?? 'try again later'}; with --overwrite it is pushed to without asking`,
		});
	}
}

/** Whether a registry was asked in vain: it does not let us see, or gives no answer. */
export const isUnanswered = (error: unknown): error is BuildError => error instanceof BuildError && ['STX0720', 'STX0908', 'STX0909'].includes(error.code);

async function readHad(reference: string, registry: Registry): Promise<Had | undefined> {
	try {
		return await registry.manifest(reference);
	} catch (error) {
		if (error instanceof BuildError && ['STX0721', 'STX0724'].includes(error.code)) {
			return 'unreadable';
		}

		throw error;
	}
}
