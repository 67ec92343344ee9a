/** `wheels.builder`: the image in which wheels are built, from the base image and Debian's compilers. */
import {rm} from 'node:fs/promises';
import path from 'node:path';
import {buildWithApt} from '../../base/index.js';
import {withSecrets} from '../../engine/index.js';
import {BuildError} from '../../errors.js';
import type {Handler, Step} from '../../plan/index.js';
import type {WheelEffects} from '../effects.js';
import type {BuilderInputs} from '../step-inputs.js';

export type BuilderResult = {readonly image: string; readonly reference: string};

export function createBuilderHandler({engine, logs, ...network}: WheelEffects): Handler {
	// `builder.log`, and for one with more packages `builder-libev-dev.log`.
	const logFile = ({id}: Step): string => path.join(logs, `${id.replace(/^wheels\./v, '').replaceAll(/[^\w.+\-]+/gv, '-').slice(0, 100)}.log`);
	return {
		logFile,
		async holds(result) {
			const {image} = result as BuilderResult;
			return await (await engine()).find(image) !== undefined;
		},
		async run(step, context) {
			const {base, packages, folder, python} = step.inputs as BuilderInputs;
			const from = 'step' in base ? (context.result(base.step) as {readonly reference: string}).reference : base.reference;
			const log = logFile(step);
			await rm(log, {force: true});
			const chosen = await engine();
			const options = {
				signal: context.signal,
				logFile: log,
				onLine(line: string) {
					context.progress({text: line});
				},
			};
			const image = await withSecrets(network, async secrets => buildWithApt(chosen, {
				context: folder, file: path.join(folder, 'Dockerfile'), buildArgs: {FROM: from, PACKAGES: packages.join(' ')}, secrets,
			}, options));
			const said = await chosen.run({
				image, network: 'none', argv: ['/usr/bin/python3', '-c', 'import sysconfig; print(sysconfig.get_python_version())'], env: {PATH: '/usr/bin:/bin'},
			}, {signal: context.signal});
			if (said.exitCode !== 0) {
				throw new BuildError('STX0419', `the builder's Python ended with exit code ${said.exitCode} when it was asked for its version\n${said.output.trim()}`, {at: {file: log}});
			}

			if (said.stdout.trim() !== python) {
				throw new BuildError('STX0419', `the builder has Python \`${said.stdout.trim()}\`, the target ${python}`, {at: {file: path.join(folder, 'Dockerfile')}, hint: 'correct `python` in target.ini, or take another base image'});
			}

			const reference = referenceOf(step);
			await chosen.tag(image, reference);
			return {image, reference} satisfies BuilderResult;
		},
	};
}

/** The tag keeps the image from being taken for one that nobody needs. */
const referenceOf = (step: Step): string => `localhost/stx-build/wheel-builder:${step.key.slice('sha256:'.length, 'sha256:'.length + 12)}`;
