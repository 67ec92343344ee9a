import {Option} from 'clipanion';
import {BuildCommand} from './build-command.js';
import {
	allowUnusable, directiveFiles, extraWheels, from, fromIndex, fromSource, imageChoices, services, skipped, wheelChoices,
} from './shared-options.js';

/** A build for a choice of images, with the wheels that they need. */
export abstract class ChoosingCommand extends BuildCommand {
	service = services('images that it is about: labels or globs, comma-separated (default: all configured)');
	skip = skipped();
	directives = directiveFiles();
	from = from();
	frozen = Option.Boolean('--frozen', false, {description: 'refuse to change the lock'});
	fromSource = fromSource();
	fromIndex = fromIndex();
	allowUnusable = allowUnusable();
	extraWheels = extraWheels();

	/** What these options ask for. */
	protected get choices() {
		return {select: imageChoices(this), wheels: {frozen: this.frozen, ...wheelChoices(this)}};
	}
}
