import path from 'node:path';
import {Command, Option} from 'clipanion';
import type {BaseConfig} from '../base/index.js';
import type {Settings} from '../workspace/index.js';
import {BuildCommand} from './build-command.js';
import {
	clean, each, from, latest, one, overwrite, push, refresh,
} from './shared-options.js';
import {cache, hostname, local} from './starlingx-options.js';

export class BaseImageCommand extends BuildCommand {
	static override readonly paths = [['base']];
	static override readonly usage = Command.Usage({
		category: 'Build',
		description: 'make the base image',
		details: 'From Debian itself, with the signatures of its packages verified, or from an image of a registry; then with what LOCI expects of a base. With StarlingX\'s package repositories (--repomgr-publish-url, or --repo) its packages come before Debian\'s, and images switch repositories on and off with DIST_REPOS. An existing base image stays as it is until you ask for a new one.',
		examples: [
			['From Debian packages', 'stx-build base'],
			['From a registry', 'stx-build base --from docker.io/library/debian:trixie'],
			['With StarlingX\'s packages', 'stx-build base --repomgr-publish-url http://mirror.example.com/packages --repo-key ./packages.asc'],
			['Named, and sent to a registry', 'stx-build base --registry registry.example.com --user starlingx --version 1.0 --push --latest'],
			['Anew, with today\'s packages', 'stx-build base --refresh'],
		],
	});

	from = from();
	refresh = refresh();
	repos = Option.Array('--repo', {description: 'LINE: a package repository as sources.list has it, in place of StarlingX\'s own (repeatable)'});
	osVersion = Option.String('--os-version', {description: 'TEXT: version of the OS: of the image that --from names without a tag, and in the tag (default: that of build-config/base)'});
	imageVersion = Option.String('--version', {description: 'TEXT: last word of the tag (default: the version of the OS)'});
	push = push();
	latest = latest();
	latestTag = Option.String('--latest-tag', 'latest', {description: 'TEXT: last word of the latest tag'});
	overwrite = overwrite('the tag of a --version; by itself that is an error, and only the tags of the OS and latest move');
	clean = clean();
	configFile = Option.String('--config-file', {description: 'FILE: version, user, registry, proxy and repo where no option gives them, as key=value lines (default: the file of this target in MY_REPO)'});
	cache = cache();
	local = local();
	hostname = hostname();

	private configured: BaseConfig = {repos: []};

	protected override get given() {
		return {
			cache: this.cache, local: this.local, hostname: this.hostname, push: this.push, pushing: {
				'--latest': this.latest, '--latest-tag': this.latestTag !== 'latest', '--overwrite': this.overwrite, '--clean': this.clean,
			},
		};
	}

	override async run(): Promise<number> {
		const {settings} = await super.readSettings();
		this.configured = await this.readConfigFile(settings);
		return super.run();
	}

	protected override async readSettings(): ReturnType<BuildCommand['readSettings']> {
		const {settings, sourced} = await super.readSettings();
		const {user, registry, proxy} = this.configured;
		const choose = <T>(name: keyof Settings, ofFile: T | undefined): T | undefined => sourced[name].origin === 'option' || ofFile === undefined ? settings[name] as T | undefined : ofFile;
		return {
			sourced,
			settings: {
				...settings,
				user: choose('user', user)!,
				registry: choose('registry', registry?.replace(/\/$/v, '')),
				httpProxy: choose('httpProxy', proxy),
				// Names of images have one by themselves, those of base images have none.
				prefix: sourced.prefix.origin === 'default' ? undefined : settings.prefix,
			},
		};
	}

	protected override request() {
		const repos = each('--repo', 'repository', this.repos);
		const lines = repos.length === 0 ? this.configured.repos : repos.map(line => ({line, from: '--repo'}));
		return {
			parts: {wheels: false, base: true, images: false},
			base: {
				from: this.from,
				refresh: this.refresh,
				repos: lines,
				naming: {
					version: this.imageVersion ?? this.configured.version,
					osVersion: this.osVersion,
					latest: this.latest,
					latestTag: this.latestTag,
					push: this.push,
					overwrite: this.overwrite,
					clean: this.clean,
				},
			},
		};
	}

	private async readConfigFile({repo, os, codename, stream}: Settings): Promise<BaseConfig> {
		const {parseBaseConfig} = await import('../base/index.js');
		const {exists, readText} = await import('../system/index.js');
		const given = one('--config-file', 'file', this.configFile);
		if (given !== undefined) {
			const file = path.resolve(this.context.surroundings.workingFolder, given);
			return parseBaseConfig(await readText(file), file);
		}

		const usual = repo === undefined ? undefined : path.join(repo, 'build-tools/build-docker-images', `base-image-build-${os}-${codename}-${stream}.cfg`);
		return usual !== undefined && await exists(usual) ? parseBaseConfig(await readText(usual), usual) : {repos: []};
	}
}
