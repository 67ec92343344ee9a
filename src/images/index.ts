export type {
	Builder, Directive, DirectiveKey, ServiceCheck, VerifySpec,
} from './directives/directive.js';
export {readDirectives} from './directives/read-directives.js';
export {showDirectives, type ShownDirective} from './directives/show-directives.js';
export {selectImages, type ImageSelection} from './directives/select-images.js';
export type {DialectData} from './dialects/dialect.js';
export {readDialect} from './dialects/read-dialect.js';
export {imageRoots} from './dialects/image-roots.js';
export {planImages, type ImagesRequest} from './plan-images.js';
export {planImageTags, type ImageTags, type TagOptions} from './publish/plan-image-tags.js';
export {describeImages, type DescribedImage} from './describe-images.js';
export type {ImageEffects} from './effects.js';
export {imageHandlers} from './image-handlers.js';
