/** An engine that keeps its images in memory and writes down what it is asked. */
import type {
	BuildRequest, Engine, ImageConfig, ImageId, RunRequest,
} from '../../src/engine/index.js';
import type {RunOptions, RunResult} from '../../src/system/index.js';

export type FakeEngine = Engine & {
	/** Images by reference and by id. */
	readonly images: Map<string, ImageId>;
	readonly pushed: string[];
};

export type FakeAnswers = {
	build?(request: BuildRequest, options: RunOptions): Promise<ImageId>;
	run?(request: RunRequest, options: RunOptions): Promise<Partial<RunResult>>;
	push?(reference: string): Promise<string>;
	/** An image that says nothing of itself where this is not given. */
	inspect?(image: string): Promise<Partial<ImageConfig>>;
};

export function createFakeEngine(answers: FakeAnswers = {}): FakeEngine {
	const images = new Map<string, ImageId>();
	const pushed: string[] = [];
	const unexpected = (what: string) => async (): Promise<never> => {
		throw new Error(`the engine was not expected to ${what}`);
	};

	return {
		name: 'docker',
		imageStore: 'docker',
		facts: {version: '1'},
		images,
		pushed,
		find: async reference => images.get(reference),
		async inspect(image) {
			return {
				env: [], entrypoint: [], cmd: [], user: '', labels: {}, ...await answers.inspect?.(image),
			};
		},
		importRoot: unexpected('import'),
		pull: unexpected('pull'),
		async remove(reference) {
			images.delete(reference);
		},
		async build(request, options = {}) {
			const id = await (answers.build ?? unexpected('build'))(request, options);
			images.set(id, id);
			return id;
		},
		async run(request, options = {}) {
			return {
				exitCode: 0, stdout: '', stderr: '', output: '', timedOut: false, ...await (answers.run ?? unexpected('run'))(request, options),
			};
		},
		async tag(image, reference) {
			images.set(reference, image);
		},
		async push(image, reference) {
			const digest = await (answers.push ?? (async () => `sha256:${'d'.repeat(64)}`))(reference);
			pushed.push(reference);
			return digest;
		},
		buildCommand: () => [],
	};
}
