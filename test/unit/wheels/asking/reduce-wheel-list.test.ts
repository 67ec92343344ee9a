import test from 'ava';
import {createTarget, parseConstraints} from '../../../../src/python/index.js';
import {reduceWheelList} from '../../../../src/wheels/asking/reduce-wheel-list.js';

const host = 'https://files.pythonhosted.org/packages/00/11/2222';
const target = createTarget({python: '3.13', glibc: '2.41', arch: 'amd64'});
const constraints = parseConstraints('more===1\nsame===1.0\nzero===2.0.0\nother===1.0\nrange<3\nelse-where===1\nversioned===1;python_version<\'3\'\nversioned===2;python_version>=\'3\'\nfrom-git===1\n', 'upper-constraints.txt');
const reduce = (text: string) => reduceWheelList(text, 'stable-wheels.cfg', {target, constraints});
const tar = (name: string, version: string) => `${name}-${version}-py3-none-any.whl|tar|${host}/${name}-${version}.tar.gz|${name}-${version}`;

const list = `#
# The head of the file.
#
${tar('same', '1.0')}
zero-2.0-py3-none-any.whl|pypi|${host}/zero-2.0-py3-none-any.whl
${tar('other', '1.1')}
${tar('range', '2.0')}
${tar('extra', '5')}
else_where-1-py3-none-any.whl|tar|https://example.com/else_where-1.tar.gz|else_where-1
${tar('versioned', '2')}
from_git-1-py3-none-any.whl|git|https://opendev.example/from-git|.|v1
`;

test('what repeats a constraint goes, whatever its type, and the rest stays with a reason', t => {
	const {text, dropped, kept, findings} = reduce(list);
	t.deepEqual(dropped.map(({name}) => name) as string[], ['same', 'zero', 'versioned']);
	t.deepEqual(kept.map(({name, because, constraint}) => [name, because, constraint]) as unknown, [
		['other', 'version', 'other===1.0'], ['range', 'version', 'range<3'], ['extra', 'extra', undefined], ['else-where', 'source', 'else-where===1'], ['from-git', 'source', 'from-git===1'],
	]);
	t.deepEqual(findings, []);
	t.is(text, list.split('\n').filter(line => !/^(?:same|zero|versioned)-/v.test(line)).join('\n'));
});

test('comments stay with what they are about', t => {
	const {text} = reduce(`# head
${tar('same', '1.0')}

# about zero alone
# in two lines
${tar('zero', '2.0')}

# about both
${tar('versioned', '2')}
${tar('other', '1.1')}
# about extra
${tar('extra', '1')}
# about what goes
${tar('more', '1')}

# about nothing

`);
	t.is(text, `# head

# about both
${tar('other', '1.1')}
# about extra
${tar('extra', '1')}

# about nothing
`);
});

test('what is wrong stays as it is, and is told', t => {
	const wrong = `same-1.0-py3-none-any.whl|whl|${host}/same-1.0-py3-none-any.whl`;
	const {text, dropped, findings} = reduce(`${wrong}\n${tar('zero', '2.0')}\n`);
	t.is(text, `${wrong}\n`);
	t.is(dropped.length, 1);
	t.deepEqual(findings.map(({at, problem}) => [at.line, problem.code]), [[1, 'STX0401']]);
});

test('a reduced list has nothing more to drop', t => {
	const {text} = reduce(list);
	t.is(reduce(text).text, text);
	t.deepEqual(reduce(text).dropped, []);
});
