import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import type { Guid } from '../workflows/contract/account';
import { isClosureWorkflowId, isGuid, toGuid } from '../workflows/contract/ids';
import { statusQuery, type AccountClosureWorkflow } from '../workflows/contract/messages';
import { ACCOUNT_CLOSURE, CLOSURE_ID_MEMO, SEARCH_ATTRIBUTES } from '../workflows/contract/names';
import { AccountClosureError, invalidArgument } from './errors';
import { lastKnown } from './last-known';
import { asNotSetUp } from './server-faults';
import type { TemporalServer } from './temporal-server';

/** Visibility is written after the fact: how long a closure may be missing from it. */
const VISIBILITY_LAG_MS = 2_000;
const VISIBILITY_POLL_MS = 250;

/** One run of a closure. */
export interface RunRef {
  readonly workflowId: string;
  readonly runId: string;
}

/** One run with what the server says of it. */
export interface DescribedRun extends RunRef {
  /** Absent of a run that was started by hand and has not said yet whose it is. */
  readonly closureId?: Guid;
  readonly description: WorkflowExecutionDescription;
}

/** One run of a known closure. */
export interface ClosureRun extends DescribedRun {
  readonly closureId: Guid;
}

/**
 * The run that an id means: of a Workflow id the latest run, of a closure id the latest run of that closure (one that was
 * reset has several).
 * @throws AccountClosureError `invalid-argument`, `no-such-closure`
 */
export async function findClosure(server: TemporalServer, id: string): Promise<ClosureRun> {
  const closureId = typeof id === 'string' ? toGuid(id) : undefined;
  if (closureId !== undefined)
    return latestRunOf(server, await findRunAwaitingVisibility(server, closureId), closureId);
  if (isClosureWorkflowId(id)) return identified(server, await describeRun(server, { workflowId: id }));
  throw invalidArgument('id', 'An id is a Workflow id (closure-…) or a closure id (a UUID).');
}

/**
 * The closure as it goes on: the same run, or the one that an operator's reset has put in its place, which visibility may
 * not know yet. Never a later closure of the same account.
 */
export async function followClosure(server: TemporalServer, run: ClosureRun): Promise<ClosureRun> {
  const latest = await describeRun(server, { workflowId: run.workflowId });
  if (latest.closureId === run.closureId || latest.runId === run.runId) return { ...latest, closureId: run.closureId };
  const known = await findRunOf(server, run.closureId);
  return { ...(await describeRun(server, known ?? run)), closureId: run.closureId };
}

/** What the server says of a run, of the latest one without `runId`. @throws AccountClosureError `no-such-closure` */
export async function describeRun(
  server: TemporalServer,
  ref: { readonly workflowId: string; readonly runId?: string },
): Promise<DescribedRun> {
  const description = await server.read((client) => client.workflow.getHandle(ref.workflowId, ref.runId).describe());
  if (description.type !== ACCOUNT_CLOSURE) throw noSuchClosure();
  const closureId = closureIdIn(description);
  const { runId } = description;
  return { workflowId: ref.workflowId, runId, description, ...(closureId === undefined ? {} : { closureId }) };
}

/**
 * Whose run it is. One that was started without our client (Web UI, another SDK) is asked itself, until it has published it.
 * @throws AccountClosureError `unavailable` when it does not answer
 */
export async function identified(server: TemporalServer, run: DescribedRun): Promise<ClosureRun> {
  return { ...run, closureId: run.closureId ?? (await askClosureId(server, run)) };
}

/**
 * The latest run of a closure, as far as visibility knows it already.
 * @throws AccountClosureError `not-supported` where the server has no visibility, `not-set-up`
 */
export async function findRunOf(server: TemporalServer, closureId: Guid): Promise<RunRef | undefined> {
  const query = `WorkflowType = "${ACCOUNT_CLOSURE}" AND ${SEARCH_ATTRIBUTES.closureId.name} = "${closureId}"`;
  try {
    const runs = await server.read((client) => collect(client.workflow.list({ query })));
    // A run that an operator reset has a younger sibling: that one is the closure now.
    const [latest] = runs.sort((one, other) => other.startTime.getTime() - one.startTime.getTime());
    return latest && { workflowId: latest.workflowId, runId: latest.runId };
  } catch (error) {
    throw asNotSetUp(error);
  }
}

/** Visibility lags: the latest run under the Workflow id may be a younger one of the same closure. */
async function latestRunOf(server: TemporalServer, seen: RunRef, closureId: Guid): Promise<ClosureRun> {
  const latest = await describeRun(server, { workflowId: seen.workflowId });
  if (latest.closureId === closureId) return { ...latest, closureId };
  return { ...(await describeRun(server, seen)), closureId };
}

function closureIdIn({ memo, typedSearchAttributes }: WorkflowExecutionDescription): Guid | undefined {
  const noted = memo?.[CLOSURE_ID_MEMO];
  if (isGuid(noted)) return noted;
  const published = typedSearchAttributes.get(SEARCH_ATTRIBUTES.closureId);
  return isGuid(published) ? published : undefined;
}

async function askClosureId(server: TemporalServer, run: DescribedRun): Promise<Guid> {
  const ask = (client: Client): Promise<unknown> =>
    client.workflow.getHandle<AccountClosureWorkflow>(run.workflowId, run.runId).query(statusQuery);
  try {
    const answer = await server.read(ask);
    if (typeof answer === 'object' && answer !== null && 'closureId' in answer && isGuid(answer.closureId)) {
      return answer.closureId;
    }
  } catch (error) {
    const message =
      'The run was not started by a client of ours, and no worker says whose it is: it is safe to repeat.';
    throw new AccountClosureError('unavailable', message, { cause: error, lastKnown: lastKnown(run) });
  }
  throw noSuchClosure();
}

async function findRunAwaitingVisibility(server: TemporalServer, closureId: Guid): Promise<RunRef> {
  const giveUpAt = Date.now() + VISIBILITY_LAG_MS;
  for (;;) {
    const run = await findRunOf(server, closureId);
    if (run !== undefined) return run;
    if (Date.now() >= giveUpAt) throw noSuchClosure();
    await server.pause(VISIBILITY_POLL_MS);
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
