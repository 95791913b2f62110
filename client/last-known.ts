import type { WorkflowExecutionDescription } from '@temporalio/client';
import { dueBy } from '../workflows/contract/due-by';
import { SEARCH_ATTRIBUTES } from '../workflows/contract/names';
import { activityProgress } from './activity-progress';
import type { LastKnown } from './errors';
import type { RunState } from './observed-closure';

/** A run as the server describes it, as far as its closure is known. */
interface Described {
  readonly workflowId: string;
  readonly runId: string;
  readonly closureId?: string;
  readonly description: WorkflowExecutionDescription;
}

/** What the server knows of a run without its Workflow. */
export function lastKnown({ workflowId, runId, closureId, description }: Described): LastKnown {
  const { typedSearchAttributes: known, startTime } = description;
  const receivedAt = known.get(SEARCH_ATTRIBUTES.receivedAt) ?? startTime;
  const phase = known.get(SEARCH_ATTRIBUTES.phase);
  const confirmBy = known.get(SEARCH_ATTRIBUTES.confirmBy);
  return {
    workflowId,
    runId,
    ...(closureId === undefined ? {} : { closureId }),
    state: stateOf(description.status.name),
    ...(phase === undefined ? {} : { phase }),
    receivedAt: receivedAt.toISOString(),
    dueBy: (known.get(SEARCH_ATTRIBUTES.dueBy) ?? dueBy(receivedAt)).toISOString(),
    ...(confirmBy === undefined ? {} : { confirmBy: confirmBy.toISOString() }),
    attention: known.get(SEARCH_ATTRIBUTES.attention) ?? [],
    activities: activityProgress(description),
  };
}

/** What a run's status in Temporal means for its closure. */
export function stateOf(status: WorkflowExecutionDescription['status']['name']): RunState {
  if (status === 'RUNNING' || status === 'PAUSED') return 'open';
  if (status === 'COMPLETED') return 'ended';
  return status === 'TERMINATED' ? 'terminated' : 'failed';
}
