/** The difference of two locks for people. Pure. */
import type {ChangedBuild, ChangedWheel, LockDifference} from '../wheels/index.js';
import {formatTable} from './format-table.js';

/** @returns a line for each difference, under headings; one line when there is none. */
export function renderLockDifference({added, removed, changed, builds, roots}: LockDifference): string {
	const section = (title: string, lines: readonly string[]): readonly string[] => lines.length === 0 ? [] : [`${title} (${lines.length})`, ...lines.map(line => `  ${line}`)];
	const table = (rows: ReadonlyArray<readonly string[]>): readonly string[] => rows.length === 0 ? [] : formatTable(rows).split('\n');
	const lines = [
		...section('added', table(added.map(({name, version, source}) => [name, version, source]))),
		...section('removed', table(removed.map(({name, version, source}) => [name, version, source]))),
		...section('changed', table(changed.map(wheel => [wheel.name, formatChanges(wheel)]))),
		...section('builds in another environment', table(builds.map(build => [`${build.name} ${build.version}`, formatBuild(build)]))),
		...section('asked for', table(roots.flatMap(({label, added: more, removed: less}) => [...less.map(text => [label, `- ${text}`]), ...more.map(text => [label, `+ ${text}`])]))),
	];
	return lines.length === 0 ? 'the locks hold the same' : lines.join('\n');
}

function formatChanges({version, changes}: ChangedWheel): string {
	const {version: other, source, file, dependencies} = changes;
	return [
		other ? `${other.old} -> ${other.new}` : version,
		...(source ? [`${source.old} -> ${source.new}`] : []),
		// Another version and another source have another file anyway.
		...(file && !other && !source ? [`another file: ${shorten(file.old)} -> ${shorten(file.new)}`] : []),
		...(dependencies ? [[...dependencies.removed.map(name => `no longer needs ${name}`), ...dependencies.added.map(name => `needs ${name}`)].join(', ')] : []),
	].join('; ');
}

function formatBuild({added, removed, changed}: ChangedBuild): string {
	return [
		...changed.map(({name, old, new: now}) => `${name} ${old} -> ${now}`),
		...added.map(({name, version}) => `with ${name} ${version}`),
		...removed.map(({name, version}) => `without ${name} ${version}`),
	].join(', ');
}

const shorten = (text: string): string => text.replaceAll(/sha256:(?<digits>[\da-f]{12})[\da-f]{52}/gv, 'sha256:$<digits>');
