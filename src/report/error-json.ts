import {asError, BuildError} from '../errors.js';
import type {Json} from '../plan/index.js';
import {maskSecrets} from '../mask-secrets.js';
import {cleanText} from './clean-text.js';
import {causesOf, sortProblems} from './render-error.js';

/**
An error as data: `{"code", "message", "at": [{"file", "line"} | {"url"}], "hint", "because": [...]}`, with `problems`
where several are wrong at once. What is not a `BuildError` has no code, and its `stack` instead. Secrets are masked.
*/
export function errorJson(error: unknown): Json {
	if (!(error instanceof BuildError)) {
		const known = asError(error);
		return {message: cleanText(known.message), ...becauseOf(known), ...(known.stack !== undefined && {stack: cleanText(known.stack)})};
	}

	return {
		code: error.code,
		message: cleanText(error.message),
		...(error.at.length > 0 && {at: error.at.map(place => 'url' in place ? {url: maskSecrets(place.url)} : {file: maskSecrets(place.file), line: place.line})}),
		...becauseOf(error),
		...(error.hint !== undefined && {hint: cleanText(error.hint)}),
		...(error.problems.length > 0 && {problems: sortProblems(error.problems).map(problem => errorJson(problem))}),
	};
}

function becauseOf(error: Error): {readonly because?: readonly string[]} {
	const because = causesOf(error).map(cause => cleanText(cause));
	return because.length > 0 ? {because} : {};
}
