import type { Client } from '@temporalio/client';
import { type AccountClosureWorkflow, statusQuery } from '../workflows/contract/messages';
import { SEARCH_ATTRIBUTES } from '../workflows/contract/names';
import type { ClosureStatus } from '../workflows/contract/status';
import { isUndecodable } from '../workflows/contract/undecodable';
import { activityProgress, type ActivityProgress } from './activity-progress';
import { AccountClosureError, type LastKnown } from './errors';
import { describeRun, type ClosureRun } from './find-closure';
import { CALL_TIMEOUT_MS, callServer, hasCode } from './server-calls';

/** The closure as it stands, with what only the server knows. */
export interface ObservedClosure extends ClosureStatus {
  /** The Temporal run: links into the Web UI need it. */
  readonly runId: string;
  /** Activities in progress; empty when the closure waits or has ended. */
  readonly activities: readonly ActivityProgress[];
}

/** What a described run allows to be read. */
type RunState = 'open' | 'completed' | 'terminated' | 'failed';

/**
 * Reads the status of a run: of a finished one from its result (no worker needed), of an open one by Query.
 * @throws AccountClosureError `unavailable` with `lastKnown`, `closure-failed`, `closure-terminated`
 */
export async function readStatus(client: Client, run: ClosureRun): Promise<ObservedClosure> {
  const state = runStateOf(run);
  switch (state) {
    case 'open':
      return observed(run, await queryStatus(client, run));
    case 'completed':
      return observed(run, await readResult(client, run));
    case 'terminated':
      throw new AccountClosureError(
        'closure-terminated',
        'The Workflow was terminated: nothing runs any more. See `closure audit show` for what was done; reset the Workflow to let it go on (docs/operations.md).',
        { lastKnown: lastKnown(run) },
      );
    case 'failed':
      throw new AccountClosureError(
        'closure-failed',
        'The Workflow failed: look at its history, repair the cause and reset it, or request again.',
        { lastKnown: lastKnown(run) },
      );
  }
}

/** As `readStatus`, of the run as it is now. */
export async function readStatusNow(client: Client, run: ClosureRun): Promise<ObservedClosure> {
  return readStatus(client, await describeRun(client, run));
}

/** What the server knows of a run without its Workflow. */
function lastKnown({ workflowId, runId, closureId, description }: ClosureRun): LastKnown {
  const phase = description.typedSearchAttributes.get(SEARCH_ATTRIBUTES.phase);
  return {
    workflowId,
    runId,
    closureId,
    ...(phase === undefined ? {} : { phase }),
    attention: description.typedSearchAttributes.get(SEARCH_ATTRIBUTES.attention) ?? [],
  };
}

/** Joins a status with what the description of its run knows. */
export function observed(run: ClosureRun, status: ClosureStatus): ObservedClosure {
  const hasEnded = status.outcome !== undefined;
  return { ...status, runId: run.runId, activities: hasEnded ? [] : activityProgress(run.description) };
}

function runStateOf({ description }: ClosureRun): RunState {
  const { name } = description.status;
  if (name === 'RUNNING' || name === 'PAUSED') return 'open';
  if (name === 'COMPLETED') return 'completed';
  return name === 'TERMINATED' ? 'terminated' : 'failed';
}

async function queryStatus(client: Client, run: ClosureRun): Promise<ClosureStatus> {
  const handle = client.workflow.getHandle<AccountClosureWorkflow>(run.workflowId, run.runId);
  try {
    return await callServer(client, CALL_TIMEOUT_MS, () => handle.query(statusQuery));
  } catch (error) {
    if (hasCode(error, 'access-denied', 'no-such-closure', 'no-such-namespace')) throw error;
    const message = 'No worker answers for this closure now: it goes on when one runs. It is safe to repeat.';
    throw new AccountClosureError('unavailable', message, { cause: error, lastKnown: lastKnown(run) });
  }
}

async function readResult(client: Client, { workflowId, runId }: ClosureRun): Promise<ClosureStatus> {
  const handle = client.workflow.getHandle<AccountClosureWorkflow>(workflowId, runId, { followRuns: false });
  const status = await callServer(client, CALL_TIMEOUT_MS, () => handle.result());
  if (!isUndecodable(status)) return status;
  throw new AccountClosureError('unexpected-answer', "The closure's result cannot be decoded.");
}
