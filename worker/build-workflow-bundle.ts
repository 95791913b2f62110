import { writeFileSync } from 'node:fs';
import { bundleWorkflowCode } from '@temporalio/worker';
import { WORKFLOW_BUNDLE } from './workflow-bundle';

/** Bundles the Workflow code once, at build time: a worker then starts at once and needs no sources. */
async function buildWorkflowBundle(): Promise<void> {
  const silent = (): void => undefined;
  const logger = { log: silent, trace: silent, debug: silent, info: silent, warn: silent, error: silent };
  const { code } = await bundleWorkflowCode({ workflowsPath: require.resolve('../workflows'), logger });
  writeFileSync(WORKFLOW_BUNDLE.codePath, code);
}

buildWorkflowBundle().catch((error: unknown) => {
  process.stderr.write(
    `The Workflow bundle cannot be built: ${error instanceof Error ? error.message : String(error)}\n`,
  );
  process.exitCode = 1;
});
