import test from 'ava';
import {refuseNetwork} from '../../../src/loadbuild/refuse-network.js';
import {stepOf} from '../../_helpers/plan-of.js';

const refused = (kind: string, inputs = {}): boolean => refuseNetwork(stepOf({id: 'x', kind, inputs}))?.code === 'STX0306';

test('what installs Debian packages asks the network', t => {
	t.true(refused('base.bootstrap'));
	t.true(refused('base.image'));
	t.true(refused('wheels.builder'));
	t.true(refused('image.build', {builder: 'loci', dialect: 'pinned', buildArgs: {}}));
	t.true(refused('image.build', {builder: 'loci', dialect: 'builtin', buildArgs: {DIST_PACKAGES: 'openssl'}}));
});

test('what may be on this machine does not', t => {
	t.false(refused('image.build', {builder: 'loci', dialect: 'builtin', buildArgs: {DIST_PACKAGES: ''}}));
	t.false(refused('image.build', {builder: 'docker'}));
	for (const kind of ['base.import', 'base.take', 'base.pull', 'wheels.fetch', 'wheels.build', 'image.verify', 'image.push']) {
		t.false(refused(kind), kind);
	}
});
