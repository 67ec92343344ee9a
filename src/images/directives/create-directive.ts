import {BuildError, throwProblems} from '../../errors.js';
import {
	builders, locationOf, type Builder, type Directive, type DirectiveKey, type DirectiveValues, type VerifySpec,
} from './directive.js';
import {nearNames} from '../../near-names.js';

const labelSyntax = /^[\da-z]+(?:(?:\.|_{1,2}|-+)[\da-z]+)*$/;

/** Keys with a form of their own, and what it is. */
const forms: ReadonlyArray<{readonly keys: readonly DirectiveKey[]; readonly form: RegExp; readonly name: string}> = [
	{keys: ['PROJECT_UID', 'PROJECT_GID', 'IMAGE_UPDATE_VER'], form: /^\d{1,9}$/, name: 'a whole number'},
	{keys: ['PYTHON3', 'MIRROR_LOCAL', 'NON_UNIQUE_SYSTEM_ACCOUNT', 'UPDATE_SYSTEM_ACCOUNT'], form: /^(?:yes|no)$/, name: '`yes` or `no`'},
	{keys: ['PROJECT'], form: /^[a-z_][-\d_a-z]{0,31}$/, name: 'the name of a system account: lower-case letters, digits, `-` and `_`'},
];

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
	} else if (!(builders as readonly string[]).includes(builder)) {
		const [near] = nearNames(builder, builders);
		wrong('BUILDER', `\`${builder}\` is not a builder`, `${near === undefined ? '' : `did you mean \`${near}\`? `}there are ${builders.map(name => `\`${name}\``).join(', ')}`);
	}

	if (builder === 'loci' && (values.get('PROJECT')?.value ?? '') === '') {
		wrong('PROJECT', 'the directive has no `PROJECT`', 'name the project, or write PROJECT=infra and PROJECT_REPO=nil for an image of packages only');
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
