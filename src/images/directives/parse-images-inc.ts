/** StarlingX's `<os>[_<codename>]_<stream>_docker_images.inc`: directories of a repository that have images. */

/** A directory that a file names. */
export type ListedDirectory = {
	/** As it is written, relative to the file. */
	readonly directory: string;
	readonly at: {readonly file: string; readonly line: number};
};

/**
Words between blanks, `#` comments, as StarlingX's tools read it; a directory that is named twice counts once.

@param file name for messages.
*/
export function parseImagesInc(text: string, file: string): readonly ListedDirectory[] {
	const listed = new Map<string, ListedDirectory>();
	for (const [index, line] of text.split(/\r?\n/).entries()) {
		for (const directory of line.replace(/#.*$/, '').split(/\s+/).filter(word => word !== '')) {
			listed.set(directory, listed.get(directory) ?? {directory, at: {file, line: index + 1}});
		}
	}

	return [...listed.values()];
}

/** The names that such a file may have for an OS and stream. */
export const imagesIncNames = ({os, codename, stream}: {readonly os: string; readonly codename: string; readonly stream: string}): readonly string[] => [`${os}_${stream}_docker_images.inc`, `${os}_${codename}_${stream}_docker_images.inc`];
