/** The Dockerfile of an update. Pure. */

/**
One RUN, in the form without a shell: SHELL, ENTRYPOINT and CMD of the image stay as they are, and USER is what it was.
What is installed is mounted and leaves nothing behind.

@param from reference of the image.
@param user of the image, as its config has it; empty for root.
*/
export function formatUpdateDockerfile(from: string, user: string): string {
	const run = 'RUN --mount=type=bind,target=/mnt --mount=type=secret,id=ca,mode=0444 ["/bin/sh", "/mnt/install.sh"]';
	const lines = /^(?:root|0)?(?:$|:)/.test(user) ? [run] : ['USER 0:0', run, `USER ${user}`];
	return `${[`FROM ${from}`, ...lines].join('\n')}\n`;
}
