import test from 'ava';
import {formatPlan} from '../../../src/loadbuild/index.js';
import {keyOf} from '../../../src/plan/index.js';

test('the columns of tags and build arguments are as wide as the longest of both', t => {
	const tags = {build: 'eve/stx-a:1', versioned: 'eve/stx-a:1.0', 'latest-of-all': 'eve/stx-a:latest'};
	t.is(formatPlan({
		images: [{
			label: 'stx-a', builder: 'loci', directive: '/d/a.ini', dialect: 'builtin', tags, buildArgs: {FROM: '<base image>', CUSTOMIZATION: 'one\ntwo'}, argv: ['docker', 'build', 'a b'],
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
		'  FROM               <base image>',
		'  CUSTOMIZATION      one',
		'                     two',
		'  $ docker build \'a b\'',
		'',
		'1 steps; those whose results hold are not done again:',
		'  image:stx-a  build stx-a',
	].join('\n'));
});
