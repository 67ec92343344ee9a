/** `npm run docs`: writes the pages of docs/ that are made from the code. */
import {writeFile} from 'node:fs/promises';
import {generatePages} from './pages.js';

for (const [name, text] of generatePages()) {
	await writeFile(new URL(name, import.meta.url), text);
}
