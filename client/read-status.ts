import { statusQuery, type AccountClosureWorkflow } from '../workflows/contract/messages';
import { activityProgress } from './activity-progress';
import { AccountClosureError, hasCode } from './errors';
import { describeRun, type ClosureRun } from './find-closure';
import { lastKnown, stateOf } from './last-known';
import { isObservedClosure, oddityOf, type ObservedClosure } from './observed-closure';
import { GRPC, isFromGrpc } from './server-faults';
import type { TemporalServer } from './temporal-server';

/**
 * Reads the status of a run: of a finished one from its result (no worker needed), of an open one by Query.
 * @throws AccountClosureError `unavailable` with `lastKnown`, `closure-failed`, `closure-terminated`, `unexpected-answer`
 */
export async function readStatus(server: TemporalServer, run: ClosureRun): Promise<ObservedClosure> {
  switch (stateOf(run.description.status.name)) {
    case 'open':
      return observed(run, await queryStatus(server, run));
    case 'ended':
      return observed(run, await readResult(server, run));
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
export async function readStatusNow(server: TemporalServer, run: ClosureRun): Promise<ObservedClosure> {
  return readStatus(server, { ...(await describeRun(server, run)), closureId: run.closureId });
}

/** As `readStatusNow`; `undefined` when nobody answers. */
export async function readStatusIfAnswered(
  server: TemporalServer,
  run: ClosureRun,
): Promise<ObservedClosure | undefined> {
  try {
    return await readStatusNow(server, run);
  } catch (error) {
    if (hasCode(error, 'unavailable', 'timed-out')) return undefined;
    throw error;
  }
}

/**
 * Joins an answer of the Workflow with what the description of its run knows.
 * @throws AccountClosureError `unexpected-answer` when it is no status, or lacks what its phase always has
 */
export function observed(run: ClosureRun, answer: unknown): ObservedClosure {
  const { runId, description } = run;
  const status: object = typeof answer === 'object' && answer !== null ? answer : {};
  const isOver = description.closeTime !== undefined;
  const joined = { ...status, runId, activities: isOver ? [] : activityProgress(description) };
  if (isObservedClosure(joined)) return joined;
  const odd = oddityOf(joined) ?? 'phase';
  throw new AccountClosureError(
    'unexpected-answer',
    `The closure's answer is none that this version knows: \`${odd}\` is missing or of another kind.`,
    { lastKnown: lastKnown(run) },
  );
}

async function queryStatus(server: TemporalServer, run: ClosureRun): Promise<unknown> {
  try {
    return await server.read((client) =>
      client.workflow.getHandle<AccountClosureWorkflow>(run.workflowId, run.runId).query(statusQuery),
    );
  } catch (error) {
    throw asUnanswered(error, run);
  }
}

/** A Query needs a worker, and a server that reaches it: which of them is away is told apart. */
function asUnanswered(error: unknown, run: ClosureRun): unknown {
  if (!(error instanceof AccountClosureError)) return error;
  const { code, message: said } = error;
  const details = { cause: error, lastKnown: lastKnown(run) };
  const isWorkerAway = code === 'timed-out' || (code === 'unavailable' && !isFromGrpc(error, GRPC.unavailable));
  if (!isWorkerAway) return new AccountClosureError(code, said, details);
  const message =
    'No worker has answered for this closure in time: what is said of it is what the server knows. It is safe to repeat.';
  return new AccountClosureError('unavailable', message, details);
}

function readResult(server: TemporalServer, { workflowId, runId }: ClosureRun): Promise<unknown> {
  return server.read((client) =>
    client.workflow.getHandle<AccountClosureWorkflow>(workflowId, runId, { followRuns: false }).result(),
  );
}
