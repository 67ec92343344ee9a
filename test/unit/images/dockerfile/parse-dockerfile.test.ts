/* eslint-disable no-template-curly-in-string -- variables of Dockerfiles and shells */
import test from 'ava';
import fc from 'fast-check';
import {
	findBeginning, findUser, outsideImages, parseDockerfile, resolveReference,
} from '../../../../src/images/dockerfile/parse-dockerfile.js';

const read = (...lines: readonly string[]) => parseDockerfile(`${lines.join('\n')}\n`);

test('arguments, stages, and the images that they begin with', t => {
	const dockerfile = read(
		'# a comment',
		'ARG BASE',
		'arg RELEASE=13.0 SUITE="trixie"',
		'FROM --platform=linux/amd64 golang:1.21 AS Builder',
		'ARG WHEELS',
		'COPY --from=quay.io/tool:1 /tool /tool',
		'FROM ${BASE} as run',
		'COPY --from=builder --chown=1 /a /b',
		'RUN --mount=type=bind,from=docker.io/x:2,target=/x \\',
		'    # in between',
		'',
		'    --mount=type=cache,target=/c true',
		'USER 5',
		'FROM run',
	);
	t.deepEqual([...dockerfile.globals], [['BASE', ''], ['RELEASE', '13.0'], ['SUITE', 'trixie']]);
	t.deepEqual([...dockerfile.arguments], ['BASE', 'RELEASE', 'SUITE', 'WHEELS']);
	t.deepEqual(dockerfile.stages, [{from: 'golang:1.21', name: 'builder'}, {from: '${BASE}', name: 'run', user: '5'}, {from: 'run'}]);
	t.deepEqual(dockerfile.copied, ['quay.io/tool:1', 'docker.io/x:2']);
	t.deepEqual(outsideImages(dockerfile), ['golang:1.21', '${BASE}', 'quay.io/tool:1', 'docker.io/x:2']);
	t.deepEqual(findUser(dockerfile), {user: '5'});
	t.is(findBeginning(dockerfile), '${BASE}');
});

test('here-documents and continued lines are part of their instruction', t => {
	const dockerfile = read('FROM scratch', 'RUN <<EOF cat', 'USER nobody', 'FROM other', 'EOF', 'RUN <<-"END" \\', '  cat', 'USER nobody', '\tEND', 'COPY <<A <<B /', 'USER a', 'A', 'USER b', 'B', 'RUN echo \\', 'USER 3', 'CMD ["x"]');
	t.deepEqual(dockerfile.stages, [{from: 'scratch'}]);
	t.deepEqual(findUser(dockerfile), {image: 'scratch'});
	t.is(findBeginning(dockerfile), 'scratch');
});

test('another escape character', t => {
	t.deepEqual(read('# escape=`', 'FROM a `', 'AS b', 'USER c:\\').stages, [{from: 'a', name: 'b', user: 'c:\\'}]);
});

test('a reference gets the values of arguments, or nobody knows it before the build', t => {
	const dockerfile = read('ARG NAME=debian', 'ARG TAG', 'FROM x');
	const values = {BASE: 'localhost/base:1'};
	t.is(resolveReference('${BASE}', dockerfile, values), 'localhost/base:1');
	t.is(resolveReference('"$NAME:1"', dockerfile, values), 'debian:1');
	t.is(resolveReference('$NAME:${TAG:-2}', dockerfile, values), 'debian:2');
	t.is(resolveReference('quay.io/a/b@sha256:1', dockerfile, values), 'quay.io/a/b@sha256:1');
	for (const unknown of ['$TAG', '${OTHER}', '${NAME%x}', '${NAME:+y}', '$']) {
		t.is(resolveReference(unknown, dockerfile, values), undefined, unknown);
	}
});

test('any text is read', t => {
	fc.assert(fc.property(fc.string({unit: 'binary'}), text => {
		parseDockerfile(text);
	}));
	t.pass();
});

test('instructions in any order give as many stages as there are FROMs', t => {
	fc.assert(fc.property(fc.array(fc.constantFrom('FROM a', 'RUN true', 'ARG X=1', '# FROM b', '', 'USER 1', 'COPY a \\\n  b')), lines => parseDockerfile(lines.join('\n')).stages.length === lines.filter(line => line === 'FROM a').length));
	t.pass();
});
