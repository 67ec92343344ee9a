import {writeFile} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {withTemporaryFolder} from '../../src/system/index.js';
import {runCli} from '../_helpers/run-cli.js';

test('shows what can be read, and of the rest where it is wrong and what to do', async t => {
	await withTemporaryFolder('commands', async folder => {
		await writeFile(path.join(folder, 'good.ini'), '[image]\nBUILDER = loci\nLABEL = stx-a\nCUSTOMIZATION[] = one\nCUSTOMIZATION[] = two\n');
		await writeFile(path.join(folder, 'twice_docker_image'), 'LABEL=a\nLABEL=b\n');
		const {code, out, err} = await runCli(['directive', 'show', 'twice_docker_image', 'good.ini'], {folder});
		t.is(code, 2);
		t.is(err, `error STX0603 \`LABEL\` is given twice\n  at ${folder}/twice_docker_image:2\n  at ${folder}/twice_docker_image:1\nhint: keep one of the two assignments; bash would take the last\n`);
		t.is(out, `${folder}/good.ini\n  BUILDER        loci\n  LABEL          stx-a\n  CUSTOMIZATION  one\n                 two\n`);

		const asJson = await runCli(['directive', 'show', 'twice_docker_image', '--json'], {folder});
		t.is(asJson.code, 2);
		t.deepEqual(JSON.parse(asJson.out), [{
			file: path.join(folder, 'twice_docker_image'),
			error: {
				code: 'STX0603', message: '`LABEL` is given twice', at: [2, 1].map(line => ({file: path.join(folder, 'twice_docker_image'), line})), hint: 'keep one of the two assignments; bash would take the last',
			},
		}]);

		await writeFile(path.join(folder, 'many_docker_image'), 'LABEL=a\nLABEL=b\nNAME=c\n');
		const many = await runCli(['directive', 'show', 'many_docker_image'], {folder});
		t.is(many.code, 2);
		t.regex(many.err, /STX0603 `LABEL` is given twice\n[^]*STX\d+ `NAME` [^]*\n2 errors\n$/);
	});
});

test('passwords are not shown', async t => {
	await withTemporaryFolder('commands', async folder => {
		await writeFile(path.join(folder, 'x.ini'), '[image]\nBUILDER = loci\nLABEL = stx-a\nPROJECT_REPO = https://bob:secret@host/x\n');
		const [plain, asJson] = [await runCli(['directive', 'show', 'x.ini'], {folder}), await runCli(['directive', 'show', 'x.ini', '--json'], {folder})];
		t.true(plain.out.includes('PROJECT_REPO  https://***@host/x'), plain.out);
		t.false(`${plain.out}${asJson.out}`.includes('secret'));
	});
});
