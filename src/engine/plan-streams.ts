/**
What a command in a container prints, brought past `buildah run`. Its chroot isolation copies standard output and standard
error in a goroutine, and ends with the command without waiting for that one (`runUsingChrootMain` in chroot/run_common.go,
1.28 to 1.45): on a busy machine the last lines are lost, or all of them, with an exit code of 0. So the command prints
into two named pipes, which are read out here to their end.
*/
import type {Mount} from './engine.js';

/** Where the container has the named pipes. Right below /, as buildah would follow a link above it out of the container. */
const inside = '/.stx-build';

/** Runs a command that ends with this shell, also when that has ended before the command could say so to the kernel. */
const bound = String.raw`setpriv --pdeathsig KILL -- sh -c '[ "$PPID" = "$1" ] || exit; shift; exec "$@"' sh "$$"`;

/**
Around the command line that runs the container. The pipes are opened both ways first, as opening one end alone waits for the
other. Then this shell keeps them open for writing, so that the readers see no end before the command has come and gone, and
the readers alone have them open for reading, so that the command gets SIGPIPE when nobody takes what it prints. What the
engine says of its own comes last.
*/
const carrying = [
	'folder=$1; shift',
	'mkdir -m 755 -- "$folder" && mkfifo -m 622 -- "$folder/stdout" "$folder/stderr" || exit 125',
	'exec 3<>"$folder/stdout" 4<>"$folder/stderr"',
	'exec 5<"$folder/stdout" 6<"$folder/stderr"',
	'exec 3>"$folder/stdout" 4>"$folder/stderr"',
	`${bound} cat <&5 3>&- 4>&- 5<&- 6<&- &`,
	'stdout=$!',
	`${bound} cat <&6 >&2 3>&- 4>&- 5<&- 6<&- &`,
	'stderr=$!',
	'exec 5<&- 6<&-',
	`${bound} "$@" >"$folder.engine" 2>&1 3>&- 4>&-`,
	'code=$?',
	'exec 3>&- 4>&-',
	'wait "$stdout" && wait "$stderr" || code=125',
	'cat "$folder.engine" >&2',
	'exit "$code"',
].join('\n');

/**
@param argv the command line that runs the container.
@param folder of this machine for the pipes; it is made, beside it a file, and given to the container by `streamsMount`.
@returns a command line that prints what the command in the container prints, with the same exit code; 125 where that could
not be read. When it is killed, all of it ends.
*/
export function carryStreams(argv: readonly string[], folder: string): [string, ...string[]] {
	return ['setpriv', '--pdeathsig', 'KILL', '--', 'sh', '-c', carrying, 'sh', folder, ...argv];
}

export const streamsMount = (folder: string): Mount => ({source: folder, target: inside, readOnly: true});

/** @returns the command line of a command in the container that prints into the pipes, by the shell of the image. */
export const printToStreams = (argv: readonly string[]): readonly string[] => ['/bin/sh', '-c', `exec "$@" >${inside}/stdout 2>${inside}/stderr`, 'sh', ...argv];
