/** What is known of an image before it is built, whichever kind of file said it. */

/** The keys that StarlingX's build-stx-images.sh reads from a directive file, by the builder that reads them. */
export const keysOfBuilder = {
	loci: [
		'PROJECT',
		'PROJECT_REPO',
		'PROJECT_REF',
		'PROJECT_UID',
		'PROJECT_GID',
		'PIP_PACKAGES',
		'UPGRADE_PIP_PACKAGES',
		'DIST_PACKAGES',
		'DIST_REPOS',
		'PROFILES',
		'PYTHON3',
		'MIRROR_LOCAL',
		'SPICE_REPO',
		'SPICE_REF',
		'NON_UNIQUE_SYSTEM_ACCOUNT',
		'UPDATE_SYSTEM_ACCOUNT',
	],
	docker: ['DOCKER_REPO', 'DOCKER_REF', 'DOCKER_CONTEXT', 'DOCKER_FILE', 'DOCKER_PATCHES'],
	script: ['SOURCE_REPO', 'SOURCE_REF', 'SOURCE_PATCHES', 'COMMAND', 'SCRIPT', 'ARGS'],
} as const;

export const directiveKeys = [
	'BUILDER',
	'LABEL',
	'IMAGE_UPDATE_VER',
	...keysOfBuilder.loci,
	...keysOfBuilder.docker,
	...keysOfBuilder.script,
	'CUSTOMIZATION',
	'POSTBUILD_REMOVE_PYTHON_PACKAGES',
	'POSTBUILD_REMOVE_OS_PACKAGES',
	'POSTBUILD_COMMAND',
] as const;

export type DirectiveKey = (typeof directiveKeys)[number];

export const isDirectiveKey = (name: string): name is DirectiveKey => (directiveKeys as readonly string[]).includes(name);

export const builders = ['loci', 'docker', 'script'] as const;

export type Builder = (typeof builders)[number];

export type DirectiveValue = {
	/** As bash assigns it. */
	readonly raw: string;
	/** As the tools use it: runs of white space folded to one blank, but for the keys whose lines count. */
	readonly value: string;
	/** Line of the assignment, from 1. */
	readonly line: number;
};

export type DirectiveValues = ReadonlyMap<DirectiveKey, DirectiveValue>;

/** How the service is asked whether it works. */
export type ServiceCheck = {
	/** Shell command that stays in the foreground; `$PORT` is the port. Where there is none, there is `wsgi`. */
	readonly start?: string;
	/** A WSGI application, `module:name`, for whatever server the image has. */
	readonly wsgi?: string;
	/** Of 127.0.0.1; a free one when it is not given. */
	readonly port?: number;
	readonly method: string;
	readonly path: string;
	readonly status: number;
	/** Dotted paths into the answer with the value there; a `*` at a value's end stands for any rest. */
	readonly json: ReadonlyArray<{readonly path: string; readonly value: string}>;
	/** How long the first answer may take. */
	readonly seconds: number;
};

/** The [verify] section of an image's ini file. */
export type VerifySpec = {
	/** Shell commands that must succeed, in their order. */
	readonly setup: readonly string[];
	/** Console scripts of the project that cannot answer `--help`. */
	readonly skipScripts: readonly string[];
	readonly service?: ServiceCheck;
};

export type Directive = {
	readonly file: string;
	readonly label: string;
	readonly builder: Builder;
	readonly values: DirectiveValues;
	readonly verify: VerifySpec;
	/** The file that this [verify] is in: the directive's, or another's of the same label. Undefined where no file has one. */
	readonly verifyFile?: string;
};

/** What an image's ini file says that has a label and [verify], and nothing else: how an image of another file is tried. */
export type ImageChecks = Required<Pick<Directive, 'file' | 'label' | 'verify'>>;

/** What StarlingX removes from an image whose directive does not say otherwise; an empty value removes nothing. */
const defaults: Partial<Record<DirectiveKey, string>> = {
	POSTBUILD_REMOVE_PYTHON_PACKAGES: 'pip',
	POSTBUILD_REMOVE_OS_PACKAGES: 'python3-pip python-pip-whl',
};

/** The value of a key as the tools use it; the default where the directive does not set it. */
export const valueOf = ({values}: Pick<Directive, 'values'>, key: DirectiveKey): string => values.get(key)?.value ?? defaults[key] ?? '';

/** The words of a key whose value is a list. */
export const wordsOf = (directive: Pick<Directive, 'values'>, key: DirectiveKey): readonly string[] => valueOf(directive, key).split(/\s+/).filter(word => word !== '');

/** Where a key is assigned; the file where it is not. */
export function locationOf({file, values}: Pick<Directive, 'file' | 'values'>, key: DirectiveKey): {readonly file: string; readonly line?: number} {
	const line = values.get(key)?.line;
	return {file, ...(line !== undefined && {line})};
}
