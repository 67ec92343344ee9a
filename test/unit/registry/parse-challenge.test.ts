import test from 'ava';
import {parseChallenge} from '../../../src/registry/parse-challenge.js';

const bearer = {scheme: 'bearer', realm: 'https://auth.example.com/token', service: 'registry.example.com'};

for (const [header, expected] of [
	['Bearer realm="https://auth.example.com/token",service="registry.example.com",scope="repository:a/b:pull,push"', {...bearer, scopes: ['repository:a/b:pull,push']}],
	['bearer realm=https://auth.example.com/token, service = "registry.example.com"', {...bearer, scopes: []}],
	['Basic realm="a, Bearer of news"', {scheme: 'basic'}],
	['Basic', {scheme: 'basic'}],
	['Basic realm="x", Bearer realm="https://auth.example.com/token",service="registry.example.com"', {...bearer, scopes: []}],
	[String.raw`Bearer realm="https://auth.example.com/\token",service="registry.example.com"`, {...bearer, scopes: []}],
	['Bearer service="x"', undefined],
	['Negotiate', undefined],
	['', undefined],
	[undefined, undefined],
] as const) {
	test(`the challenge \`${header ?? 'none'}\``, t => {
		t.deepEqual(parseChallenge(header), expected as never);
	});
}
