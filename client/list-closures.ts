import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { dueBy } from '../workflows/contract/due-by';
import { ACCOUNT_CLOSURE, SEARCH_ATTRIBUTES } from '../workflows/contract/names';
import type { Phase } from '../workflows/contract/status';
import { asNotSetUp } from './find-closure';
import { CALL_TIMEOUT_MS, callServer } from './server-calls';

/** Which closures to list. */
export interface ListFilter {
  /** Only those in which something waits for an operator. */
  readonly needsAttention?: boolean;
  readonly phase?: Phase;
}

/** A closure in a list, as visibility knows it: a moment old. Instants: ISO 8601, UTC. */
export interface ListedClosure {
  readonly workflowId: string;
  readonly runId: string;
  readonly closureId: string;
  readonly phase: string;
  readonly receivedAt: string;
  readonly dueBy: string;
  /** What waits for an operator, as `target:fault`. */
  readonly attention: readonly string[];
}

/** The closures, open and finished, within the namespace's retention; the server's order (latest first). */
export async function* listClosures(client: Client, filter: ListFilter): AsyncGenerator<ListedClosure> {
  const runs = client.workflow.list({ query: toQuery(filter) })[Symbol.asyncIterator]();
  for (;;) {
    const next = await nextOf(client, runs);
    if (next.done === true) return;
    yield toListedClosure(next.value);
  }
}

function toQuery({ needsAttention = false, phase }: ListFilter): string {
  const conditions = [`WorkflowType = "${ACCOUNT_CLOSURE}"`];
  if (phase !== undefined) conditions.push(`${SEARCH_ATTRIBUTES.phase.name} = "${phase}"`);
  if (needsAttention) conditions.push(`${SEARCH_ATTRIBUTES.attention.name} IS NOT NULL`);
  return conditions.join(' AND ');
}

async function nextOf<T>(client: Client, items: AsyncIterator<T, unknown>): Promise<IteratorResult<T, unknown>> {
  try {
    return await callServer(client, CALL_TIMEOUT_MS, () => items.next());
  } catch (error) {
    throw asNotSetUp(error);
  }
}

function toListedClosure({
  workflowId,
  runId,
  startTime,
  typedSearchAttributes,
}: WorkflowExecutionInfo): ListedClosure {
  const receivedAt = typedSearchAttributes.get(SEARCH_ATTRIBUTES.receivedAt) ?? startTime;
  return {
    workflowId,
    runId,
    closureId: typedSearchAttributes.get(SEARCH_ATTRIBUTES.closureId) ?? '',
    phase: typedSearchAttributes.get(SEARCH_ATTRIBUTES.phase) ?? '',
    receivedAt: receivedAt.toISOString(),
    dueBy: dueBy(receivedAt).toISOString(),
    attention: typedSearchAttributes.get(SEARCH_ATTRIBUTES.attention) ?? [],
  };
}
