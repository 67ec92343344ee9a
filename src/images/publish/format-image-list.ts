/**
StarlingX's list of pushed images, a reference a line, with one more reference: the lines of the same image (`/LABEL:`)
are replaced in their place, as build-stx-images.sh does, or the reference comes last.

@param list text of the list so far.
*/
export function formatImageList(list: string, label: string, reference: string): string {
	const lines = list.split('\n').filter(line => line.trim() !== '');
	const first = lines.findIndex(line => line.includes(`/${label}:`));
	const others = lines.map(line => line.includes(`/${label}:`) ? undefined : line);
	if (first === -1) {
		others.push(reference);
	} else {
		others[first] = reference;
	}

	return others.filter(line => line !== undefined).map(line => `${line}\n`).join('');
}
