import {Command, Option} from 'clipanion';
import {
	BuildCommand, directiveFiles, from, fromSource, frozen, refresh, services, skipped, words,
} from './build-command.js';

export class WheelsCommand extends BuildCommand {
	static override readonly paths = [['wheels']];
	static override readonly usage = Command.Usage({
		category: 'Build',
		description: 'make the wheels tarball',
		details: 'Resolves the wheel list, the local modules and what the images need under the upper constraints, writes the lock, takes or builds each wheel, and puts them into one tarball. The images then take every Python distribution from it, and none from an index.',
		examples: [
			['The wheels of all configured images', 'stx-build wheels'],
			['Of one', 'stx-build wheels --service keystone'],
			['Exactly what the lock says, or nothing', 'stx-build wheels --frozen'],
			['With two distributions built from source', 'stx-build wheels --from-source PyYAML,MarkupSafe'],
			['What would be done', 'stx-build wheels --dry-run'],
		],
	});

	service = Option.String('--service', {description: 'LIST: images whose needs count: labels or globs, comma-separated (default: all configured)'});
	skip = skipped();
	directives = directiveFiles();
	only = Option.String('--only', {description: 'LIST: make only these wheels, and no tarball: names, comma-separated'});
	frozen = frozen();
	fromSource = fromSource();
	from = from();
	refresh = refresh();

	protected override request() {
		return {
			parts: {wheels: true, base: false, images: false},
			select: {only: words(this.service), skip: words(this.skip), directiveFiles: this.directives ?? []},
			wheels: {only: words(this.only), frozen: this.frozen, fromSource: words(this.fromSource)},
			base: {from: this.from, refresh: this.refresh},
		};
	}
}
