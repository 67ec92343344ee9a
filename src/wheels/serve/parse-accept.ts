/** Which form of an index page a client wants (PEP 691). Pure. */

export type PageType = 'application/vnd.pypi.simple.v1+json' | 'application/vnd.pypi.simple.v1+html' | 'text/html';

/** In the order in which they are taken where a client names several and prefers none. */
const pageTypes: readonly PageType[] = ['application/vnd.pypi.simple.v1+json', 'application/vnd.pypi.simple.v1+html', 'text/html'];

/** Other names of a type. */
const aliases: Readonly<Record<string, PageType>> = {
	'application/vnd.pypi.simple.latest+json': 'application/vnd.pypi.simple.v1+json',
	'application/vnd.pypi.simple.latest+html': 'application/vnd.pypi.simple.v1+html',
};

type Wish = {readonly type: string; readonly quality: number};

/**
@param accept the header Accept, as in RFC 9110, 12.5.1.
@param format the parameter `format` of the query, which goes before.
@returns undefined when the client takes none of the forms. Who does not say gets HTML, as PEP 691 asks.
*/
export function choosePageType(accept: string | undefined, format?: string): PageType | undefined {
	if (format !== undefined) {
		return pageTypes.find(type => type === (aliases[format] ?? format));
	}

	if (accept === undefined || accept.trim() === '') {
		return 'text/html';
	}

	const wishes = accept.split(',').map(text => parseWish(text)).filter(({type}) => type !== '');
	const judged = pageTypes.map((type, order) => ({type, order, ...judge(type, wishes)})).filter(({quality}) => quality > 0);
	// Of types that are only taken among others, by a range, the oldest is the one that everybody understands.
	const [best] = judged.toSorted((a, b) => b.quality - a.quality || b.closeness - a.closeness || (a.closeness === 2 ? a.order - b.order : b.order - a.order));
	return best?.type;
}

function parseWish(text: string): Wish {
	const [type = '', ...parameters] = text.split(';').map(part => part.trim().toLowerCase());
	const quality = parameters.find(parameter => parameter.startsWith('q='))?.slice(2);
	const number = quality === undefined ? 1 : Number(quality);
	return {type: aliases[type] ?? type, quality: Number.isFinite(number) ? number : 0};
}

/** What the closest of the wishes says of a type: that of the type itself, of its kind (`text/…`), or of all. */
function judge(type: PageType, wishes: readonly Wish[]): {readonly quality: number; readonly closeness: number} {
	const ranges = ['*/*', `${type.split('/', 1)[0]!}/*`, type];
	for (const closeness of [2, 1, 0]) {
		const matching = wishes.filter(wish => wish.type === ranges[closeness]);
		if (matching.length > 0) {
			return {quality: Math.max(...matching.map(({quality}) => quality)), closeness};
		}
	}

	return {quality: 0, closeness: 0};
}
