/** Update files of StarlingX's update-stx-image.sh: bash assignments, read without bash. Pure. */
import path from 'node:path';
import {BuildError, throwProblems} from '../../errors.js';
import {suggestNames} from '../../near-names.js';
import {gatherAssignments, type Assignment} from '../directives/parse-assignments.js';
import type {Named, UpdateAsked} from './update.js';

const keys = ['FROM', 'IMAGE_UPDATE_VER', 'CUSTOMIZATION_SCRIPT', 'WHEELS', 'DIST_PACKAGES', 'MODULE_SRC', 'EXTRA_FILES'] as const;

type UpdateKey = typeof keys[number];

/**
@param file absolute; relative paths in it are meant from its folder.
@throws BuildError STX0601 for what is no plain assignment, STX0642 for unknown or doubled keys and values they cannot take.
*/
export function parseUpdateFile(text: string, file: string): UpdateAsked {
	const {assignments, problems: unread} = gatherAssignments(text, file, 'update');
	const problems: BuildError[] = [...unread];
	const found = new Map<UpdateKey, Assignment>();
	const wrong = (message: string, line: number, hint: string): void => {
		problems.push(new BuildError('STX0642', message, {at: {file, line}, hint}));
	};

	for (const assignment of assignments) {
		const key = keys.find(name => name === assignment.name);
		if (key === undefined) {
			wrong(`\`${assignment.name}\` is not a key of an update file`, assignment.line, suggestNames(assignment.name, keys, `keys are ${keys.join(', ')}`));
		} else if (found.has(key)) {
			wrong(`\`${key}\` is given twice`, assignment.line, 'keep one of the two lines');
		} else {
			found.set(key, assignment);
		}
	}

	const words = (key: UpdateKey): readonly Named[] => {
		const assignment = found.get(key);
		return (assignment?.raw ?? '').split(/\s+/).filter(word => word !== '').map(word => ({text: word, folder: path.dirname(file), at: {file, line: assignment!.line}}));
	};

	const single = (key: UpdateKey): Named | undefined => {
		const all = words(key);
		if (all.length > 1) {
			wrong(`\`${key}\` has more than one word`, found.get(key)!.line, 'give one');
		}

		return all[0];
	};

	const version = single('IMAGE_UPDATE_VER');
	if (version && !/^\d{1,9}$/.test(version.text)) {
		wrong(`\`${version.text}\` is not the number of an update`, found.get('IMAGE_UPDATE_VER')!.line, 'give a whole number, or none for the next one');
	}

	const asked: UpdateAsked = {
		from: single('FROM')?.text,
		updateVersion: version && Number(version.text),
		customize: single('CUSTOMIZATION_SCRIPT'),
		wheels: words('WHEELS'),
		packages: words('DIST_PACKAGES'),
		modules: words('MODULE_SRC'),
		extras: words('EXTRA_FILES'),
	};
	throwProblems(problems);
	return asked;
}
