/**
Every error a user can meet is a `BuildError` with a code of this table. Anything else that escapes is a bug of
stx-build and is shown with its stack.

A code is never reused for another meaning: people search for them. The hundreds name the domain.
*/

/** What a code means, and the exit code it leads to: 2 when nothing was started, 1 when work was done and failed. */
export const errorCodes = {
	STX0001: {exit: 2, meaning: 'the command line is wrong'},
	STX0002: {exit: 2, meaning: 'several things are wrong'},
	STX0003: {exit: 130, meaning: 'interrupted'},
	STX0101: {exit: 2, meaning: 'a settings file cannot be read as ini'},
	STX0102: {exit: 2, meaning: 'a setting or section that stx-build does not know'},
	STX0103: {exit: 2, meaning: 'a key is given twice'},
	STX0104: {exit: 2, meaning: 'a setting has a value it cannot take'},
	STX0105: {exit: 2, meaning: 'the workspace or the cache cannot be written'},
	STX0201: {exit: 2, meaning: 'a text is not the name of a distribution'},
	STX0202: {exit: 2, meaning: 'a text is not a Python version (PEP 440)'},
	STX0203: {exit: 2, meaning: 'a text is not a version specifier (PEP 440)'},
	STX0204: {exit: 2, meaning: 'a text is not a requirement (PEP 508)'},
	STX0205: {exit: 2, meaning: 'a text is not an environment marker, or one without meaning (PEP 508)'},
	STX0206: {exit: 2, meaning: 'a text is not the file name of a wheel (PEP 427)'},
	STX0207: {exit: 1, meaning: 'the metadata of a distribution is wrong'},
	STX0208: {exit: 2, meaning: 'a line of a constraint file is not a constraint'},
	STX0209: {exit: 2, meaning: 'several constraints hold for one distribution'},
	STX0210: {exit: 2, meaning: 'a target that wheels cannot be made for'},
	STX0301: {exit: 2, meaning: 'the index does not have a project'},
	STX0302: {exit: 2, meaning: 'no file of a project fits a requirement and the target'},
	STX0303: {exit: 1, meaning: 'a file has another digest than is stated for it'},
	STX0304: {exit: 1, meaning: 'a file has another size than is stated for it'},
	STX0305: {exit: 1, meaning: 'a page of an index cannot be read'},
	STX0306: {exit: 1, meaning: 'something is needed from the network, but --offline is given'},
	STX0307: {exit: 2, meaning: 'no digest is known for a file that is to be downloaded'},
	STX0308: {exit: 1, meaning: 'a file holds the metadata of something else, or none'},
	STX0309: {exit: 1, meaning: 'a project is in quarantine'},
	STX0310: {exit: 1, meaning: 'an index speaks another version of the API'},
	STX0401: {exit: 2, meaning: 'a line of a wheel list that cannot be read'},
	STX0402: {exit: 2, meaning: 'a listed wheel that the target cannot install'},
	STX0403: {exit: 2, meaning: 'a distribution is listed twice'},
	STX0405: {exit: 2, meaning: 'openstack.cfg does not say where the upper constraints are'},
	STX0406: {exit: 2, meaning: 'an input of the wheels cannot be used'},
	STX0407: {exit: 2, meaning: 'the lock does not fit its inputs, and may not be changed'},
	STX0408: {exit: 2, meaning: 'the lock cannot be used'},
	STX0409: {exit: 2, meaning: 'a local module is needed and not listed'},
	STX0410: {exit: 2, meaning: 'the resolver has no Python interpreter'},
	STX0411: {exit: 2, meaning: 'requirements that cannot be met together'},
	STX0413: {exit: 1, meaning: 'the resolver failed'},
	STX0414: {exit: 2, meaning: 'a distribution has no file that can be used'},
	STX0415: {exit: 2, meaning: 'a distribution that is not among the wheels'},
	STX0416: {exit: 1, meaning: 'a wheel is not what was planned'},
	STX0417: {exit: 1, meaning: 'the build of a wheel failed'},
	STX0418: {exit: 1, meaning: 'the wheels are not complete'},
	STX0419: {exit: 1, meaning: 'the container that wheels are built in does not fit the target'},
	STX0420: {exit: 2, meaning: 'a file is not a wheels tarball'},
	STX0421: {exit: 2, meaning: 'a wheel list for Python 2'},
	STX0422: {exit: 2, meaning: 'a wheel list and the constraints contradict each other'},
	STX0423: {exit: 2, meaning: 'a line of a wheel list that StarlingX\'s own tools stumble over'},
	STX0424: {exit: 2, meaning: 'a file that nobody states a digest of, and that is not locked'},
	STX0425: {exit: 1, meaning: 'a file has changed since it was locked'},
	STX0430: {exit: 2, meaning: 'a tag or branch that is locked means another commit now'},
	STX0431: {exit: 2, meaning: 'several finished wheels of one distribution, and no telling which is meant'},
	STX0440: {exit: 1, meaning: 'the build of a wheel was ended, as it took too much'},
	STX0441: {exit: 1, meaning: 'a patch does not apply'},
	STX0442: {exit: 1, meaning: 'wheels that are not what they were when they are built again'},
	STX0450: {exit: 1, meaning: 'pip cannot install what an image asks for from its wheels'},
	STX0451: {exit: 1, meaning: 'the wheels of an image could not be checked'},
	STX0501: {exit: 1, meaning: 'a root file system could not be made from Debian packages'},
	STX0502: {exit: 1, meaning: 'the release files of a Debian mirror cannot be had, or are not signed by Debian'},
	STX0503: {exit: 1, meaning: 'an image that cannot serve as the base'},
	STX0504: {exit: 2, meaning: 'the recipe of the base image cannot be used'},
	STX0505: {exit: 2, meaning: 'a package repository of the base image that cannot be used'},
	STX0506: {exit: 2, meaning: 'a line of a --config-file that cannot be read'},
	STX0601: {exit: 2, meaning: 'a directive file has more than plain assignments'},
	STX0602: {exit: 2, meaning: 'a directive key that stx-build does not know'},
	STX0603: {exit: 2, meaning: 'a directive key is given twice'},
	STX0604: {exit: 2, meaning: 'a directive lacks a value, or has one it cannot take'},
	STX0605: {exit: 2, meaning: 'two images have the same label'},
	STX0606: {exit: 2, meaning: 'no image has the name that was asked for'},
	STX0607: {exit: 2, meaning: 'a directive asks for what its builder or dialect cannot do'},
	STX0608: {exit: 2, meaning: 'the files of a dialect are missing or wrong'},
	STX0609: {exit: 2, meaning: 'a name of an image that registries do not take'},
	STX0610: {exit: 1, meaning: 'an image could not be built'},
	STX0611: {exit: 1, meaning: 'a distribution is missing from the wheels of an image'},
	STX0612: {exit: 1, meaning: 'an image was built, and found wanting'},
	STX0613: {exit: 1, meaning: 'an image could not be verified'},
	STX0614: {exit: 1, meaning: 'a script has not made the image that it is there to make'},
	STX0640: {exit: 2, meaning: 'a list of image tags is wrong'},
	STX0641: {exit: 1, meaning: 'an image was not built from the commit that is stated for it'},
	STX0642: {exit: 2, meaning: 'an update of an image is not described so that it can be made'},
	STX0643: {exit: 1, meaning: 'an image could not be updated'},
	STX0644: {exit: 2, meaning: 'a chart, a package or an ISO cannot be read'},
	STX0615: {exit: 2, meaning: 'LOCI is not as a dialect knows it'},
	STX0701: {exit: 2, meaning: 'no container engine works on this machine'},
	STX0702: {exit: 2, meaning: 'the container engine that was asked for does not work'},
	STX0703: {exit: 1, meaning: 'the build of an image failed'},
	STX0704: {exit: 1, meaning: 'a container engine failed'},
	STX0705: {exit: 1, meaning: 'an image that is not there'},
	STX0706: {exit: 1, meaning: 'an image could not be fetched from a registry, or sent to it'},
	STX0707: {exit: 2, meaning: 'a path or a name that container engines cannot take'},
	STX0708: {exit: 1, meaning: 'a container would be less isolated than it must be'},
	STX0720: {exit: 1, meaning: 'a registry does not let us in'},
	STX0721: {exit: 1, meaning: 'what a registry gives has another digest than it says'},
	STX0722: {exit: 1, meaning: 'a tag has other content already'},
	STX0723: {exit: 2, meaning: 'a file with the credentials of registries cannot be read'},
	STX0724: {exit: 1, meaning: 'a registry answers in a way that nobody understands'},
	STX0725: {exit: 1, meaning: 'an image that a registry does not have'},
	STX0801: {exit: 2, meaning: 'a plan that cannot be executed'},
	STX0802: {exit: 1, meaning: 'content that is not in the store'},
	STX0901: {exit: 1, meaning: 'a program that stx-build runs is not installed'},
	STX0902: {exit: 1, meaning: 'a program that stx-build runs failed'},
	STX0903: {exit: 2, meaning: 'a file cannot be read'},
	STX0904: {exit: 1, meaning: 'a file cannot be written'},
	STX0905: {exit: 1, meaning: 'the disk is full'},
	STX0906: {exit: 1, meaning: 'a stored file is not what it was when it was stored'},
	STX0907: {exit: 1, meaning: 'an entry of an archive would be written outside its folder, or is not allowed'},
	STX0908: {exit: 1, meaning: 'a server cannot be reached'},
	STX0909: {exit: 1, meaning: 'a server answered with an error'},
	STX0910: {exit: 1, meaning: 'an archive cannot be read'},
	STX0911: {exit: 1, meaning: 'a git repository cannot be fetched from'},
	STX0912: {exit: 2, meaning: 'a git repository does not have what was asked of it'},
	STX0913: {exit: 1, meaning: 'what a git repository holds is not allowed'},
	STX0914: {exit: 1, meaning: 'a program that stx-build runs prints without end'},
	STX0915: {exit: 2, meaning: 'a text is not the address of a git repository'},
	STX0920: {exit: 2, meaning: 'an address that cannot be listened on'},
} as const satisfies Record<string, {readonly exit: 1 | 2 | 130; readonly meaning: string}>;

