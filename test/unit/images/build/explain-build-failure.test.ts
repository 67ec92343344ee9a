import test from 'ava';
import {explainBuildFailure} from '../../../../src/images/build/explain-build-failure.js';

test('a requirement of a distribution that no wheel meets', t => {
	t.deepEqual(explainBuildFailure([
		'#5 5.087 Looking in links: /mnt/wheels',
		'#5 5.220 ERROR: Could not find a version that satisfies the requirement oslo.config>=6.8.0 (from keystone) (from versions: none)',
		'#5 5.221 ERROR: No matching distribution found for oslo.config>=6.8.0 (from keystone)',
	].join('\n')), {kind: 'missing', requirement: 'oslo.config>=6.8.0', requiredBy: 'keystone'});
});

test('a requirement of the directive itself, as Buildah shows it', t => {
	t.deepEqual(explainBuildFailure('ERROR: Could not find a version that satisfies the requirement keystone==30.0.0 (from versions: 29.0.0, 29.1.0)\nERROR: No matching distribution found for keystone==30.0.0'), {kind: 'missing', requirement: 'keystone==30.0.0', requiredBy: ''});
});

test('a requirement that is pinned and not there', t => {
	t.deepEqual(explainBuildFailure([
		'#6 9.536 ERROR: Cannot install keystone==30.0.0 because these package versions have conflicting dependencies.',
		'#6 9.537 ',
		'#6 9.537 The conflict is caused by:',
		'#6 9.537     keystone 30.0.0 depends on oslo.config>=6.8.0',
		'#6 9.537     The user requested (constraint) oslo-config===10.3.0',
		'#6 9.537 ',
		'#6 9.537 Additionally, some packages in these conflicts have no matching distributions available for your environment:',
		'#6 9.537     oslo-config',
		'#6 9.537 ',
	].join('\n')), {kind: 'missing', requirement: 'oslo.config>=6.8.0', requiredBy: 'keystone'});
});

test('requirements that contradict each other', t => {
	t.deepEqual(explainBuildFailure('The conflict is caused by:\n    a 1 depends on c<2\n    b 1 depends on c>2\n\nTo fix this'), {kind: 'conflict', causes: ['a 1 depends on c<2', 'b 1 depends on c>2']});
});

test('what the installer says', t => {
	t.deepEqual(explainBuildFailure('#6 1.0 install: group nova has the id 1, not 2\n#6 ERROR: executor failed running'), {kind: 'installer', message: 'group nova has the id 1, not 2'});
});

test('what apt-get says', t => {
	t.deepEqual(explainBuildFailure('#6 0.9 E: Unable to locate package nothere\n#6 1.0 install: Debian\'s packages cannot be installed\n'), {kind: 'installer', message: 'Debian\'s packages cannot be installed\nUnable to locate package nothere'});
});

test('anything else', t => {
	t.deepEqual(explainBuildFailure('Killed\n'), {kind: 'unknown'});
});
