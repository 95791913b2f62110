import { describe, expect, it } from '@jest/globals';
import { Client as Postgres } from 'pg';
import { freePort } from '../../sandbox/ports';
import { addSomebody, request, untilPhase, type RequestedByTest } from '../support/real-parts';
import { realPartsOfThisFile } from '../support/real-parts-of-file';
import { until } from '../support/until';

const parts = realPartsOfThisFile();

async function query(text: string, values: readonly unknown[]): Promise<readonly unknown[]> {
  const postgres = new Postgres({ connectionString: parts.environment['DATABASE_URL'] });
  await postgres.connect();
  try {
    return (await postgres.query<Record<string, unknown>>(text, [...values])).rows;
  } finally {
    await postgres.end();
  }
}

/** A closure that waits for its person, and of which something was kept two days ago. */
async function closureWithSealedRow(): Promise<RequestedByTest> {
  const closure = await request(parts, addSomebody(parts));
  await untilPhase(parts, closure, 'awaitingConfirmation');
  await query(
    `INSERT INTO account_closure.sealed_identifier (closure_id, first_run_id, target, round, sealed, recorded_at)
     VALUES ($1, 'first-run', 'shop', 1, $2, now() - interval '2 days')`,
    [closure.closureId, Buffer.alloc(64)],
  );
  return closure;
}

async function isKept({ closureId }: RequestedByTest): Promise<boolean> {
  const rows = await query('SELECT round FROM account_closure.sealed_identifier WHERE closure_id = $1', [closureId]);
  return rows.length > 0;
}

/** What visibility knows of the closure's runs, once it knows that the first has ended. */
async function untilSeenEnded({ closureId }: RequestedByTest): Promise<void> {
  const ended = `ClosureId = "${closureId}" AND ExecutionStatus != "Running"`;
  await until(
    () => parts.service.workflow.count(ended),
    ({ count }) => count > 0,
  );
}

/** As an operator does it in the Web UI: the run ends, and another one of the same closure goes on from its first Workflow Task. */
async function resetRun({ workflowId }: RequestedByTest): Promise<void> {
  const handle = parts.service.workflow.getHandle(workflowId);
  const { runId } = await handle.describe();
  const { events } = await handle.fetchHistory();
  const completed = events?.find(({ workflowTaskCompletedEventAttributes }) => workflowTaskCompletedEventAttributes);
  await parts.service.workflowService.resetWorkflowExecution({
    namespace: parts.temporal.namespace,
    workflowExecution: { workflowId, runId },
    reason: 'a test',
    requestId: runId,
    workflowTaskFinishEventId: completed?.eventId ?? null,
  });
}

describe('What was sealed for a closure that nobody clears up after', () => {
  it('is removed by the next worker that starts, and by none while a run of the closure goes on', async () => {
    const [terminated, open, reset] = await Promise.all([
      closureWithSealedRow(),
      closureWithSealedRow(),
      closureWithSealedRow(),
    ]);
    await parts.service.workflow.getHandle(terminated.workflowId).terminate();
    await resetRun(reset);
    await Promise.all([untilSeenEnded(terminated), untilSeenEnded(reset)]);

    await parts.startWorker({ HEALTH_PORT: String(await freePort()) });
    await until(
      () => Promise.resolve(parts.workerOutput()),
      (output) => output.includes('"event":"vault-swept","removed":1'),
    );

    await expect(Promise.all([terminated, open, reset].map(isKept))).resolves.toEqual([false, true, true]);
  }, 120_000);
});
