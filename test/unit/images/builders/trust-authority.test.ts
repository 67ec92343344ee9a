import test from 'ava';
import fc from 'fast-check';
import {listInstructions} from '../../../../src/images/dockerfile/parse-dockerfile.js';
import {trustAuthority, withoutMounts} from '../../../../src/images/builders/trust-authority.js';

const mount = /--mount=type=secret,id=(?:ca|stx-build-\w+),target=\/run\/secrets\/stx-build-\w+,mode=0444 /gv;

/** The lines that are there afterwards, with `+` for the mounts and one line for the declarations. */
const derive = (...lines: readonly string[]): readonly string[] => trustAuthority(lines.join('\n'))
	.replaceAll(mount, '+')
	.replaceAll(/(?:^ARG [A-Z_]+=\/run\/secrets\/stx-build-\w+\n)+/gmv, found => `ARGS ${found.trimEnd().split('\n').length}\n`)
	.split('\n');

test('every RUN has the certificates, in whatever form it is, and what is no RUN stays as it is', t => {
	t.deepEqual(derive(
		'# syntax=docker/dockerfile:1',
		'FROM a AS one',
		'COPY x y',
		'RUN make',
		'run  --mount=type=cache,target=/c \\',
		'  true',
		'FROM b',
		'# RUN this',
		'RUN ["x", "y"]',
		'RUN <<EOF',
		'RUN nothing',
		'EOF',
		'ONBUILD RUN later',
		'CMD RUN',
	), [
		'# syntax=docker/dockerfile:1',
		'FROM a AS one',
		'COPY x y',
		'ARGS 8',
		'RUN +++ make',
		'run +++  --mount=type=cache,target=/c \\',
		'  true',
		'FROM b',
		'# RUN this',
		'ARGS 8',
		'RUN +++ ["x", "y"]',
		'RUN +++ <<EOF',
		'RUN nothing',
		'EOF',
		'ONBUILD RUN later',
		'CMD RUN',
	]);
});

test('variables that a Dockerfile names itself are its own', t => {
	t.deepEqual(derive('FROM a', 'ENV PIP_CERT=/mine', 'RUN WGETRC=/mine wget x'), ['FROM a', 'ENV PIP_CERT=/mine', 'ARGS 6', 'RUN +++ WGETRC=/mine wget x']);
});

test('nothing of it is an ENV, and progress says what the Dockerfile says', t => {
	const derived = trustAuthority('FROM a\nRUN make all\n');
	t.notRegex(derived, /^ENV/mv);
	t.is(withoutMounts(derived.split('\n').find(line => line.startsWith('RUN'))!), 'RUN make all');
});

test('the instructions are the same, with declarations between them', t => {
	const line = fc.constantFrom('FROM a', 'RUN true', 'RUN a \\', 'ARG X=1', '# RUN b', '', 'USER 1', 'COPY a \\\n  b', 'RUN cat <<E\nRUN c\nE', 'RUN\tx');
	fc.assert(fc.property(fc.array(line), lines => {
		const text = ['FROM z', ...lines, 'CMD ["x"]'].join('\n');
		const [before, after] = [text, trustAuthority(text)].map(one => listInstructions(one).filter(({text: rest}) => !rest.includes('=/run/secrets/stx-build-')).map(({name}) => name));
		t.deepEqual(after!.filter(name => name !== 'RUN'), before!.filter(name => name !== 'RUN'));
		t.is((trustAuthority(text).match(mount) ?? []).length, 3 * before!.filter(name => name === 'RUN').length);
	}));
});
