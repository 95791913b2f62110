import { setTimeout as pause } from 'node:timers/promises';
import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { isClosureWorkflowId, isGuid, toGuid, type Guid } from '../workflows/contract/account';
import { ACCOUNT_CLOSURE, CLOSURE_ID_MEMO, SEARCH_ATTRIBUTES } from '../workflows/contract/names';
import { AccountClosureError } from './errors';
import { CALL_TIMEOUT_MS, callServer, grpcCodeOf, hasCode } from './server-calls';

const INVALID_ARGUMENT = 3;
/** Visibility is written after the fact: how long a closure may be missing from it. */
const VISIBILITY_LAG_MS = 2_000;
const VISIBILITY_POLL_MS = 250;

/** One run of a closure. */
export interface RunRef {
  readonly workflowId: string;
  readonly runId: string;
}

/** One run of a closure with what the server says of it. */
export interface ClosureRun extends RunRef {
  readonly closureId: Guid;
  readonly description: WorkflowExecutionDescription;
}

/**
 * The run that an id means: of a Workflow id the latest run, of a closure id the run of that closure.
 * @throws AccountClosureError `invalid-argument`, `no-such-closure`
 */
export async function findClosure(client: Client, id: string): Promise<ClosureRun> {
  const closureId = toGuid(id);
  if (closureId !== undefined) return describeRun(client, await findRunAwaitingVisibility(client, closureId));
  if (isClosureWorkflowId(id)) return describeRun(client, { workflowId: id });
  throw new AccountClosureError('invalid-argument', 'An id is a Workflow id (closure-…) or a closure id (a UUID).', {
    field: 'id',
  });
}

/** What the server says of a run, of the latest one without `runId`. @throws AccountClosureError `no-such-closure` */
export async function describeRun(
  client: Client,
  ref: { readonly workflowId: string; readonly runId?: string },
): Promise<ClosureRun> {
  const description = await callServer(client, CALL_TIMEOUT_MS, () =>
    client.workflow.getHandle(ref.workflowId, ref.runId).describe(),
  );
  const closureId = description.memo?.[CLOSURE_ID_MEMO];
  if (description.type !== ACCOUNT_CLOSURE || !isGuid(closureId)) throw noSuchClosure();
  return { workflowId: ref.workflowId, runId: description.runId, closureId, description };
}

/**
 * The latest run of a closure, as far as visibility knows it already.
 * @throws AccountClosureError `not-supported` where the server has no visibility, `not-set-up`
 */
export async function findRunOf(client: Client, closureId: Guid): Promise<RunRef | undefined> {
  const query = `WorkflowType = "${ACCOUNT_CLOSURE}" AND ${SEARCH_ATTRIBUTES.closureId.name} = "${closureId}"`;
  try {
    const runs = await callServer(client, CALL_TIMEOUT_MS, () => collect(client.workflow.list({ query })));
    // A run that an operator reset has a younger sibling: that one is the closure now.
    const [latest] = runs.sort((one, other) => other.startTime.getTime() - one.startTime.getTime());
    return latest && { workflowId: latest.workflowId, runId: latest.runId };
  } catch (error) {
    throw asNotSetUp(error);
  }
}

/** An argument that the server refuses in our own words is a search attribute that it does not know. */
export function asNotSetUp(error: unknown): unknown {
  if (!hasCode(error, 'unexpected-answer') || grpcCodeOf(error.cause) !== INVALID_ARGUMENT) return error;
  const message =
    "The namespace lacks the closures' search attributes: run `closure setup` (it may take a minute to act).";
  return new AccountClosureError('not-set-up', message, { cause: error });
}

async function findRunAwaitingVisibility(client: Client, closureId: Guid): Promise<RunRef> {
  const giveUpAt = Date.now() + VISIBILITY_LAG_MS;
  for (;;) {
    const run = await findRunOf(client, closureId);
    if (run !== undefined) return run;
    if (Date.now() >= giveUpAt) throw noSuchClosure();
    await pause(VISIBILITY_POLL_MS);
  }
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

function noSuchClosure(): AccountClosureError {
  return new AccountClosureError('no-such-closure', 'There is no such closure, or its history is past its retention.');
}
