/** From the Dockerfile of an image to the one that it is built with. Pure. */

/** The id of the secret that carries the shell text of what comes after the build; the file is called so too. */
export const postbuildSecret = 'stx-build-postbuild';

/** What is done after the build, and as whom. */
export type Afterwards = {
	/** CUSTOMIZATION: as the image's own user, as StarlingX runs it. */
	readonly customizes: boolean;
	/** POSTBUILD_*: as root. */
	readonly removes: boolean;
	/** The image's user as a Dockerfile writes it; empty for root. */
	readonly user: string;
};

const secret = `--mount=type=secret,id=${postbuildSecret},mode=0444 --mount=type=secret,id=ca,mode=0444`;

const step = (...parts: readonly string[]): string => `RUN ${secret} ${JSON.stringify(['/bin/sh', `/run/secrets/${postbuildSecret}`, ...parts])}`;

/** Whether a user is root, by name or number, with any group. */
const isRoot = (user: string): boolean => /^(?:root|0)?(?:$|:)/v.test(user);

/**
Appends to the last stage what is done after the build. It runs out of a file that only the build sees, so that neither
it nor what it was given is in the image's history; and in the form without a shell, so that SHELL, ENTRYPOINT and CMD of
the image stay as they are, and of USER is restored what was there.

The text of the Dockerfile itself is left as it is to the letter.
*/
export function appendPostbuild(text: string, {customizes, removes, user}: Afterwards): string {
	if (!customizes && !removes) {
		return text;
	}

	const lines = isRoot(user) || !removes
		? [step(...(customizes ? ['customize'] : []), ...(removes ? ['remove'] : []))]
		: [...(customizes ? [step('customize')] : []), 'USER 0:0', step('remove'), `USER ${user}`];
	return `${text.replace(/\n*$/v, '\n')}\n${lines.join('\n')}\n`;
}
