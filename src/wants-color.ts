/**
Whether output is coloured: NO_COLOR (no-color.org) forbids it, FORCE_COLOR asks for it and `FORCE_COLOR=0` forbids it;
otherwise a terminal gets colours, unless it says that it is `dumb`.
*/
export function wantsColor(environment: Readonly<Record<string, string | undefined>>, isTerminal: boolean): boolean {
	const {NO_COLOR: forbidden = '', FORCE_COLOR: forced} = environment;
	if (forbidden !== '') {
		return false;
	}

	if (forced !== undefined) {
		return forced !== '0' && forced !== 'false';
	}

	return isTerminal && environment.TERM !== 'dumb';
}
