export type {BuildRequest, Engine, EngineName, ImageConfig, ImageId, Mount, RunRequest, Secret} from './engine.js';
