/** The sections of `npm test`: what is quick and tells most comes first. */

/** A program that passes or fails as a whole: one of node_modules by its name, or one of the project by its path. */
export type Check = {readonly kind: 'check'; readonly name: string; readonly argv: readonly [string, ...string[]]};

/** Test files that AVA runs and counts. */
export type TestRun = {
	readonly kind: 'tests';
	readonly name: string;
	readonly files: string;
	/** How long AVA waits for the next result. */
	readonly timeout: string;
	/** How many test files run at once; one for each processor when not given. */
	readonly concurrency?: number;
	/** Whether container engines are used: a docker daemon is started for the section when none answers. */
	readonly engines?: true;
};

export type Section = Check | TestRun;

/** Sections that run one after the other. */
export type Lane = readonly Section[];

/**
The stages of a run, one after the other. The lanes of a stage run at once: what the one leaves of the processors while
it waits for a program or a server, the other uses.
*/
export const stages: ReadonlyArray<readonly Lane[]> = [
	[[{kind: 'check', name: 'build', argv: ['bin/setup']}]],
	[
		[
			{kind: 'check', name: 'typecheck', argv: ['tsc']},
			{kind: 'check', name: 'lint', argv: ['xo']},
			{kind: 'check', name: 'unused', argv: ['knip']},
			{kind: 'check', name: 'shell', argv: ['tsx', 'test/runner/check-shell.ts']},
		],
		[
			{
				kind: 'tests', name: 'unit', files: 'test/unit/**/*.test.ts', timeout: '2m',
			},
			{
				kind: 'tests', name: 'commands', files: 'test/commands/**/*.test.ts', timeout: '2m',
			},
		],
	],
	[[
		{
			kind: 'tests', name: 'integration', files: 'test/integration/**/*.test.ts', timeout: '5m', engines: true,
		},
	]],
	// Each engine has its storage, and so its lane.
	['docker', 'buildah'].map(engine => [{
		kind: 'tests', name: `e2e-${engine}`, files: `test/e2e/${engine}/**/*.test.ts`, timeout: '15m', concurrency: 1, engines: true,
	}]),
];

export const sections: readonly Section[] = stages.flat().flat();
