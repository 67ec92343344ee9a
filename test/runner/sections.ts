/** The sections of `npm test`: what is quick and tells most comes first. */

/** A program that passes or fails as a whole: one of node_modules by its name, or one of the project by its path. */
export type Check = {readonly kind: 'check'; readonly name: string; readonly argv: readonly [string, ...string[]]};

/** Tests of a folder, which AVA runs and counts. */
export type TestRun = {
	readonly kind: 'tests';
	readonly name: string;
	/** Below test/. */
	readonly folder: string;
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
				kind: 'tests', name: 'unit', folder: 'unit', timeout: '2m',
			},
			{
				kind: 'tests', name: 'commands', folder: 'commands', timeout: '2m',
			},
			{
				kind: 'tests', name: 'integration', folder: 'integration', timeout: '5m', engines: true,
			},
		],
	],
	// Each storage of images has its lane.
	['docker', 'buildah'].map(engine => [{
		kind: 'tests', name: `e2e-${engine}`, folder: `e2e/${engine}`, timeout: '15m', concurrency: 1, engines: true,
	}]),
];

export const sections: readonly Section[] = stages.flat().flat();
