import { randomUUID } from 'node:crypto';
import { temporal } from '@temporalio/proto';
import type { ObservedClosure } from '../../client';
import type { Parts, RequestedByTest } from './real-parts';
import { until } from './until';

const { EVENT_TYPE_WORKFLOW_TASK_COMPLETED } = temporal.api.enums.v1.EventType;
const { RESET_REAPPLY_EXCLUDE_TYPE_SIGNAL, RESET_REAPPLY_EXCLUDE_TYPE_UPDATE } =
  temporal.api.enums.v1.ResetReapplyExcludeType;
const LONG_MS = 5 * 60_000;

/** An event of a history. */
export type EventId = NonNullable<temporal.api.history.v1.IHistoryEvent['eventId']>;

/** Ids of the events that a run can be reset to. */
export async function workflowTasksOf(
  { service }: Parts,
  { workflowId }: RequestedByTest,
): Promise<readonly EventId[]> {
  const { events } = await service.workflow.getHandle(workflowId).fetchHistory();
  return (events ?? [])
    .filter(({ eventType }) => eventType === EVENT_TYPE_WORKFLOW_TASK_COMPLETED)
    .flatMap(({ eventId }) => (eventId === null || eventId === undefined ? [] : [eventId]));
}

/** Resets the current run. */
export async function reset(
  parts: Parts,
  { workflowId }: RequestedByTest,
  { to: eventId, isReapplied }: { readonly to: EventId | undefined; readonly isReapplied: boolean },
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
export function untilEnded(
  parts: Parts,
  { workflowId }: RequestedByTest,
  afterRunId: string,
): Promise<ObservedClosure> {
  return until(
    () => parts.client.status(workflowId),
    ({ outcome, runId }) => outcome !== undefined && runId !== afterRunId,
    LONG_MS,
  );
}

/** What of a status does not depend on when it was reached. */
export function lasting(status: ObservedClosure): unknown {
  const { closureId, phase, outcome, receivedAt, planDigest, plan, confirmation, targets, attention } = status;
  const saved = status.export?.kind === 'saved' ? status.export.files : status.export;
  return { closureId, phase, outcome, receivedAt, planDigest, plan, confirmation, targets, attention, saved };
}

/** Counts the requests that would change the person's account from now on. */
export function countChanges(parts: Parts, { person }: RequestedByTest): () => number {
  let changes = 0;
  for (const method of ['PATCH', 'POST', 'DELETE']) {
    const run = (): void => {
      changes += 1;
    };
    parts.entra.faults.add({ kind: 'before', method, path: new RegExp(person.objectId), times: Infinity, run });
  }
  return () => changes;
}
