export type {
	Builder, Directive, DirectiveKey, ServiceCheck, VerifySpec,
} from './directive.js';
export {readDirectives} from './read-directives.js';
export {showDirectives, type ShownDirective} from './show-directives.js';
export {selectImages, type ImageSelection} from './select-images.js';
export type {DialectData} from './dialect.js';
export {readDialect} from './read-dialect.js';
export {imageRoots} from './image-roots.js';
export {planImages, type ImagesRequest} from './plan-images.js';
export {planImageTags, type ImageTags, type TagOptions} from './plan-image-tags.js';
export {describeImages, type DescribedImage} from './describe-images.js';
export type {ImageEffects} from './effects.js';
export {imageHandlers} from './image-handlers.js';
