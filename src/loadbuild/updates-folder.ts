import path from 'node:path';
import type {Settings} from '../workspace/index.js';

/** Where the results of updates of images go, each in a folder of its own: StarlingX's place below the workspace. */
export const updatesFolder = ({workspace}: Pick<Settings, 'workspace'>): string => path.join(workspace, 'std', 'update-images');
