export {checkWorkspace, inspectWorkspace} from './check-workspace.js';
export {
	checkConfigFolder, findConfig, listConfig, type ConfigFolders,
} from './config-folders.js';
export {
	gatherIni, parseIni, readIni, type IniFile, type IniSection, type IniValue,
} from './parse-ini.js';
export {maskSetting, type SettingOptions, type Surroundings} from './parse-settings.js';
export {
	imagesFolder, lockFile, osName, wheelsFolder, wheelsTarball,
} from './places.js';
export {readSettings} from './read-settings.js';
export {
	settingNames, settingTable, type SettingDefinition, type SettingName,
} from './setting-table.js';
export type {
	Dialect, Origin, Settings, Sourced, Stream,
} from './settings.js';
