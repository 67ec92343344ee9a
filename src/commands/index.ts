import {BaseImageCommand} from './base.js';
import {CompletionValuesCommand} from './completion-values.js';
import {CompletionCommand} from './completion.js';
import {ConfigShowCommand} from './config-show.js';
import {DirectiveShowCommand} from './directive-show.js';
import {DoctorCommand} from './doctor.js';
import {HelpCommand} from './help.js';
import {ImagesCommand} from './images.js';
import {LoadbuildCommand} from './loadbuild.js';
import {TagsApplyCommand} from './tags-apply.js';
import {TagsReportCommand} from './tags-report.js';
import {UpdateCommand} from './update.js';
import {WheelsCheckCommand} from './wheels-check.js';
import {WheelsDiffCommand} from './wheels-diff.js';
import {WheelsInitCommand} from './wheels-init.js';
import {WheelsLintCommand} from './wheels-lint.js';
import {WheelsListCommand} from './wheels-list.js';
import {WheelsLockCommand} from './wheels-lock.js';
import {WheelsRebuildCommand} from './wheels-rebuild.js';
import {WheelsServeCommand} from './wheels-serve.js';
import {WheelsWhyCommand} from './wheels-why.js';
import {WheelsCommand} from './wheels.js';
import {WhyCommand} from './why.js';

/** In the order of the help. */
export const commands = [
	LoadbuildCommand,
	WheelsCommand,
	WheelsLockCommand,
	WheelsCheckCommand,
	WheelsRebuildCommand,
	BaseImageCommand,
	ImagesCommand,
	UpdateCommand,
	TagsApplyCommand,
	WheelsLintCommand,
	WheelsListCommand,
	WheelsWhyCommand,
	WheelsDiffCommand,
	WheelsInitCommand,
	WheelsServeCommand,
	TagsReportCommand,
	WhyCommand,
	ConfigShowCommand,
	DirectiveShowCommand,
	DoctorCommand,
	HelpCommand,
	CompletionCommand,
	CompletionValuesCommand,
];

export type {Context} from './context.js';
export {describeCommand} from './describe-command.js';
