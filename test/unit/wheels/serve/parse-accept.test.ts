import test from 'ava';
import {choosePageType} from '../../../../src/wheels/serve/parse-accept.js';

const json = 'application/vnd.pypi.simple.v1+json';
const html = 'application/vnd.pypi.simple.v1+html';

test('what clients send', t => {
	// Of pip, of uv, of a browser, of curl, and of who sends nothing.
	t.is(choosePageType('application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html; q=0.1, text/html; q=0.01'), json);
	t.is(choosePageType('application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01'), json);
	t.is(choosePageType('text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'), 'text/html');
	t.is(choosePageType('*/*'), 'text/html');
	t.is(choosePageType(undefined), 'text/html');
	t.is(choosePageType(''), 'text/html');
});

test('qualities count, then how close a wish is, then JSON', t => {
	t.is(choosePageType(`${json};q=0.3, text/html;q=0.4`), 'text/html');
	t.is(choosePageType(`${html}, ${json}`), json);
	t.is(choosePageType(`*/*, ${html}`), html);
	t.is(choosePageType('application/*'), html);
	t.is(choosePageType('application/*;q=0.5, text/*'), 'text/html');
	t.is(choosePageType(`${json};q=0, */*`), 'text/html');
	t.is(choosePageType('application/vnd.pypi.simple.latest+json'), json);
	t.is(choosePageType(json.toUpperCase()), json);
});

test('who takes none of the forms gets none', t => {
	t.is(choosePageType('application/json'), undefined);
	t.is(choosePageType(`${json};q=0`), undefined);
	t.is(choosePageType(`${json};q=high`), undefined);
	t.is(choosePageType('application/vnd.pypi.simple.v2+json'), undefined);
});

test('the parameter of the address goes before the header', t => {
	t.is(choosePageType('text/html', json), json);
	t.is(choosePageType('text/html', 'application/vnd.pypi.simple.latest+html'), html);
	t.is(choosePageType('text/html', 'application/xml'), undefined);
});
