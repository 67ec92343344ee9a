/** Where engines keep layers while they work: on a disk. /tmp is often in memory, and mounted without devices. */
export const roomyFolder = '/var/tmp';

/** The file in a work folder there by which engines know whose the containers in a storage are: who removes one while they are there leaves them for ever. */
export const mountsName = 'mounts.conf';
