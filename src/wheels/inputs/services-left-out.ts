import {normalizeName, type NormalizedName} from '../../python/index.js';

/** OpenStack's services, which StarlingX leaves out of the published constraints: images build them at their own version. */
export const servicesLeftOut: ReadonlySet<NormalizedName> = new Set([
	'ceilometer', 'cinder', 'glance', 'gnocchi', 'heat', 'horizon', 'ironic', 'keystone', 'magnum', 'murano', 'neutron', 'nova', 'panko',
].map(name => normalizeName(name)));
