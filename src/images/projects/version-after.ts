/**
The version of a commit by the nearest tag before it, as pbr counts: the tag's own where it is of that commit, else a
development version of the next one. Without a tag it is pbr's first. Pure.

https://docs.openstack.org/pbr/latest/user/semver.html; that its `Sem-Ver` lines ask for more than the next patch does not count.

@param nearest tag, and how many commits come after it.
@returns a version in PEP 440's form.
*/
export function versionAfter(nearest: {readonly tag: string; readonly distance: number} | undefined): string {
	const {release, kind, count} = /^v?(?<release>\d+(?:\.\d+)*?)(?:\.0)?(?<kind>a|b|rc)(?<count>\d+)$/v.exec(nearest?.tag ?? '')?.groups ?? {};
	const plain = /^v?(?<release>\d+(?:\.\d+)*)$/v.exec(nearest?.tag ?? '')?.groups?.release;
	const distance = nearest?.distance ?? 1;
	if (release !== undefined) {
		return distance === 0 ? `${padded(release)}.0${kind!}${count!}` : `${padded(release)}.0${kind!}${Number(count) + 1}.dev${distance}`;
	}

	if (plain === undefined) {
		return `0.0.1.dev${distance}`;
	}

	const [major, minor, patch] = padded(plain).split('.');
	return distance === 0 ? plain : `${major!}.${minor!}.${Number(patch) + 1}.dev${distance}`;
}

/** With three numbers at least. */
const padded = (release: string): string => [...release.split('.'), '0', '0'].slice(0, Math.max(3, release.split('.').length)).join('.');
