/**
What a command in a container prints, brought past `buildah run`. Its chroot isolation copies standard output and standard
error in a goroutine, and ends with the command without waiting for that one (`runUsingChrootMain` in chroot/run_common.go,
1.28 to 1.42): on a busy machine the last lines are lost, or all of them, with an exit code of 0. So the command prints
into two named pipes, which are read out here to their end.
*/
import type {Mount} from './engine.js';

/** Where the container has the named pipes. */
const inside = '/run/stx-build';

/**
Around the command line that runs the container. The pipes are open for writing until that has ended, so that opening them
waits for nobody; then what the command has left in them is read to its end. What the engine says of its own comes last.
Only the readers have them open for reading: when nobody takes what they print, the command gets SIGPIPE.
*/
const carrying = [
	'folder=$1; shift',
	'mkdir -m 755 -- "$folder" && mkfifo -m 622 -- "$folder/stdout" "$folder/stderr" || exit',
	'exec 3<>"$folder/stdout" 4<>"$folder/stderr"',
	'exec 5<"$folder/stdout" 6<"$folder/stderr"',
	'exec 3>"$folder/stdout" 4>"$folder/stderr"',
	'setpriv --pdeathsig KILL -- cat <&5 3>&- 4>&- 5<&- 6<&- &',
	'setpriv --pdeathsig KILL -- cat <&6 >&2 3>&- 4>&- 5<&- 6<&- &',
	'exec 5<&- 6<&-',
	'"$@" >"$folder/engine" 2>&1 3>&- 4>&-',
	'code=$?',
	'exec 3>&- 4>&-',
	'wait',
	'cat "$folder/engine" >&2',
	'exit "$code"',
].join('\n');

/**
@param argv the command line that runs the container, with all that ends it when its parent ends.
@param folder of this machine for the pipes; it is made, and given to the container by `streamsMount`.
@returns a command line with the same exit code, which prints what the command in the container prints. It must be ended with SIGKILL.
*/
export function carryStreams(argv: readonly string[], folder: string): [string, ...string[]] {
	return ['setpriv', '--pdeathsig', 'KILL', '--', 'sh', '-c', carrying, 'sh', folder, ...argv];
}

export const streamsMount = (folder: string): Mount => ({source: folder, target: inside, readOnly: true});

/** @returns the command line of a command in the container that prints into the pipes; the image needs a shell for it. */
export const printToStreams = (argv: readonly string[]): readonly string[] => ['/bin/sh', '-c', `exec "$@" >${inside}/stdout 2>${inside}/stderr`, 'sh', ...argv];
