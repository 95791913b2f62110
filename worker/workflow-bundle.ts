import { join } from 'node:path';

/** Where `npm run build` puts the Workflow bundle: beside the compiled sources. */
export const WORKFLOW_BUNDLE = { codePath: join(__dirname, '..', 'workflow-bundle.js') };
