import type {ProjectStatus} from './packument.js';

/** The status of a project (PEP 792); one that is not known counts as active, as the standard asks. */
export function parseStatus(status: string | undefined): ProjectStatus {
	return status === 'archived' || status === 'deprecated' || status === 'quarantined' ? status : 'active';
}
