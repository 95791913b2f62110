// Records the histories that test/end-to-end/replay.test.ts replays, on the real parts with sandbox people only. To be run
// again, in one command, when the Workflow's story is changed on purpose and no closure of before has to be carried on:
//
//   npm run build && node --require ./test/support/typescript.cjs test/support/record-histories.ts
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { ADA, DOROTHY, GRACE, JOAN, MARGARET, type SamplePerson } from '../../sandbox/entra/people';
import { freePort } from '../../sandbox/ports';
import { HISTORIES } from './histories';
import {
  addSomebody,
  closeAccount,
  confirm,
  request,
  startRealParts,
  untilPhase,
  type RealParts,
  type RequestedByTest,
} from './real-parts';
import { until } from './until';

const IMPATIENT = 'impatient';

async function recordAll(): Promise<void> {
  await mkdir(HISTORIES, { recursive: true });
  const parts = await startRealParts();
  try {
    await parts.startWorker();
    const HEALTH_PORT = String(await freePort());
    await parts.startWorker({ CLOSURE_TASK_QUEUE: IMPATIENT, CLOSURE_CONFIRMATION_WINDOW: '5s', HEALTH_PORT });
    await recordClosed(parts);
    await recordRejected(parts);
    await recordWithdrawn(parts);
    await recordExpired(parts);
    await recordStopped(parts);
    await recordResolved(parts);
    await recordLeftOut(parts);
  } finally {
    await parts.close();
  }
}

async function recordClosed(parts: RealParts): Promise<void> {
  const closure = await requestAndWait(parts, ADA, 'closed');
  await closeAccount(parts, closure);
  await record(parts, closure, 'closed');
}

async function recordRejected(parts: RealParts): Promise<void> {
  const closure = await request(parts, GRACE);
  await untilPhase(parts, closure, 'rejected');
  await record(parts, closure, 'rejected');
}

async function recordWithdrawn(parts: RealParts): Promise<void> {
  const closure = await requestAndWait(parts, DOROTHY, 'withdrawn');
  await parts.client.withdraw(closure.workflowId);
  await record(parts, closure, 'withdrawn');
}

async function recordExpired(parts: RealParts): Promise<void> {
  const closure = await request(parts, MARGARET, IMPATIENT);
  await untilPhase(parts, closure, 'awaitingConfirmation');
  await record(parts, closure, 'expired-while-waiting');
  await untilPhase(parts, closure, 'expired');
  await record(parts, closure, 'expired');
}

async function recordStopped(parts: RealParts): Promise<void> {
  const person = addSomebody(parts, 'taken-over.example');
  const run = (): void => {
    parts.entra.world.takeOver(person.tenantId);
  };
  parts.entra.faults.add({ kind: 'before', method: 'PATCH', path: new RegExp(person.objectId), run });
  const closure = await requestAndWait(parts, person, 'stopped');
  await closeAccount(parts, closure);
  await record(parts, closure, 'stopped');
}

async function recordResolved(parts: RealParts): Promise<void> {
  parts.entra.faults.add({ method: 'DELETE', path: /deletedItems/, kind: 'status', status: 403, times: Infinity });
  const closure = await requestAndWait(parts, JOAN, 'resolved');
  await confirm(parts, closure);
  await until(
    () => parts.client.status(closure.workflowId),
    ({ attention }) => attention.length > 0,
  );
  await record(parts, closure, 'resolved-while-parked');
  parts.entra.faults.clear();
  await parts.client.resolve(closure.workflowId, { target: 'directory', action: 'retry', by: 'operator-1' });
  await untilPhase(parts, closure, 'closed');
  await record(parts, closure, 'resolved');
}

async function recordLeftOut(parts: RealParts): Promise<void> {
  parts.entra.faults.add({ method: 'DELETE', path: /deletedItems/, kind: 'status', status: 403, times: Infinity });
  const closure = await request(parts, addSomebody(parts, 'kept.example'));
  await untilPhase(parts, closure, 'awaitingConfirmation');
  await confirm(parts, closure);
  await until(
    () => parts.client.status(closure.workflowId),
    ({ attention }) => attention.length > 0,
  );
  const answer = { target: 'directory', action: 'exempt', basis: 'legal-claims', by: 'operator-1' } as const;
  await parts.client.resolve(closure.workflowId, answer);
  await untilPhase(parts, closure, 'closedWithRetention');
  await record(parts, closure, 'closedWithRetention');
  parts.entra.faults.clear();
}

async function requestAndWait(parts: RealParts, person: SamplePerson, story: string): Promise<RequestedByTest> {
  const closure = await request(parts, person);
  await untilPhase(parts, closure, 'awaitingConfirmation');
  await record(parts, closure, `${story}-while-waiting`);
  return closure;
}

async function record({ service }: RealParts, { workflowId }: RequestedByTest, name: string): Promise<void> {
  const history = await service.workflow.getHandle(workflowId).fetchHistory();
  const json: unknown = JSON.parse(historyToJSON(history), (key, value: unknown) =>
    // Where the program is installed on the machine of the recording is nobody's business.
    key === 'stackTrace' ? '' : value,
  );
  await writeFile(path.join(HISTORIES, `${name}.json`), `${JSON.stringify(json)}\n`);
  process.stdout.write(`${name}\n`);
}

recordAll().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
