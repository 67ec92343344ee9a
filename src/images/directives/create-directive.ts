import {BuildError, throwProblems} from '../../errors.js';
import {nearNames} from '../../near-names.js';
import {
	builders, keysOfBuilder, locationOf, type Builder, type Directive, type DirectiveKey, type DirectiveValues, type VerifySpec,
} from './directive.js';

const isBuilder = (name: string): name is Builder => (builders as readonly string[]).includes(name);

const labelSyntax = /^[\da-z]+(?:(?:\.|_{1,2}|-+)[\da-z]+)*$/;

/** Keys with a form of their own, and what it is. */
const forms: ReadonlyArray<{readonly keys: readonly DirectiveKey[]; readonly form: RegExp; readonly name: string}> = [
	{keys: ['PROJECT_UID', 'PROJECT_GID', 'IMAGE_UPDATE_VER'], form: /^\d{1,9}$/, name: 'a whole number'},
	{keys: ['PYTHON3', 'MIRROR_LOCAL', 'NON_UNIQUE_SYSTEM_ACCOUNT', 'UPDATE_SYSTEM_ACCOUNT'], form: /^(?:yes|no)$/, name: '`yes` or `no`'},
	{keys: ['PROJECT_REF', 'SPICE_REF', 'DOCKER_REF', 'SOURCE_REF'], form: /^(?![\-.\/])[^\s\p{Cc}~:?*^\[\\]+$/v, name: 'a branch, a tag or a commit'},
	{keys: ['COMMAND'], form: /^bash$/, name: '`bash`, which is all that runs scripts'},
	{keys: ['PROJECT'], form: /^[a-z_][-\d_a-z]{0,31}$/, name: 'the name of a system account: lower-case letters, digits, `-` and `_`'},
];

/** Keys without which a builder can do nothing, and what to write. */
const required: Readonly<Record<Builder, ReadonlyArray<readonly [key: DirectiveKey, hint: string]>>> = {
	loci: [['PROJECT', 'name the project, or write PROJECT=infra and PROJECT_REPO=nil for an image of packages only']],
	docker: [],
	script: [
		['SOURCE_REPO', 'add SOURCE_REPO=<URL of the repository that the script is run in>'],
		['COMMAND', 'add COMMAND=bash'],
		['SCRIPT', 'add SCRIPT=<file beside the directive file>'],
	],
};

/**
Makes a directive of its values.

@throws BuildError STX0604 for each value that is missing or cannot be.
*/
export function createDirective(values: DirectiveValues, file: string, verify: VerifySpec): Directive {
	const problems: BuildError[] = [];
	const wrong = (key: DirectiveKey, message: string, hint: string): void => {
		problems.push(new BuildError('STX0604', message, {at: locationOf({file, values}, key), hint}));
	};

	const label = values.get('LABEL')?.value ?? '';
	if (label === '') {
		wrong('LABEL', 'the directive has no `LABEL`', 'add LABEL=<name of the image>');
	} else if (!labelSyntax.test(label)) {
		wrong('LABEL', `\`${label}\` cannot be the label of an image`, 'a label has lower-case letters and digits, with `-`, `_` or `.` between them');
	}

	const builder = values.get('BUILDER')?.value ?? '';
	if (builder === '') {
		wrong('BUILDER', 'the directive has no `BUILDER`', 'add BUILDER=loci');
	} else if (!isBuilder(builder)) {
		const [near] = nearNames(builder, builders);
		wrong('BUILDER', `\`${builder}\` is not a builder`, `${near === undefined ? '' : `did you mean \`${near}\`? `}there are ${builders.map(name => `\`${name}\``).join(', ')}`);
	}

	if (isBuilder(builder)) {
		for (const [key, hint] of required[builder]) {
			if ((values.get(key)?.value ?? '') === '') {
				wrong(key, `the directive has no \`${key}\``, hint);
			}
		}

		for (const other of builders.filter(name => name !== builder)) {
			for (const key of keysOfBuilder[other].filter(name => (values.get(name)?.value ?? '') !== '')) {
				wrong(key, `\`${key}\` is read by the builder \`${other}\`, and the directive asks for \`${builder}\``, `remove ${key}, or correct BUILDER`);
			}
		}
	}

	for (const {keys, form, name} of forms) {
		for (const key of keys) {
			const value = values.get(key)?.value ?? '';
			if (value !== '' && !form.test(value)) {
				wrong(key, `\`${key}\` is \`${value}\`, which is not ${name}`, `write ${name}`);
			}
		}
	}

	throwProblems(problems);
	return {
		file, label, builder: builder as Builder, values, verify,
	};
}
