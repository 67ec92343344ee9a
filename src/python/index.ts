export {
	foldName, isName, normalizeName, type NormalizedName,
} from './name.js';
export {
	canonicalVersion, compareVersions, isPrerelease, parseVersion, tryParseVersion, versionKey, type Version, type VersionNumber,
} from './version.js';
export {
	filterVersions, formatSpecifiers, parseSpecifiers, satisfies, type Specifier, type SpecifierOperator, type SpecifierOptions,
} from './specifier.js';
export {
	formatMarker, parseMarker, type Marker, type MarkerComparison, type MarkerOperator, type MarkerVariable,
} from './marker.js';
export {evaluateMarker, type MarkerEnvironment} from './evaluate-marker.js';
export {parseRequirement, type Requirement} from './requirement.js';
export {createTarget, type Target} from './target.js';
export {type WheelArch} from './tags.js';
export {
	compareWheels, parseWheelFilename, wheelRank, type WheelFilename,
} from './wheel-filename.js';
export {isWheelMetadata, onlyMetadata} from './wheel-metadata.js';
export {parseSdistFilename} from './sdist-filename.js';
export {parseMetadata, type Metadata} from './metadata.js';
export {
	parseConstraints, type ConstraintEntry, type ConstraintFile, type ConstraintLine,
} from './constraints.js';
export {constraintFor, constraintsFor} from './select-constraints.js';
export {rewriteConstraints, type Pin, type RewriteOptions} from './rewrite-constraints.js';
export {parseGlobalRequirements, type GlobalRequirement, type GlobalRequirements} from './global-requirements.js';
