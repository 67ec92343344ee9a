import {BaseImageCommand} from './base.js';
import {ConfigShowCommand} from './config-show.js';
import {DirectiveShowCommand} from './directive-show.js';
import {DoctorCommand} from './doctor.js';
import {ImagesCommand} from './images.js';
import {LoadbuildCommand} from './loadbuild.js';
import {WheelsCommand} from './wheels.js';

/** In the order of the help. */
export const commands = [LoadbuildCommand, WheelsCommand, BaseImageCommand, ImagesCommand, ConfigShowCommand, DirectiveShowCommand, DoctorCommand];

export type {Context} from './context.js';
export {
	describeCommand, formatCommandHelp, formatOverview, type CommandHelp, type OptionHelp,
} from './format-help.js';
