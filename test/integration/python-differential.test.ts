/** src/python against Python's `packaging`: the same questions, generated from a fixed seed, to both. */
import test, {type ExecutionContext} from 'ava';
import fc from 'fast-check';
import {BuildError} from '../../src/errors.js';
import {
	canonicalVersion,
	compareVersions,
	createTarget,
	evaluateMarker,
	filterVersions,
	formatMarker,
	formatSpecifiers,
	isName,
	isPrerelease,
	normalizeName,
	parseMarker,
	parseMetadata,
	parseRequirement,
	parseSdistFilename,
	parseSpecifiers,
	parseWheelFilename,
	satisfies,
	tryParseVersion,
	type NormalizedName,
} from '../../src/python/index.js';
import {findLacks, needs} from '../_helpers/needs.js';
import {askPackaging, type MarkerAnswer, type PackagingAnswers} from '../_helpers/packaging.js';
import {
	anyExtraMarker, anyMarker, anyName, anyRequirement, anySpecifier, anySpecifiers, anyVersion, anyWheelFilename, spoilt,
} from '../_helpers/python-arbitraries.js';

const seed = 440_508;
const sample = <T>(arbitrary: fc.Arbitrary<T>, count: number): T[] => fc.sample(arbitrary, {seed, numRuns: count});
const distinct = (texts: readonly string[]) => [...new Set(texts)];

const targets = [
	createTarget({python: '3.13.5', glibc: '2.41', arch: 'amd64'}),
	createTarget({python: '3.9.0', glibc: '2.31', arch: 'arm64'}),
	createTarget({python: '3.14.0rc2', glibc: '2.41', arch: 'amd64'}),
];
const situations = targets.flatMap(({environment}) => ['', 'test', 'test-tools'].map(extra => ({environment, extra})));
const environments = situations.map(({environment, extra}) => ({...environment, extra}));

const names = distinct([...sample(anyName, 20), ...sample(spoilt(anyName, '._-aZ0 é'), 300)]);
const versions = distinct(sample(anyVersion, 400));
const oddVersions = distinct([...sample(spoilt(anyVersion, '.-_+!a1 v*'), 400), ' 1.0 ', '', '1.0\n', '1..0', '1.0+', '٣']);
const someVersions = [...versions.slice(0, 60), 'not-a-version', '1.0.dev-r5'];
const specifiers = distinct([...sample(anySpecifier, 500), ...sample(anySpecifiers, 300), '', '>=1,', ', ,']);
const oddSpecifiers = distinct(sample(spoilt(anySpecifiers, '.=<>!~*,a1 +-'), 400));
const markers = distinct([...sample(anyMarker, 600), ...sample(anyExtraMarker, 50)]);
const oddMarkers = distinct(sample(spoilt(anyMarker, '\'"()=<> andotr'), 400));
const requirements = distinct(sample(anyRequirement, 600));
const oddRequirements = distinct(sample(spoilt(anyRequirement, '[](),;@=<>"\' a-.'), 600));
const wheels = distinct([...sample(anyWheelFilename, 500), ...sample(spoilt(anyWheelFilename, '-._a1'), 300)]);
const sdists = versions.flatMap(version => [`oslo.config-${version}.tar.gz`, `oslo_config-${version}.zip`]);
const interpreters = [8, 9, 10, 11, 12, 13, 14].flatMap(python => [[17, 'x86_64'], [31, 'x86_64'], [41, 'x86_64'], [28, 'aarch64'], [41, 'aarch64']].map(([glibc, arch]) => ({python, glibc, arch})));

const header = fc.tuple(
	fc.constantFrom('Requires-Dist', 'requires-dist', 'Provides-Extra', 'Dynamic', 'Classifier', 'Summary', 'License', 'X-Own'),
	fc.constantFrom('foo>=1', 'bar ; extra == "test"', 'test', 'Requires-Dist', 'a: b', ''),
	fc.constantFrom('', '', '', '\n  folded', '\n\tfolded: once\n        twice'),
	fc.constantFrom('\n', '\n', '\r\n'),
).map(([name, value, folded, end]) => `${name}: ${value}${folded}${end}`);
const metadata = sample(
	fc.tuple(fc.array(header, {maxLength: 8}), fc.constantFrom('', '\n\nName: body\nRequires-Dist: of-the-body\n', '\nno header\nRequires-Dist: too-late'))
		.map(([headers, end]) => `Metadata-Version: 2.1\nName: a\nVersion: 1.0\n${headers.join('')}${end}`),
	300,
);

const questions = {
	name: names,
	version: [...versions, ...oddVersions],
	order: [versions],
	specifier: [...specifiers, ...oddSpecifiers].map(specifier => ({specifier, versions: someVersions})),
	marker: [...markers, ...oddMarkers].map(marker => ({marker, environments})),
	requirement: [...requirements, ...oddRequirements].map(requirement => ({requirement, environments})),
	wheel: wheels,
	sdist: sdists,
	tags: interpreters,
	metadata,
};

const need = {program: 'python3', python: ['venv', 'ensurepip']} as const;
let answers: PackagingAnswers;

test.before(async t => {
	t.timeout(300_000);
	if (findLacks(need).length === 0) {
		answers = await askPackaging(questions);
	}
});

/** Our answer, or null where we refuse. */
function attempt<T>(ask: () => T): T | null {
	try {
		return ask();
	} catch (error) {
		if (error instanceof BuildError) {
			return null;
		}

		throw error;
	}
}

