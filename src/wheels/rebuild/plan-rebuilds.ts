/** From builds to the steps that do them again. Pure. */
import {BuildError, throwProblems} from '../../errors.js';
import {keyed, type Step} from '../../plan/index.js';
import {normalizeName, type NormalizedName} from '../../python/index.js';
import type {BuilderInputs, BuildInputs} from '../step-inputs.js';
import type {Exception} from './parse-exceptions.js';

export type RebuildInputs = {
	/** What is built again, with the builder in which it is. */
	readonly build: BuildInputs;
	/** The step whose wheel it must give. */
	readonly wheel: string;
	/** Why it may be another. */
	readonly exception: Exception | null;
};

export type PlanRebuildsRequest = {
	/** Of `planWheels`. */
	readonly steps: readonly Step[];
	/** Distributions; all that are built from source when there are none. */
	readonly names: readonly string[];
	readonly exceptions: ReadonlyMap<NormalizedName, Exception>;
};

/** Makes programs see another time. */
const clockPackages = ['libfaketime'];

/**
Plans a `wheels.rebuild` for each build, and for each builder one that has another clock. They are what the user asked
for, and are done each time.

@throws BuildError STX0415 for each name that is not built from source.
*/
export function planRebuilds({steps, names, exceptions}: PlanRebuildsRequest): readonly Step[] {
	const builds = steps.filter((step): step is Step<string, BuildInputs> => step.kind === 'wheels.build');
	const wanted = new Set(names.map(name => normalizeName(name)));
	throwProblems([...wanted].filter(name => builds.every(({inputs}) => inputs.name !== name)).map(name => new BuildError('STX0415', `\`${name}\` is not built from source here`, {hint: builds.length === 0 ? 'nothing is: --from-source says what is to be' : `built are ${builds.map(({inputs}) => inputs.name).join(', ')}`})));
	const chosen = builds.filter(({inputs}) => wanted.size === 0 || wanted.has(inputs.name));
	const builders = new Map<string, Step>();
	const builderLike = (id: string): Step => {
		const builder = steps.find(step => step.id === id)!;
		const inputs = builder.inputs as BuilderInputs;
		const again: BuilderInputs = {...inputs, base: {step: id}, packages: clockPackages};
		const made = builders.get(id) ?? {
			id: `${id}:clock`,
			kind: 'wheels.builder',
			title: `give ${id} another clock`,
			group: 'wheels',
			needs: [id],
			...keyed({kind: 'wheels.builder', base: builder.key, packages: clockPackages}),
			inputs: again,
			uses: 'network',
			weight: 15,
		} satisfies Step;
		builders.set(id, made);
		return made;
	};

	const rebuilds = chosen.map((step): Step => {
		const {inputs, needs} = step;
		const builder = builderLike(inputs.builder).id;
		const rebuild: RebuildInputs = {build: {...inputs, builder}, wheel: step.id, exception: exceptions.get(inputs.name) ?? null};
		return {
			id: `re${step.id}`,
			kind: 'wheels.rebuild',
			title: `build ${inputs.name} ${inputs.version} again`,
			group: 'wheels',
			needs: [step.id, builder, ...needs.filter(need => need !== inputs.builder || need === inputs.environmentBuilder)],
			...keyed({kind: 'wheels.rebuild', build: step.key}),
			inputs: rebuild,
			uses: 'cpu',
			...(step.takes && {takes: step.takes}),
			...(step.weight !== undefined && {weight: step.weight}),
			target: true,
		};
	});
	return [...builders.values(), ...rebuilds];
}
