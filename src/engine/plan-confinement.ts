/** Command lines of programs that take all their processes with them when they end, and may be cut off from the network. */

import type {RunRequest} from './engine.js';

/** How many processes and threads a command that nobody vouches for may have. */
export const processLimit = 8192;

/**
Brings up the loopback interface of a new network namespace. iproute2 is not on every Debian; perl-base is. 0x8914 is
SIOCSIFFLAGS and 0x41 is IFF_UP | IFF_RUNNING, see netdevice(7).
*/
const loopback = String.raw`if command -v ip >/dev/null; then ip link set lo up; else perl -e 'my $flags = pack("Z16 s x22", "lo", 0x41); my $socket; socket($socket, 2, 2, 0) && ioctl($socket, 0x8914, $flags) or die "lo: $!\n"'; fi`;

/** Hides the memory that processes of the machine share by name: chroot isolation gives the container the host's /dev. */
const sharedMemory = 'mount -t tmpfs -o size=64m,mode=1777 tmpfs /dev/shm';

/**
Puts a command into process and mount namespaces of its own: when it ends, or when it or stx-build is killed, the
kernel kills every process it has started and forgets every mount it has made. It must be ended with SIGKILL: unshare(1)
ignores SIGTERM.

@param network `none`: a network namespace in which there is only a loopback interface, which is up.
@param untrusted no program gives it rights that it does not have, and it shares no memory with others.
*/
export function confine(argv: readonly string[], network: 'none' | 'host', {untrusted = false}: Pick<RunRequest, 'untrusted'> = {}): [string, ...string[]] {
	const preparations = [...(network === 'none' ? [loopback] : []), ...(untrusted ? [sharedMemory] : [])];
	return [
		'setpriv',
		'--pdeathsig',
		'KILL',
		...(untrusted ? ['--no-new-privs'] : []),
		'--',
		'unshare',
		...(network === 'none' ? ['--net'] : []),
		...(untrusted ? ['--ipc'] : []),
		'--pid',
		'--fork',
		'--kill-child',
		'--mount-proc',
		'--',
		...(preparations.length > 0 ? ['sh', '-c', `${preparations.join(' && ')} && exec "$@"`, 'sh'] : []),
		...argv,
	];
}
