/** The variables of a build. All of them: nothing of this machine's environment gets in. */

/** The earliest time a zip can state. Fixed, so that no file's age gets into a wheel. */
const sourceDateEpoch = '315532800';

/** What a value of build-settings.ini has in place of the number of processors that the build may use. */
const placeholder = '{processors}';

const same: Readonly<Record<string, string>> = {
	PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
	HOME: '/build/home',
	TMPDIR: '/tmp',
	LANG: 'C.UTF-8',
	LC_ALL: 'C.UTF-8',
	TZ: 'UTC',
	SOURCE_DATE_EPOCH: sourceDateEpoch,
	PYTHONHASHSEED: '0',
	PYTHONDONTWRITEBYTECODE: '1',
	UV_CACHE_DIR: '/build/home/uv',
	UV_NO_CONFIG: '1',
	UV_NO_PROGRESS: '1',
	UV_OFFLINE: '1',
	UV_PYTHON_DOWNLOADS: 'never',
	NO_COLOR: '1',
};

/** How many processors a build is told to use, by all the names under which tools ask. They change its speed and nothing of its result. */
const processorVariables = (processors: number): Readonly<Record<string, string>> => ({
	...Object.fromEntries(['CARGO_BUILD_JOBS', 'CMAKE_BUILD_PARALLEL_LEVEL', 'CPUCOUNT', 'GOMAXPROCS', 'MAX_JOBS', 'NPY_NUM_BUILD_JOBS', 'OMP_NUM_THREADS', 'PYTHON_CPU_COUNT'].map(name => [name, String(processors)])),
	MAKEFLAGS: `-j${processors}`,
});

export type BuildVariables = {
	/** Those of build-settings.ini and of the version; they come on top. */
	readonly env: Readonly<Record<string, string>>;
	readonly processors: number;
	/** Folder in which the project is built. */
	readonly project: string;
};

/**
The path of the project is taken out of what compilers write down, and they write no debugging symbols, which are two
thirds of a library and for which no image has a debugger. CPPFLAGS is added by setuptools, autoconf and meson to the flags
they have; CFLAGS would take the place of those, -O2 and all, that Debian's Python was compiled with.
*/
export function buildVariables({env, processors, project}: BuildVariables): Readonly<Record<string, string>> {
	const own = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, value.replaceAll(placeholder, String(processors))]));
	return {
		...same, ...processorVariables(processors), CPPFLAGS: `-ffile-prefix-map=${project}=. -g0`, ...own,
	};
}
