export type {AptState, BaseTarget, SuiteState} from './apt-state.js';
export {baseHandlers, type BaseEffects} from './base-handlers.js';
export {
	baseStep, planBase, type BaseRequest, type BaseResult, type RootResult,
} from './plan-base.js';
export {readBaseRecipe, type BaseRecipe} from './recipe.js';
