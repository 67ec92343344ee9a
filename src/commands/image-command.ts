import {Option} from 'clipanion';
import {ChoosingCommand} from './choosing-command.js';
import {
	baseChoices, clean, imageVersion, latest, one, overwrite, push,
} from './shared-options.js';
import type {GivenOptions} from './starlingx-options.js';

/** A build of images, whatever else it builds. */
export abstract class ImageCommand extends ChoosingCommand {
	wheels = Option.String('--wheels', {description: 'FILE|URL: wheels tarball to take every distribution from; the address of one ends in #sha256=<its digest>'});
	base = Option.String('--base', {description: 'REFERENCE: a base image to build on as it is, instead of ours: fetched, unless it is one of `localhost/`'});
	noPullBase = Option.Boolean('-N,--no-pull-base', false, {description: 'with --base: take it as the engine has it'});
	allowHostScripts = Option.Boolean('--allow-host-scripts', false, {description: 'run the scripts of the builder script on this machine itself, with all your rights here; by itself they run in a container'});
	push = push();
	latest = latest();
	legacyOsLabel = Option.String('--os-label-legacy', {description: 'TEXT: also give tags of older releases\' form, with this in the place of the OS label (default: on for bullseye on amd64, as the OS)'});
	imageVersion = imageVersion();
	clean = clean();
	overwrite = overwrite();

	protected override get given(): GivenOptions {
		return {...this, pushing: {'--clean': this.clean, '--overwrite': this.overwrite}};
	}

	protected override get choices() {
		const {select, wheels} = super.choices;
		return {
			select,
			wheels: {...wheels, file: one('--wheels', 'tarball', this.wheels)},
			base: {...baseChoices(this), pull: !this.noPullBase},
			images: {
				allowHostScripts: this.allowHostScripts,
				push: this.push,
				latest: this.latest,
				version: this.imageVersion,
				legacyOsLabel: this.legacyOsLabel,
				pushing: {clean: this.clean, overwrite: this.overwrite},
			},
		};
	}
}