/** Compares each answer; what differs is shown with its question, not more than ten of them. */
function sameAnswers<Q>(t: ExecutionContext, questions: readonly Q[], theirs: readonly unknown[], ask: (question: Q) => unknown): void {
	t.is(theirs.length, questions.length);
	const different = questions.flatMap((question, index) => {
		const ours = ask(question);
		return JSON.stringify(ours) === JSON.stringify(theirs[index]) ? [] : [{question, ours, theirs: theirs[index]}];
	});
	t.deepEqual(different.slice(0, 10), [], `${different.length} of ${questions.length} answers differ`);
	t.log(`${questions.length} answers are those of packaging`);
}

const differential = (title: string, check: (t: ExecutionContext, theirs: PackagingAnswers) => void) => {
	test(title, t => {
		if (needs(t, need)) {
			check(t, answers);
		}
	});
};

differential('names are normalised alike', (t, theirs) => {
	sameAnswers(t, names, theirs.name, name => isName(name) ? normalizeName(name) : null);
});

differential('versions are read and written alike', (t, theirs) => {
	sameAnswers(t, [...versions, ...oddVersions], theirs.version, text => {
		const version = tryParseVersion(text);
		return version ? {canonical: canonicalVersion(version), prerelease: isPrerelease(version)} : null;
	});
});

differential('versions have the same order', (t, theirs) => {
	const placed = versions.map((version, index) => ({version, place: theirs.order[0]![index]!}));
	const wrong = placed.flatMap(a => placed
		.filter(b => Math.sign(compareVersions(a.version, b.version)) !== Math.sign(a.place - b.place))
		.map(b => [a.version, b.version]));
	t.deepEqual(wrong.slice(0, 10), []);
	t.log(`${versions.length ** 2} comparisons are those of packaging`);
});

differential('specifiers allow the same versions', (t, theirs) => {
	const choices = [{}, {prereleases: true}, {prereleases: false}];
	const ours = (text: string) => {
		const list = parseSpecifiers(text);
		return {
			text: formatSpecifiers(list),
			contains: choices.map(choice => someVersions.map(version => satisfies(version, list, choice))),
			filter: choices.map(choice => filterVersions(someVersions, list, choice)),
		};
	};

	sameAnswers(t, [...specifiers, ...oddSpecifiers], theirs.specifier, text => attempt(() => ours(text)));
});

const evaluated = (text: string) => {
	const marker = parseMarker(text);
	const values = situations.map(({environment, extra}) => evaluateMarker(marker, environment, extra === '' ? [] : [extra]));
	const again = parseMarker(formatMarker(marker));
	const valuesAgain = situations.map(({environment, extra}) => evaluateMarker(again, environment, extra === '' ? [] : [extra]));
	return JSON.stringify(values) === JSON.stringify(valuesAgain) ? values : 'changed by being written';
};

/** `packaging` reads comparisons that have no meaning, and refuses when it is to evaluate them; we refuse at once. */
const meaningless = (values: MarkerAnswer | null | undefined) => values?.some(value => typeof value === 'string') ?? false;

differential('markers have the same value', (t, theirs) => {
	sameAnswers(t, [...markers, ...oddMarkers], theirs.marker.map(values => meaningless(values) ? null : values), text => attempt(() => evaluated(text)));
});

differential('requirements are read alike', (t, theirs) => {
	sameAnswers(t, [...requirements, ...oddRequirements], theirs.requirement.map(answer => answer && meaningless(answer.marker) ? null : answer), text => attempt(() => {
		const {name, normalized, extras, specifier, url, marker} = parseRequirement(text);
		return {
			name, normalized, extras: [...extras].toSorted(), specifier, url: url ?? null, marker: marker ? evaluated(formatMarker(marker)) : null,
		};
	}));
});

differential('file names of wheels are read alike', (t, theirs) => {
	sameAnswers(t, wheels, theirs.wheel, filename => attempt(() => {
		const {normalized, version, build, tags} = parseWheelFilename(filename);
		return {
			normalized, version, build: build ?? null, tags: [...tags].toSorted(),
		};
	}));
});

differential('file names of sdists are read alike', (t, theirs) => {
	const questions = sdists.filter(filename => !filename.slice('oslo.config-'.length).includes('-'));
	const answered = theirs.sdist.filter((_, index) => questions.includes(sdists[index]!));
	sameAnswers(t, questions, answered, filename => {
		const name = 'oslo-config' as NormalizedName;
		const sdist = parseSdistFilename(filename, name);
		return sdist ? {name, version: sdist.version} : null;
	});
});

differential('the tags of a target are those its interpreter has, in the same order', (t, theirs) => {
	sameAnswers(t, interpreters, theirs.tags, ({python, glibc, arch}) =>
		createTarget({python: `3.${python}`, glibc: `2.${glibc}`, arch: arch === 'x86_64' ? 'amd64' : 'arm64'}).tags);
});

differential('metadata is read alike', (t, theirs) => {
	// `email` keeps the line breaks of folded fields.
	const unfold = (values: readonly string[]) => values.map(value => value.replaceAll(/\s+/g, ' ').trim());
	const expected = theirs.metadata.map(({requiresDist, providesExtra, dynamic, ...others}) => ({
		...others,
		requiresDist: unfold(requiresDist),
		providesExtra: unfold(providesExtra),
		dynamic: unfold(dynamic).map(field => field.toLowerCase()),
	}));
	sameAnswers(t, metadata, expected, text => {
		const {metadataVersion, name, version, requiresDist, requiresPython, providesExtra, dynamic} = parseMetadata(text);
		return {
			metadataVersion, name, version, requiresPython: requiresPython ?? null, requiresDist: unfold(requiresDist), providesExtra: unfold(providesExtra), dynamic,
		};
	});
});
