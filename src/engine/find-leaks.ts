/** Trying to get out of a container: what it lets a process do that is to be sealed in. */
import {withTemporaryFolder, type RunOptions} from '../system/index.js';
import type {Engine, RunRequest} from './engine.js';
import {lastLines} from './engine-error.js';
import {withOpenDoor} from './probe-network.js';
import {roomyFolder} from './roomy-folder.js';

/** Says each way out on a line of its own, and that it has come to its end. */
const script = String.raw`
import os, socket, sys

port, name, *rest = sys.argv[1:]
outer, readonly, addresses = (part.split("\n") for part in rest)

def connects(family, address):
    with socket.socket(family) as knock:
        knock.settimeout(2)
        try:
            knock.connect(address)
            return True
        except OSError:
            return False

with open("/proc/self/status") as file:
    status = dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)

ways = [
    *(f"it reaches {address}" for address in addresses if connects(socket.AF_INET, (address, int(port)))),
    # Some versions of libuv fill the name up with null bytes.
    *(["it reaches the sockets of other processes"] if any(connects(socket.AF_UNIX, each) for each in ["\0" + name, ("\0" + name).ljust(108, "\0")]) else []),
    *(["it has the rights of root"] if 0 in {*os.getresuid(), *os.getresgid(), *os.getgroups()} else []),
    *(["it has capabilities"] if int(status["CapEff"], 16) | int(status["CapPrm"], 16) | int(status["CapAmb"], 16) else []),
    *(["a setuid program gives it rights"] if status.get("NoNewPrivs") != "1" else []),
    *(f"it sees files of the machine: {file}" for file in outer if os.path.lexists(file)),
    *(f"it can write to {folder}" for folder in ["/", "/etc", "/usr", "/root", "/opt", *readonly] if os.access(folder, os.W_OK)),
    *(["it sees the processes of the machine"] if sum(entry.isdigit() for entry in os.listdir("/proc")) > 20 else []),
]
for way in ways:
    print("way out:", way)
print("tried")
`;

/**
Tries from inside what a sealed container must not allow: to reach the network and the sockets of other processes, to
have rights or get them, to see files or processes of the machine, to write where it must not.

@param request the container as it will be used, without its command; its image has python3.
@returns the ways out that were found; also when it could not be tried, which counts as one.
*/
export async function findLeaks(engine: Engine, request: Omit<RunRequest, 'argv'>, options: RunOptions = {}): Promise<readonly string[]> {
	const tryOuter = async (outer: readonly string[]): Promise<readonly string[]> => withOpenDoor(async ({port, addresses, socket}) => {
		const readOnly = (request.mounts ?? []).filter(mount => mount.readOnly).map(({target}) => target);
		const result = await engine.run({
			...request, argv: ['/usr/bin/python3', '-c', script, String(port), socket, outer.join('\n'), readOnly.join('\n'), addresses.join('\n')],
		}, options);
		const lines = result.stdout.split('\n');
		const found = lines.flatMap(line => /^way out: (?<way>.+)$/v.exec(line)?.groups?.way ?? []);
		return result.exitCode === 0 && lines.includes('tried') ? found : [`it could not be tried: ${lastLines(result.output, 1)}`];
	});
	// Folders of the machine, of which the container must not have one of the same name.
	return withTemporaryFolder('leaks', async onDisk => withTemporaryFolder('leaks', async inMemory => tryOuter([onDisk, inMemory]), '/dev/shm'), roomyFolder);
}
