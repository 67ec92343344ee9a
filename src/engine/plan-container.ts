/** What docker and podman are told of a container in the same words. */
import type {RunRequest} from './engine.js';
import {processLimit} from './plan-confinement.js';
import {planPathField} from './plan-mount.js';

const interactive = ({input}: Pick<RunRequest, 'input'>): readonly string[] => (input === undefined ? [] : ['--interactive']);

/** Options of `create`, but for the network, the entry point and what one of them alone has. */
export const planContainerOptions = (request: RunRequest): readonly string[] => [
	...interactive(request),
	...(request.mounts ?? []).flatMap(({source, target, readOnly}) => ['--mount', `type=bind,source=${planPathField(source)},target=${planPathField(target)}${readOnly ? ',readonly' : ''}`]),
	...Object.entries(request.env ?? {}).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
	...(request.user === undefined ? [] : ['--user', request.user]),
	...(request.workdir === undefined ? [] : ['--workdir', request.workdir]),
	...(request.untrusted ? ['--cap-drop', 'ALL', '--security-opt', 'no-new-privileges', '--pids-limit', String(processLimit)] : []),
];

/** Starts a container that was created, and waits for its end. */
export const planContainerStart = (container: string, request: Pick<RunRequest, 'input'>): readonly string[] => ['start', '--attach', ...interactive(request), container];
