export {applyTags, type AppliedTag} from './apply-tags.js';
export {planTags, type PlannedTag} from './plan-tags.js';
export {
	reportImages, type ImageReport, type ReportedImage,
} from './report-images.js';
export {readTagLists} from './read-tag-lists.js';
