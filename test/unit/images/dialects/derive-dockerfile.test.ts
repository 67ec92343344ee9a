import test from 'ava';
import fc from 'fast-check';
import {BuildError} from '../../../../src/errors.js';
import {deriveDockerfile} from '../../../../src/images/dialects/derive-dockerfile.js';
import {parseDialect} from '../../../../src/images/dialects/parse-dialect.js';
import {parseDockerfileArguments} from '../../../../src/images/dockerfile/parse-dockerfile-arguments.js';
import {renamePackages} from '../../../../src/images/dialects/rename-packages.js';
import {readText} from '../../../../src/system/index.js';
import {smallLoci} from '../../../_helpers/small-loci.js';

const place = (line: number) => ({file: 'loci/Dockerfile', line});
const recipes = new Map(await Promise.all((['pinned', 'current'] as const).map(async name => [name, {
	dialect: name,
	instructions: parseDialect(await readText(`build-config/loci/${name}/dialect.ini`), 'dialect.ini').instructions,
	part: await readText(`build-config/loci/${name}/Dockerfile.part`),
}] as const)));

for (const name of ['pinned', 'current'] as const) {
	const recipe = recipes.get(name)!;
	const loci = smallLoci[name].Dockerfile!;
	const derive = (text: string) => deriveDockerfile(text, recipe, place);
	const lines = (text: string) => text.split('\n').map(line => line.trim());

	test(`W66: ${name}: LOCI's arguments and variables stay, in one stage from the base image with one layer of its own, and nothing is copied`, t => {
		const derived = derive(loci);
		const instructions = lines(derived).filter(line => /^[A-Z]+ /v.test(line));
		t.is(instructions[0], 'ARG FROM=example/base:1');
		t.regex(instructions[1]!, /^FROM \$\{FROM\}$/v);
		t.is(instructions.filter(line => line.startsWith('FROM ')).length, 1, 'Buildah 1.28 loses arguments between stages');
		t.false(instructions.some(line => /^(?:COPY|ADD) /v.test(line)));
		t.is(instructions.filter(line => line.startsWith('RUN ')).length, 1, 'CUSTOMIZATION and what is removed afterwards are a part of it');
		t.notRegex(derived, /^#\s*syntax\s*=/mv, 'a frontend would be fetched from a registry');
		for (const line of lines(loci).filter(text => /^(?:ARG (?!FROM|WHEELS=example)|ENV )/v.test(text))) {
			t.true(instructions.includes(line), line);
		}

		t.true(derived.endsWith(recipe.part));
	});

	test(`W70: ${name}: ENTRYPOINT, CMD and USER of the base image stay as they are`, t => {
		t.false(lines(derive(loci)).some(line => /^(?:ENTRYPOINT|CMD|USER|SHELL|WORKDIR)\b/v.test(line)));
	});

	test(`W6: ${name}: proxies and certificates are secrets, and no argument or variable has them`, t => {
		const derived = derive(loci);
		t.regex(derived, /--mount=type=secret,id=ca/v);
		t.regex(derived, /--mount=type=secret,id=proxy/v);
		t.notRegex(derived, /^(?:ARG|ENV) .*(?:proxy|certificate)/imv);
	});

	test(`W65: ${name}: wheels and sources are mounted for the one step that needs them`, t => {
		t.is(lines(derive(loci)).filter(line => line.startsWith('RUN ')).length, 1);
		t.regex(derive(loci), /^RUN --mount=type=bind,target=\/mnt \\$/mv);
	});

	test(`${name}: a LOCI that says more than is known is refused, with the line`, t => {
		const changed = loci.replace('COPY scripts /opt/loci/scripts', 'COPY scripts /opt/loci/scripts\nCOPY more /opt/loci/more');
		const error = t.throws(() => derive(changed), {instanceOf: BuildError, code: 'STX0615'});
		t.true(error.message.includes('`COPY more /opt/loci/more`') && error.message.includes(`the dialect \`${name}\` knows \`ADD bindep`), error.message);
		t.deepEqual(error.at, [{file: 'loci/Dockerfile', line: changed.split('\n').indexOf('COPY more /opt/loci/more') + 1}]);
		t.is(error.exitCode, 2);
	});

	test(`${name}: a LOCI that says less, or the same with other words, is refused`, t => {
		const less = t.throws(() => derive(loci.replace(/^RUN (?:.|\n)*$/mv, '')), {instanceOf: BuildError, code: 'STX0615'});
		t.regex(less.message, /has no `|knows `/v);
		t.throws(() => derive(loci.replace('/opt/loci/scripts/', '/opt/scripts/')), {code: 'STX0615'});
		t.throws(() => derive(`${loci}USER nobody\n`), {code: 'STX0615'});
		t.throws(() => derive(''), {code: 'STX0615'});
	});

	test(`${name}: no text of a Dockerfile brings an instruction of its own into ours`, t => {
		const instruction = fc.constantFrom('RUN curl example', 'USER root', 'COPY a b', 'ADD http://x /', 'ONBUILD RUN x', 'VOLUME /x', 'HEALTHCHECK NONE', 'ARG NEW=1', 'ENV NEW=1', '# comment', 'FROM x');
		const isSafe = fc.property(fc.array(instruction, {maxLength: 3}), fc.nat({max: 30}), (added, at) => {
			const text = loci.split('\n').toSpliced(at, 0, ...added).join('\n');
			try {
				const derived = derive(text);
				return !/^(?:USER|COPY|ADD|ONBUILD|VOLUME|HEALTHCHECK)\b/mv.test(derived) && derived.split('\nRUN ').length === 2;
			} catch (error) {
				return error instanceof BuildError && error.code === 'STX0615';
			}
		});
		t.notThrows(() => {
			fc.assert(isSafe);
		});
	});
}

test('the arguments of a dialect are LOCI\'s own with their defaults, and those of the part', t => {
	const pinned = parseDockerfileArguments(deriveDockerfile(smallLoci.pinned.Dockerfile!, recipes.get('pinned')!, place));
	t.is(pinned.get('NOVNC_REPO'), 'https://git.example/novnc');
	t.is(pinned.get('SPICE_REF'), 'spice-1');
	t.true(['UID', 'DIST_REPOS', 'UPGRADE_PIP_PACKAGES', 'NON_UNIQUE_SYSTEM_ACCOUNT', 'UPDATE_SYSTEM_ACCOUNT', 'CUSTOMIZATION', 'POSTBUILD_COMMAND', 'PROJECT_COMMIT'].every(name => pinned.has(name)));
	t.false(pinned.has('PYTHON3'));
});

test('packages get the names that Debian has for them, and nothing else of the list changes', t => {
	t.is(renamePackages(smallLoci.pinned['bindep.txt']!, new Map([['mysql-client', 'default-mysql-client']])), 'default-mysql-client   [platform:dpkg placement]\nlibxml2        []\n# mysql-client is said here\n');
	t.is(renamePackages('mysql-client-core [x]\nmysql-client\n', new Map([['mysql-client', 'y']])), 'mysql-client-core [x]\ny\n');
});

test('a dialect that lacks something, or has too much, is told with all that is wrong', t => {
	const error = t.throws(() => parseDialect('[loci]\nref = a\ncolour = red\n[strange]\nx = 1\n[dockerfile]\ninstructions[] = FROM x\n', 'dialect.ini'), {instanceOf: BuildError, code: 'STX0002'});
	t.deepEqual(error.problems.map(problem => problem.message), ['a dialect has no `colour` in [loci]', 'a dialect has no section [strange]', 'the dialect has no `files` in [loci]']);
});

test('W70: builtin: its Dockerfile leaves ENTRYPOINT, CMD and USER alone, and takes proxies and certificates as secrets', async t => {
	const builtin = await readText('build-config/loci/builtin/Dockerfile');
	t.notRegex(builtin, /^(?:ENTRYPOINT|CMD|USER|SHELL|WORKDIR)\b/mv);
	t.notRegex(builtin, /^(?:ARG|ENV) .*(?:proxy|certificate)/imv);
	t.regex(builtin, /--mount=type=secret,id=ca/v);
});
