/** Command lines of programs that take all their processes with them when they end, and may be cut off from the network. */

/**
Brings up the loopback interface of a new network namespace, then becomes the command in its arguments. iproute2 is not
on every Debian; perl-base is. 0x8914 is SIOCSIFFLAGS and 0x41 is IFF_UP | IFF_RUNNING, see netdevice(7).
*/
const withLoopback = String.raw`if command -v ip >/dev/null; then ip link set lo up; else perl -e 'my $flags = pack("Z16 s x22", "lo", 0x41); my $socket; socket($socket, 2, 2, 0) && ioctl($socket, 0x8914, $flags) or die "lo: $!\n"'; fi && exec "$@"`;

/**
Puts a command into process and mount namespaces of its own: when it ends, or when it or stx-build is killed, the
kernel kills every process it has started and forgets every mount it has made. It must be ended with SIGKILL: unshare(1)
ignores SIGTERM.

@param network `none`: a network namespace in which there is only a loopback interface, which is up.
*/
export function confine(argv: readonly string[], network: 'none' | 'host'): [string, ...string[]] {
	return [
		'setpriv',
		'--pdeathsig',
		'KILL',
		'--',
		'unshare',
		...(network === 'none' ? ['--net'] : []),
		'--pid',
		'--fork',
		'--kill-child',
		'--mount-proc',
		'--',
		...(network === 'none' ? ['sh', '-c', withLoopback, 'sh'] : []),
		...argv,
	];
}
