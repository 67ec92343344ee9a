export type {AptState, BaseTarget, SuiteState} from './apt-state.js';
export {baseHandlers, type BaseEffects} from './base-handlers.js';
export {buildWithApt} from './build-with-apt.js';
export {
	baseStep, planBase, type BaseRequest, type BaseResult, type RootResult,
} from './plan-base.js';
export {readBaseRecipe, type BaseRecipe} from './recipe.js';
export {parseBaseConfig, type BaseConfig} from './parse-base-config.js';
export {planBaseTags} from './plan-base-tags.js';
export type {BaseRepositories, RepositoriesRequest} from './plan-repositories.js';
export {readBaseRepositories} from './read-repositories.js';
