export {chooseFormat, createReporter, type ReporterOptions} from './create-reporter.js';
export {errorJson} from './error-json.js';
export {renderError, type RenderErrorOptions} from './render-error.js';
export {
	countOutcomes, renderSummary, renderSummaryEvent, type LeftOutLine, type RenderSummaryOptions,
} from './render-summary.js';
export {countOf, formatBytes} from './quantity.js';
export {formatColumns, formatTable} from './format-table.js';
export {renderLockDifference} from './render-lock-difference.js';
export {createStyle, type Style} from './style.js';
