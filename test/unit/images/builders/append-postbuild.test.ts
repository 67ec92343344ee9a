import test from 'ava';
import {appendPostbuild} from '../../../../src/images/builders/append-postbuild.js';
import {formatPostbuild} from '../../../../src/images/builders/format-postbuild.js';
import {run} from '../../../_helpers/engines.js';

const text = 'FROM a\nRUN x\nCMD ["y"]';
const nothing = {customizes: false, removes: false, user: ''};

test('a Dockerfile after which nothing is done stays as it is', t => {
	t.is(appendPostbuild(text, nothing), text);
});

test('W13: what is removed goes in the same build: one RUN that depends on no output of the engine', t => {
	const derived = appendPostbuild(text, {...nothing, customizes: true, removes: true});
	t.true(derived.startsWith(`${text}\n\nRUN --mount=type=secret,id=stx-build-postbuild,mode=0444 `));
	t.is(derived.split('\n').filter(line => line.startsWith('RUN ')).length, 2);
	t.true(derived.endsWith('["/bin/sh","/run/secrets/stx-build-postbuild","customize","remove"]\n'));
	t.notRegex(derived, /USER|SHELL|CMD \["(?!y)|ENTRYPOINT/);
});

test('W70: the user is restored, and where it is root nothing is said of it', t => {
	const lines = (user: string, more = {}) => appendPostbuild(text, {
		...nothing, removes: true, user, ...more,
	}).split('\n').slice(4).map(line => line.replaceAll(/--mount=\S+ /g, ''));
	t.deepEqual(lines('keystone:keystone'), ['USER 0:0', 'RUN ["/bin/sh","/run/secrets/stx-build-postbuild","remove"]', 'USER keystone:keystone', '']);
	t.deepEqual(lines('1001', {customizes: true}).slice(0, 2), ['RUN ["/bin/sh","/run/secrets/stx-build-postbuild","customize"]', 'USER 0:0']);
	t.deepEqual(lines('1001', {customizes: true, removes: false}), ['RUN ["/bin/sh","/run/secrets/stx-build-postbuild","customize"]', '']);
	for (const root of ['', '0', 'root', '0:0', 'root:adm']) {
		t.is(lines(root).length, 2, root);
	}
});

test('values reach the script as they are, whatever is in them', async t => {
	const values = {
		customization: 'echo \'a\' "b" $c `d` \\ \n e', pythonPackages: ['pip', 'x'], osPackages: [], command: 'it\'s',
	};
	const {stdout} = await run({argv: ['sh', '-c', formatPostbuild(values, 'printf "%s|" "$customization" "$python_packages" "$os_packages" "$command"')]});
	t.is(stdout, `${values.customization}|pip x||it's|`);
});
