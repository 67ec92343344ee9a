import test from 'ava';
import {formatPlan} from '../../../src/loadbuild/index.js';
import {keyOf} from '../../../src/plan/index.js';

test('the columns of tags and build arguments are as wide as the longest of both', t => {
	const tags = {build: 'eve/stx-a:1', versioned: 'eve/stx-a:1.0', 'latest-of-all': 'eve/stx-a:latest'};
	t.is(formatPlan({
		images: [{
			label: 'stx-a', builder: 'loci', directive: '/d/a.ini', dialect: 'builtin', verify: '/p/a.ini', tags, buildArgs: {FROM: '<base image>', CUSTOMIZATION: 'one\ntwo'}, argv: ['docker', 'build', 'a b'], records: {record: '/w/a.json', log: '/w/a.log', lists: {}},
		}],
		wheels: [],
		leftOut: [],
		steps: [{
			id: 'image:stx-a', kind: 'image.build', title: 'build stx-a', needs: [], key: keyOf('a'), inputs: {},
		}],
	}), [
		'stx-a  (/d/a.ini)',
		'  build tag          eve/stx-a:1',
		'  versioned tag      eve/stx-a:1.0',
		'  latest-of-all tag  eve/stx-a:latest',
		'  verify             from /p/a.ini',
		'  FROM               <base image>',
		'  CUSTOMIZATION      one',
		'                     two',
		'  $ docker build \'a b\'',
		'',
		'1 step; those whose results hold are not done again:',
		'  image:stx-a  build stx-a',
	].join('\n'));
});

test('wheels stand in columns, in lines that fit a terminal', t => {
	const wheels = Array.from({length: 151}, (_, index) => ({name: index === 3 ? 'python-a-rather-long-name' : `wheel-${index}`, version: '1.0', step: ''}));
	const [head, ...lines] = formatPlan({
		images: [], wheels, leftOut: [], steps: [],
	}).split('\n');
	t.is(head, '151 wheels:');
	t.is(lines.length, 51);
	t.is(lines[0], '  wheel-0 1.0                    wheel-1 1.0                    wheel-2 1.0');
	t.true(lines.every(line => line.length <= 100));
});
