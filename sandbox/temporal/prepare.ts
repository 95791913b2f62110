import { thisMachine } from '../machine';
import { toStderr } from '../progress';
import { findServer } from './find-server';
import { findTestServer } from './find-test-server';

/**
 * Finds both Temporal servers, or makes them, before anybody waits for them, and prints where they are. One after the other: a
 * build takes all processors.
 */
async function prepare(): Promise<void> {
  const machine = thisMachine();
  const server = await findServer(machine, toStderr);
  process.stdout.write(`Temporal CLI          ${server}\n`);
  const testServer = await findTestServer(machine, toStderr);
  process.stdout.write(`Time-skipping server  ${testServer.join(' ')}\n`);
}

prepare().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
