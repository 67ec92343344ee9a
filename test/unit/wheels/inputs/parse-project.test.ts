import test from 'ava';
import {parseRequirement} from '../../../../src/python/index.js';
import {
	isProjectFile, literalList, parseProject, parseRequiresTxt, parseSetupCfg,
} from '../../../../src/wheels/inputs/parse-project.js';
import {thrownBy} from '../../../_helpers/failure.js';

const at = {file: 'project'};
const parse = (files: Readonly<Record<string, string>>) => parseProject(new Map(Object.entries(files)), at);
const packageInfo = (version: string, ...more: readonly string[]) => [`Metadata-Version: ${version}`, 'Name: Thing', 'Version: 1.5', ...more, '', 'text'].join('\n');

test('metadata 2.2 in the sdist is that of the wheel', t => {
	t.deepEqual(parse({
		'PKG-INFO': packageInfo('2.2', 'Requires-Dist: a>=1'),
		'thing.egg-info/requires.txt': 'b\n',
	}), {
		name: 'Thing', version: '1.5', requires: ['a>=1'], buildRequires: ['setuptools', 'wheel'],
	});
});

test('older or dynamic metadata yields to what setuptools wrote', t => {
	const egg = {'thing.egg-info/PKG-INFO': 'x', 'thing.egg-info/requires.txt': 'b\n'};
	t.deepEqual(parse({'PKG-INFO': packageInfo('2.1', 'Requires-Dist: a'), ...egg}).requires, ['b']);
	t.deepEqual(parse({'PKG-INFO': packageInfo('2.2', 'Requires-Dist: a', 'Dynamic: Requires-Dist'), ...egg}).requires, ['b']);
	t.deepEqual(parse({'PKG-INFO': packageInfo('1.1'), 'thing.egg-info/PKG-INFO': 'x'}).requires, []);
	t.deepEqual(parse({'PKG-INFO': packageInfo('2.1', 'Requires-Dist: a')}).requires, ['a']);
	t.is(parse({'PKG-INFO': packageInfo('1.1'), 'setup.py': 'setup(install_requires=read())'}).requires, undefined);
});

test('pyproject.toml', t => {
	t.deepEqual(parse({
		'pyproject.toml': [
			'[build-system]',
			'requires = ["hatchling>=1"]',
			'build-backend = "hatchling.build"',
			'[project]',
			'name = "thing"',
			'version = "2.0"',
			'dependencies = ["a>=1", "b; python_version < \'4\'"]',
			'[project.optional-dependencies]',
			'test = ["c", "d; sys_platform == \'linux\' or os_name == \'nt\'"]',
		].join('\n'),
	}), {
		name: 'thing',
		version: '2.0',
		requires: ['a>=1', 'b; python_version < \'4\'', 'c ; extra == "test"', 'd ; (sys_platform == \'linux\' or os_name == \'nt\') and extra == "test"'],
		buildRequires: ['hatchling>=1'],
	});
	t.deepEqual(parse({'pyproject.toml': '[tool.black]\n', 'setup.py': 'setup(name="x", version="3")'}), {version: '3', requires: [], buildRequires: ['setuptools', 'wheel']});
	t.is(parse({'pyproject.toml': '[project]\nname = "x"\ndynamic = ["version", "dependencies"]\n'}).requires, undefined);
	t.throws(() => parse({'pyproject.toml': '[project'}), {code: 'STX0414'});
	t.throws(() => parse({'pyproject.toml': '[build-system]\nbuild-backend = "x"\n'}), {code: 'STX0414'});
});

