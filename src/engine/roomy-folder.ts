/** Where engines keep layers while they work: on a disk. /tmp is often in memory, and mounted without devices. */
export const roomyFolder = '/var/tmp';