export type ErrorCode = keyof typeof errorCodes;

/** Where the cause is: a file with its line (from 1), or a URL. */
export type SourceLocation = {readonly file: string; readonly line?: number} | {readonly url: string};

/** `file:line`, or a URL. */
export const formatPlace = (place: SourceLocation): string => 'url' in place ? place.url : `${place.file}${place.line === undefined ? '' : `:${place.line}`}`;

export type BuildErrorOptions = {
	readonly at?: SourceLocation | readonly SourceLocation[];
	/** What to do about it, as an instruction. */
	readonly hint?: string;
	readonly cause?: unknown;
};

/**
The one error class. `message` says what is wrong in one sentence, with no full stop at the end and with both sides
where two things disagree; `at` says where; `hint` says what to do.
*/
export class BuildError extends Error {
	override readonly name = 'BuildError';
	readonly code: ErrorCode;
	readonly at: readonly SourceLocation[];
	readonly hint: string | undefined;
	/** The errors this one stands for, when several were found at once; otherwise empty. */
	readonly problems: readonly BuildError[];

	constructor(code: ErrorCode, message: string, options: BuildErrorOptions & {readonly problems?: readonly BuildError[]} = {}) {
		super(message, options.cause === undefined ? undefined : {cause: options.cause});
		this.code = code;
		this.at = options.at === undefined ? [] : [options.at].flat();
		this.hint = options.hint;
		this.problems = options.problems ?? [];
	}

