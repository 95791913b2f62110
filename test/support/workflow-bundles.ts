import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundlePath } from '@temporalio/worker';
import { fillOnce } from '../../sandbox/fill-once';

/** The bundle of the closures, from the sources. */
export function bundle(): Promise<WorkflowBundlePath> {
  return bundleOf(require.resolve('../../workflows'));
}

/** The text of the bundle of the closures. */
export async function bundledCode(): Promise<string> {
  const { codePath } = await bundle();
  return await readFile(codePath, 'utf8');
}

/** The bundle of the Workflows that the module exports, from the sources: made once in a run, whichever file wants it first. */
export async function bundleOf(workflowsPath: string): Promise<WorkflowBundlePath> {
  const name = createHash('sha256').update(workflowsPath).digest('hex').slice(0, 16);
  const codePath = path.join(folderOfRun(), `workflows-${name}.js`);
  await fillOnce(codePath, async (staging) => {
    const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
    await writeFile(staging, code);
  });
  return { codePath };
}

/** What several test files need and one of them makes; `run-folder-setup.cjs` makes the folder, before all of them. */
function folderOfRun(): string {
  const folder = process.env['TEST_RUN_FOLDER'];
  if (folder === undefined) throw new TypeError('There is a folder of the run only within Jest.');
  return folder;
}
