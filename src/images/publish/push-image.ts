/** The step image.push: an image under its names in a registry. */
import type {Engine} from '../../engine/index.js';
import {BuildError, throwProblems} from '../../errors.js';
import type {Handler, StepContext} from '../../plan/index.js';
import type {Manifest, Registry} from '../../registry/index.js';
import type {ImageEffects} from '../effects.js';
import {isInEngine} from '../holds-image.js';
import type {ImagePushInputs, ImagePushResult, ImageTagResult} from '../image-steps.js';
import {isInList, noteInList} from './image-lists.js';
import {notePushed, readRecord} from './image-record.js';

type Target = ImagePushInputs['push'][number];

/** What a registry has under the names of an image, before anything is pushed. */
type Asked = {readonly target: Target; readonly found: Manifest | undefined};

/**
Pushes what the registry does not have: it is asked for every name first. A name that has the image is left alone, one
that has something else is an error unless it is a latest tag, and where the image is there under any of them the others
are made of its manifest. A name is pushed only when the one before it has been: `latest` never names what nobody can
have by its version.
*/
export function pushHandler(effects: Pick<ImageEffects, 'engine' | 'registry'>): Handler {
	return {
		async holds(result, step) {
			const {image, pushed} = result as ImagePushResult;
			const {push, file, clean} = step.inputs as ImagePushInputs;
			const record = await readRecord(file);
			const noted = new Set((record?.pushed ?? []).map(({reference, digest}) => `${reference} ${digest}`));
			if (record?.image !== image || push.some(({reference}) => !pushed.some(other => other.reference === reference && noted.has(`${reference} ${other.digest}`)))) {
				return false;
			}

			const listed = await Promise.all(push.map(async ({reference, list}) => isInList(list, reference)));
			return listed.every(Boolean) && (clean || await isInEngine(image, effects)) && hasAll(pushed, effects);
		},
		async run(step, context) {
			const inputs = step.inputs as ImagePushInputs;
			const {image, references} = context.result(inputs.tag) as ImageTagResult;
			const engine = await effects.engine();
			const registry = await effects.registry();
			const publishing = createPublishing({
				inputs, image, engine, registry, context, asked: await askAll(inputs, registry, context),
			});
			const pushed: Array<ImagePushResult['pushed'][number]> = [];
			const problems: BuildError[] = [];
			for (const isLegacy of [false, true]) {
				const targets = inputs.push.filter(({legacy}) => legacy === isLegacy);
				try {
					for (const target of targets) {
						pushed.push(await publishing.publish(target));
						await noteInList(target.list, {label: inputs.label, reference: target.reference, following: inputs.following}, context.signal);
						await notePushed(inputs.file, pushed);
					}
				} catch (error) {
					if (!(error instanceof BuildError) || context.signal.aborted) {
						throw error;
					}

					problems.push(error);
				}
			}

			throwProblems(problems);
			const others = inputs.forget === null ? [] : (context.result(inputs.forget) as {readonly names: readonly string[]}).names;
			for (const reference of inputs.clean ? [...references, ...others] : []) {
				await engine.remove(reference);
			}

			const result: ImagePushResult = {image, pushed};
			return result;
		},
	};
}

/** Whether a registry has all that was pushed. One that does not answer is asked again by the push, which tells why. */
async function hasAll(pushed: ImagePushResult['pushed'], {registry}: Pick<ImageEffects, 'registry'>): Promise<boolean> {
	try {
		const client = await registry();
		const digests = await Promise.all(pushed.map(async ({reference}) => client.digest(reference)));
		return pushed.every(({digest}, index) => digests[index] === digest);
	} catch (error) {
		if (error instanceof BuildError) {
			return false;
		}

		throw error;
	}
}

type Publishing = {
	readonly inputs: ImagePushInputs;
	readonly image: string;
	readonly engine: Engine;
	readonly registry: Registry;
	readonly context: StepContext;
	readonly asked: readonly Asked[] | undefined;
};

/**
Asks what the registry has under each name.

@returns undefined where it does not let us see, since the engine may have a login that stx-build does not, and where it
gives no answer and everything may be replaced anyway.
@throws BuildError STX0908, STX0909 where it gives no answer: a push would replace whatever is there.
*/
async function askAll({label, push, overwrite}: ImagePushInputs, registry: Registry, context: Pick<StepContext, 'warn'>): Promise<readonly Asked[] | undefined> {
	try {
		return await Promise.all(push.map(async target => ({target, found: await registry.manifest(target.reference)})));
	} catch (error) {
		if (!(error instanceof BuildError) || !['STX0720', 'STX0908', 'STX0909'].includes(error.code)) {
			throw error;
		}

		if (error.code === 'STX0720' || overwrite) {
			context.warn(`${label}: ${error.message}, so it is not known which names are taken: a push that the engine can make replaces other images that have them`);
			return undefined;
		}

		throw new BuildError(error.code, `nothing was pushed, since the registry does not say which names are taken: ${error.message}`, {
			at: error.at, cause: error, hint: `${error.hint ?? 'try again later'}; with --overwrite it is pushed to without asking`,
		});
	}
}

/** Publishes one name after the other, and remembers what the registry was found to have. */
function createPublishing({inputs, image, engine, registry, context, asked}: Publishing) {
	const {overwrite} = inputs;
	const push = async (reference: string): Promise<string> => engine.push(image, reference, {signal: context.signal});
	let manifest: Manifest | undefined;
	const isImage = ({config, digest}: Manifest): boolean => config === image || digest === image;

	return {
		async publish({reference, moves}: Target): Promise<ImagePushResult['pushed'][number]> {
			context.progress({text: reference});
			if (!asked) {
				return {reference, digest: await push(reference), how: 'pushed'};
			}

			manifest ??= asked.map(answer => answer.found).find(found => found && isImage(found));
			const {found} = asked.find(({target}) => target.reference === reference)!;
			if (found && isImage(found)) {
				return {reference, digest: found.digest, how: 'unchanged'};
			}

			if (found && !moves && !overwrite) {
				throw new BuildError('STX0722', `\`${reference}\` is in the registry already, and another image: \`${found.digest}\``, {hint: 'give this build another --version, or --overwrite to replace that image'});
			}

			if (manifest) {
				return {reference, digest: await registry.tag(manifest, reference), how: 'tagged'};
			}

			const digest = await push(reference);
			const now = await registry.manifest(reference);
			if (now?.digest !== digest) {
				throw new BuildError('STX0721', `\`${reference}\` was pushed as \`${digest}\`, and the registry has \`${now?.digest ?? 'nothing'}\` there`, {hint: 'push again; when this comes back, somebody else pushes the same name'});
			}

			manifest = now;
			return {reference, digest, how: 'pushed'};
		},
	};
}
