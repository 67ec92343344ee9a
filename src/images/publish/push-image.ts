/** The step image.push: an image under its names in a registry. */
import type {Engine} from '../../engine/index.js';
import {BuildError, throwProblems} from '../../errors.js';
import type {Handler, StepContext} from '../../plan/index.js';
import type {Manifest, Registry} from '../../registry/index.js';
import type {ImageEffects} from '../effects.js';
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
			const publishing = createPublishing({
				inputs, image, engine, registry: await effects.registry(), context,
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
			for (const reference of inputs.clean ? references : []) {
				await engine.remove(reference);
			}

			const result: ImagePushResult = {image, pushed};
			return result;
		},
	};
}

async function isInEngine(image: string, {engine}: Pick<ImageEffects, 'engine'>): Promise<boolean> {
	return await (await engine()).find(image) === image;
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
};

/** Publishes one name after the other, and remembers what the registry was found to have. */
function createPublishing({inputs, image, engine, registry, context}: Publishing) {
	const {label, overwrite} = inputs;
	const push = async (reference: string): Promise<string> => engine.push(image, reference, {signal: context.signal});
	let manifest: Manifest | undefined;
	let asked: Promise<readonly Asked[] | undefined> | undefined;

	/** Undefined where the registry cannot be asked: an engine may know a way that stx-build does not. */
	async function askAll(): Promise<readonly Asked[] | undefined> {
		try {
			return await Promise.all(inputs.push.map(async target => ({target, found: await registry.manifest(target.reference)})));
		} catch (error) {
			if (!(error instanceof BuildError) || !['STX0720', 'STX0908', 'STX0909'].includes(error.code)) {
				throw error;
			}

			context.warn(`${label}: the registry could not be asked what it has, so that it is pushed to without: ${error.message}`);
			return undefined;
		}
	}

	const isImage = ({config, digest}: Manifest): boolean => config === image || digest === image;

	return {
		async publish({reference, moves}: Target): Promise<ImagePushResult['pushed'][number]> {
			context.progress({text: reference});
			asked ??= askAll();
			const answers = await asked;
			if (!answers) {
				return {reference, digest: await push(reference), how: 'pushed'};
			}

			manifest ??= answers.map(answer => answer.found).find(found => found && isImage(found));
			const {found} = answers.find(({target}) => target.reference === reference)!;
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
