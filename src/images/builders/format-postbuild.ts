/** The shell text that does what a directive asks for after the build. Pure. */
import {
	valueOf, wordsOf, type Directive,
} from '../directives/directive.js';

export type Postbuild = {
	readonly customization: string;
	readonly pythonPackages: readonly string[];
	readonly osPackages: readonly string[];
	readonly command: string;
};

/** What a directive asks for after the build; StarlingX's defaults, which are not empty, where it says nothing. */
export const postbuildOf = (directive: Directive): Postbuild => ({
	customization: valueOf(directive, 'CUSTOMIZATION'),
	pythonPackages: wordsOf(directive, 'POSTBUILD_REMOVE_PYTHON_PACKAGES'),
	osPackages: wordsOf(directive, 'POSTBUILD_REMOVE_OS_PACKAGES'),
	command: valueOf(directive, 'POSTBUILD_COMMAND'),
});

export const customizes = ({customization}: Postbuild): boolean => customization !== '';

export const removes = ({pythonPackages, osPackages, command}: Postbuild): boolean => pythonPackages.length > 0 || osPackages.length > 0 || command !== '';

/** Whether there is anything to do after the build. */
export const isPostbuilt = (postbuild: Postbuild): boolean => customizes(postbuild) || removes(postbuild);

/**
The values as assignments of a shell, before the script that uses them.

@param script text of build-config/builders/postbuild.sh
*/
export function formatPostbuild({customization, pythonPackages, osPackages, command}: Postbuild, script: string): string {
	const values = {
		customization, python_packages: pythonPackages.join(' '), os_packages: osPackages.join(' '), command,
	};
	return `${Object.entries(values).map(([name, value]) => `${name}=${quote(value)}\n`).join('')}${script}`;
}

const quote = (value: string): string => `'${value.replaceAll('\'', String.raw`'\''`)}'`;
