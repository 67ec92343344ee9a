export type {
	Builder, Directive, DirectiveKey, ServiceCheck, VerifySpec,
} from './directives/directive.js';
export {
	findDirectives, searchCheckout, type Checkout, type FoundDirectives,
} from './directives/find-directives.js';
export {gatherDirectives, imagesOfPackage, readDirectives} from './directives/read-directives.js';
export {showDirectives, type ShownDirective} from './directives/show-directives.js';
export {chooseImages, type ChosenImages, type ImageChoice} from './directives/choose-images.js';
export type {DialectData} from './dialects/dialect.js';
export {imageSources} from './dialects/image-sources.js';
export {readDialect} from './dialects/read-dialect.js';
export {readProject, type Project} from './projects/read-project.js';
export {unknownDialect} from './dialects/unknown-dialect.js';
export {imageRoots} from './dialects/image-roots.js';
export {
	planImages, type ImagesRequest, type PushOptions, type SourcesOfImages,
} from './plan-images.js';
export {
	planImageLists, planImageTags, type ImageLists, type ImageTags, type TagOptions,
} from './publish/plan-image-tags.js';
export {buildsImage, describeImages, type DescribedImage} from './describe-images.js';
export type {BuilderSources, TarballSource} from './builders/builder-source.js';
export {takesWheels} from './builders/builder-needs.js';
export {gatherBuilderSources, readBuilderSources} from './builders/read-builder-sources.js';
export type {ImageEffects} from './effects.js';
export {imageHandlers} from './image-handlers.js';
export {
	pinSources, planSource, sourceHandlers, sourceName, type PinnedSource, type Pins, type SourceWanted,
} from './sources/index.js';
export {parseUpdateFile} from './update/parse-update-file.js';
export {parseModuleSource} from './update/parse-module-source.js';
export {planUpdate, type PlanUpdateRequest, type UpdateFetchInputs} from './update/plan-update.js';
export {planUpdatedName, type UpdatedName} from './update/plan-update-tag.js';
export {readUpdate} from './update/read-update.js';
export type {
	ModuleSource, Named, UpdateAsked, UpdateFiles,
} from './update/update.js';
export {updateHandlers} from './update/update-handlers.js';
