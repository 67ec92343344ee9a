import test from 'ava';
import {parseAskedImages} from '../../../src/tags/parse-asked-images.js';

const found = (text: string) => parseAskedImages(text)?.map(({image, tag, key, line}) => [image, tag, key, line]);

for (const [title, text, expected] of [
	['a list of tags, as charts of OpenStack have it', 'images:\n  tags:\n    keystone_api: docker.io/starlingx/stx-keystone:1\n    test: null\n  pull_policy: Always\n', [['docker.io/starlingx/stx-keystone:1', '1', 'images.tags.keystone_api', 3]]],
	['a repository and a tag', 'image:\n  repository: quay.io/a/b\n  tag: 1.10\n', [['quay.io/a/b:1.10', '1.10', 'image', 2]]],
	['a tag before its repository', 'image:\n  tag: 1.10\n  repository: quay.io/a/b\n', [['quay.io/a/b:1.10', '1.10', 'image', 2]]],
	['a registry beside them', 'controller:\n  image:\n    registry: registry.k8s.io\n    image: ingress/controller\n    tag: v1\n', [['registry.k8s.io/ingress/controller:v1', 'v1', 'controller.image', 3]]],
	['a digest', `image:\n  repository: a/b\n  digest: sha256:${'a'.repeat(64)}\n`, [[`a/b@sha256:${'a'.repeat(64)}`, undefined, 'image', 2]]],
	['a tag and a digest', `image: {repository: a/b, tag: v1, digest: "sha256:${'a'.repeat(64)}"}\n`, [[`a/b:v1@sha256:${'a'.repeat(64)}`, 'v1', 'image', 1]]],
	['image and imageTag', 'sidecar:\n  image: a/b\n  imageTag: "2"\n', [['a/b:2', '2', 'sidecar', 2]]],
	['a manifest of Kubernetes', 'kind: Deployment\nspec:\n  template:\n    spec:\n      containers:\n        - name: x\n          image: nginx\n', [['nginx', undefined, 'spec.template.spec.containers.0.image', 7]]],
	['a key that ends so', 'nginxImage: docker.io/nginx:1\nimagePullPolicy: a/b:1\n', [['docker.io/nginx:1', '1', 'nginxImage', 1]]],
	['several documents', '---\nimage: a/b:1\n---\nimage: a/c:2\n', [['a/b:1', '1', 'image', 2], ['a/c:2', '2', 'image', 4]]],
	['a repository without a tag', 'image:\n  repository: a/b\n', [['a/b', undefined, 'image', 2]]],
	['words that are filled in later', 'image: docker.io/starlingx/stx-nova:@OS@-@STREAM@\n', [['docker.io/starlingx/stx-nova:@OS@-@STREAM@', '@OS@-@STREAM@', 'image', 1]]],
	['what only looks alike', 'image: rule:admin\nmap:\n  image: service/storage/image\nrepository: https://github.com/a/b\nname: a\nversion: 1\n', []],
	['what is no template', '{{- if .Values.a }}\nimage: a/b:1\n{{- end }}\n', undefined],
] as const) {
	test(`images are found: ${title}`, t => {
		t.deepEqual(found(text), expected as never);
	});
}