	/** The exit code of a run that ends with this error. */
	get exitCode(): number {
		return this.problems.length > 0 ? Math.max(...this.problems.map(problem => problem.exitCode)) : errorCodes[this.code].exit;
	}
}

/** The single errors that an error stands for: those that it holds, or itself. */
export const problemsOf = (error: BuildError): readonly BuildError[] => error.problems.length > 0 ? error.problems : [error];

/**
Throws what was found wrong, all at once: nothing when the list is empty, the error itself when it is one.

@param problems the errors of all inputs, in the order they were read.
@throws BuildError
*/
export function throwProblems(problems: readonly BuildError[]): void {
	const flat = problems.flatMap(problem => problemsOf(problem));
	if (flat.length === 1) {
		throw flat[0]!;
	}

	if (flat.length > 1) {
		throw new BuildError('STX0002', `${flat.length} errors`, {problems: flat});
	}
}

/** Runs a parser and adds the `BuildError` it throws to `problems`; other errors pass. Gives undefined on error. */
export function collect<T>(problems: BuildError[], parse: () => T): T | undefined {
	try {
		return parse();
	} catch (error) {
		if (error instanceof BuildError) {
			problems.push(error);
			return undefined;
		}

		throw error;
	}
}

/** The same for what is read from disk or the network. An interruption is thrown: nobody asks any more what is wrong. */
export async function collectAsync<T>(problems: BuildError[], read: () => Promise<T>): Promise<T | undefined> {
	try {
		return await read();
	} catch (error) {
		if (error instanceof BuildError && error.code !== 'STX0003') {
			problems.push(error);
			return undefined;
		}

		throw error;
	}
}

/** What was thrown, as an Error: almost always it is one. */
export function asError(thrown: unknown): Error {
	return thrown instanceof Error ? thrown : new Error(String(thrown));
}
