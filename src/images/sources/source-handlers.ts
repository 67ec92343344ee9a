import type {Handlers} from '../../plan/index.js';
import type {Git, GitTree} from '../../system/index.js';
import type {SourceInputs} from './plan-source.js';

/** The handler of the steps of `planSource`. */
export const sourceHandlers = ({git}: {readonly git: Pick<Git, 'fetch' | 'has'>}): Handlers => ({
	'image.source': {
		async holds(result) {
			return git.has(result as GitTree);
		},
		async run(step, {signal}) {
			const {url, commit} = step.inputs as SourceInputs;
			return git.fetch(url, commit, {signal});
		},
	},
});
