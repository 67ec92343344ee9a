/** Where results go: StarlingX's places below the workspace. Pure. */
import path from 'node:path';
import type {Settings} from './settings.js';

type Place = Pick<Settings, 'workspace' | 'os' | 'codename' | 'stream'>;

export const osName = ({os, codename}: Pick<Settings, 'os' | 'codename'>): string => `${os}-${codename}`;

export const wheelsFolder = (place: Place): string => path.join(place.workspace, 'std', `build-wheels-${osName(place)}-${place.stream}`);

export const imagesFolder = ({workspace}: Pick<Settings, 'workspace'>): string => path.join(workspace, 'std', 'build-images');

/** StarlingX's name of the wheels tarball. */
export const wheelsTarball = (place: Place): string => path.join(wheelsFolder(place), `stx-${place.os}-${place.stream}-wheels.tar`);

export const lockFile = (place: Place): string => path.join(wheelsFolder(place), `pylock.${osName(place)}-${place.stream}.toml`);
