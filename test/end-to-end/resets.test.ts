import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { temporal } from '@temporalio/proto';
import type { ObservedClosure } from '../../client';
import { addSomebody, closeAccount, confirm, request, type RequestedByTest } from '../support/real-parts';
import { realPartsOfThisFile } from '../support/real-parts-of-file';
import { until } from '../support/until';

const { EVENT_TYPE_WORKFLOW_TASK_COMPLETED } = temporal.api.enums.v1.EventType;
const { RESET_REAPPLY_EXCLUDE_TYPE_SIGNAL, RESET_REAPPLY_EXCLUDE_TYPE_UPDATE } =
  temporal.api.enums.v1.ResetReapplyExcludeType;
const LONG_MS = 5 * 60_000;

const parts = realPartsOfThisFile();

describe.each([
  ['with its messages applied again', true],
  ['without its messages', false],
])('a closed closure that is reset %s', (_how, isReapplied) => {
  it(
    'ends as it had ended, from every Workflow Task that it can be reset to',
    async () => {
      const first = await closedClosure();
      const tasks = await workflowTasksOf(first);
      const others = await Promise.all(tasks.slice(1).map(() => closedClosure()));

      const endings = await Promise.all(
        [first, ...others].map(async (closure, index) => {
          const before = await parts.client.status(closure.workflowId);
          const changes = countChanges(closure);
          await reset(closure, (await workflowTasksOf(closure))[index], isReapplied);
          const after = await untilEnded(closure, before.runId);
          return { before: lasting(before), after: lasting(after), changes: changes() };
        }),
      );

      expect(tasks.length).toBeGreaterThan(6);
      for (const { before, after, changes } of endings) {
        expect(after).toEqual(before);
        expect(changes).toBe(0);
      }
    },
    LONG_MS,
  );
});

describe('a closed closure that is reset twice', () => {
  it(
    'ends as it had ended, also when the second reset goes back behind the first one',
    async () => {
      const closure = await closedClosure();
      const before = await parts.client.status(closure.workflowId);
      const changes = countChanges(closure);

      const yes = (await workflowTasksOf(closure))[4];
      await reset(closure, yes, false);
      const once = await untilEnded(closure, before.runId);
      await reset(closure, (await workflowTasksOf(closure)).at(-1), false);
      const twice = await untilEnded(closure, once.runId);
      await reset(closure, yes, false);
      const thrice = await untilEnded(closure, twice.runId);

      expect([once, twice, thrice].map(lasting)).toEqual([before, before, before].map(lasting));
      expect(changes()).toBe(0);
    },
    LONG_MS,
  );
});

describe('a closure that was terminated while its fence was being tried', () => {
  it(
    'is closed after a reset to its last Workflow Task, although sign-in is blocked already: by us',
    async () => {
      const person = addSomebody(parts);
      const revocation = { method: 'POST', path: new RegExp(`${person.objectId}/revokeSignInSessions`) };
      parts.entra.faults.add({ ...revocation, kind: 'status', status: 503, retryAfter: '1', times: 3 });
      const closure = await request(parts, person);
      const { runId } = await confirm(parts, closure);
      await until(
        () => parts.entra.world.findUser(person.objectId)?.isEnabled,
        (isEnabled) => isEnabled === false,
      );
      const tasks = await workflowTasksOf(closure);
      await parts.service.workflow.getHandle(closure.workflowId).terminate('a mistake');

      await reset(closure, tasks.at(-1), true);
      const ended = await untilEnded(closure, runId);

      expect(ended).toMatchObject({ outcome: 'closed', targets: [{ erasedCount: 1 }] });
    },
    LONG_MS,
  );
});

async function closedClosure(): Promise<RequestedByTest> {
  const closure = await request(parts, addSomebody(parts));
  const ended = await closeAccount(parts, closure);
  if (ended.outcome !== 'closed') throw new Error(`The closure ended as ${ended.phase}.`);
  return closure;
}

type EventId = NonNullable<temporal.api.history.v1.IHistoryEvent['eventId']>;

/** Ids of the events that a run can be reset to. */
async function workflowTasksOf({ workflowId }: RequestedByTest): Promise<readonly EventId[]> {
  const { events } = await parts.service.workflow.getHandle(workflowId).fetchHistory();
  return (events ?? [])
    .filter(({ eventType }) => eventType === EVENT_TYPE_WORKFLOW_TASK_COMPLETED)
    .flatMap(({ eventId }) => (eventId === null || eventId === undefined ? [] : [eventId]));
}

async function reset(
  { workflowId }: RequestedByTest,
  eventId: EventId | undefined,
  isReapplied: boolean,
): Promise<void> {
  if (eventId === undefined) throw new Error('There is no such Workflow Task.');
  const { runId } = await parts.service.workflow.getHandle(workflowId).describe();
  await parts.service.workflowService.resetWorkflowExecution({
    namespace: parts.environment['TEMPORAL_NAMESPACE'] ?? '',
    workflowExecution: { workflowId, runId },
    reason: 'test',
    requestId: randomUUID(),
    workflowTaskFinishEventId: eventId,
    resetReapplyExcludeTypes: isReapplied ? [] : [RESET_REAPPLY_EXCLUDE_TYPE_SIGNAL, RESET_REAPPLY_EXCLUDE_TYPE_UPDATE],
  });
}

/** The end of the run that follows this one. */
function untilEnded({ workflowId }: RequestedByTest, afterRunId: string): Promise<ObservedClosure> {
  return until(
    () => parts.client.status(workflowId),
    ({ outcome, runId }) => outcome !== undefined && runId !== afterRunId,
    LONG_MS,
  );
}

/** What of a status does not depend on when it was reached. */
function lasting(status: ObservedClosure): unknown {
  const { closureId, phase, outcome, receivedAt, planDigest, plan, confirmation, targets, attention } = status;
  const saved = status.export?.kind === 'saved' ? status.export.files : status.export;
  return { closureId, phase, outcome, receivedAt, planDigest, plan, confirmation, targets, attention, saved };
}

/** Counts the requests that would change the person's account from now on. */
function countChanges({ person }: RequestedByTest): () => number {
  let changes = 0;
  for (const method of ['PATCH', 'POST', 'DELETE']) {
    const run = (): void => {
      changes += 1;
    };
    parts.entra.faults.add({ kind: 'before', method, path: new RegExp(person.objectId), times: Infinity, run });
  }
  return () => changes;
}