test('setup.cfg and pbr', t => {
	t.deepEqual(parse({
		'setup.cfg': '[metadata]\nname = thing\nversion = 1.2.3\n\n[options]\ninstall_requires =\n    a>=1  # why\n    # not this\n    b; python_version < "4"\nsetup-requires = c; d\n',
		'setup.py': 'import setuptools\nsetuptools.setup()\n',
	}), {
		name: 'thing', version: '1.2.3', requires: ['a>=1', 'b; python_version < "4"'], buildRequires: ['setuptools', 'wheel', 'c', 'd'],
	});
	t.deepEqual(parse({
		'setup.cfg': '[metadata]\nname = api-proxy\nversion = attr: x.y\n',
		'setup.py': 'import setuptools\nsetuptools.setup(\n    setup_requires=[\'pbr>=2.0\'],  # pbr\n    pbr=True)\n',
		'requirements.txt': '# from global\noslo.config>=6.0 # Apache-2.0\n-e .\n\nwebob\n',
	}), {name: 'api-proxy', requires: ['oslo.config>=6.0', 'webob'], buildRequires: ['setuptools', 'wheel', 'pbr>=2.0']});
});

test('what a comment says of pbr does not count', t => {
	const template = '# In python < 2.7.4, a lazy loading of package `pbr` will break\nimport setuptools\n';
	const requirements = {'requirements.txt': 'oic\n'};
	t.deepEqual(parse({...requirements, 'setup.py': `${template}setuptools.setup(name='fm', version='1.0.0')\n`}).requires, []);
	t.deepEqual(parse({...requirements, 'setup.py': `${template}setuptools.setup(setup_requires=['pbr'], pbr=True)\n`}).requires, ['oic']);
});

test('literal lists of setup.py', t => {
	t.deepEqual(literalList('setup(install_requires=["a>=1", \'b\', # why\n "c"])', 'install_requires'), ['a>=1', 'b', 'c']);
	t.deepEqual(literalList('setup(setup_requires=())', 'setup_requires'), []);
	t.is(literalList('setup(install_requires=REQUIRES)', 'install_requires'), undefined);
	t.is(literalList('setup(install_requires=["a"] + more())', 'setup_requires'), undefined);
	t.is(literalList('setup(install_requires=["a", *more()])', 'install_requires'), undefined);
	// No blow-up on a long list that is not closed.
	t.is(literalList(`setup(install_requires=[${'"a", '.repeat(20_000)}`, 'install_requires'), undefined);
});

test('requires.txt', t => {
	const requirements = parseRequiresTxt('a\n\n[:python_version < "3" or os_name == "nt"]\nb>=1\n\n[test]\nc\n\n[test:sys_platform == "linux"]\nd; python_version > "2"\n');
	t.deepEqual(requirements, [
		'a',
		'b>=1 ; (python_version < "3" or os_name == "nt")',
		'c ; extra == "test"',
		'd ; (python_version > "2") and sys_platform == "linux" and extra == "test"',
	]);
	for (const requirement of requirements) {
		t.notThrows(() => parseRequirement(requirement));
	}
});

test('setup.cfg as configparser reads it', t => {
	t.deepEqual([...parseSetupCfg('; c\n[a]\nk: v\nlong =\n  one\n\n  two\n[b]\nx=1\n[a]\nl = 2\n')].map(([name, keys]) => [name, [...keys]]), [
		['a', [['k', 'v'], ['long', '\none\ntwo'], ['l', '2']]],
		['b', [['x', '1']]],
	]);
});

test('the files of a project', t => {
	t.deepEqual(['PKG-INFO', 'a/PKG-INFO', 'x.egg-info/requires.txt', 'a/x.egg-info/requires.txt', 'setup.py', 'tests/setup.py', 'x.egg-info/SOURCES.txt'].filter(name => isProjectFile(name)), ['PKG-INFO', 'x.egg-info/requires.txt', 'setup.py']);
});

test('a pyproject.toml that is none is named, with the line', t => {
	const {at} = thrownBy(() => parseProject(new Map([['pyproject.toml', '[project]\nname =\n']]), {file: '/module'}));
	t.deepEqual(at, [{file: '/module/pyproject.toml', line: 2}]);
	const listed = thrownBy(() => parseProject(new Map([['pyproject.toml', '[build-system]\n']]), {file: 'list.cfg', line: 3}));
	t.deepEqual(listed.at, [{file: 'list.cfg', line: 3}]);
});
