import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import type { TypedSearchAttributes } from '@temporalio/common';
import { dueBy } from '../workflows/contract/due-by';
import { forgetWorkflowId, tenantKeyOf, toGuid } from '../workflows/contract/ids';
import { ACCOUNT_CLOSURE, CLOSURE_ID_MEMO, FORGET_CLOSURE, SEARCH_ATTRIBUTES } from '../workflows/contract/names';
import type { Phase } from '../workflows/contract/phases';
import { guidOf } from './account-ids';
import { AccountClosureError, invalidArgument } from './errors';
import { stateOf } from './last-known';
import type { RunState } from './observed-closure';
import { asNotSetUp } from './server-faults';
import type { TemporalServer } from './temporal-server';

/** Which closures to list. Several conditions must all hold. */
export interface ListFilter {
  /** The alarm: only what goes on and waits for an operator, follow-ups that clear up included. */
  readonly needsAttention?: boolean;
  readonly phase?: Phase;
  /** Only what goes on. */
  readonly isOpen?: boolean;
  /** Only what goes on although `dueBy` is over. */
  readonly isOverdue?: boolean;
  /** Only this tenant's: a GUID. Closures that were not requested by this client may be missing. */
  readonly tenantId?: string;
  /** At most so many, the latest. */
  readonly limit?: number;
}

/** A closure in a list, as visibility knows it: a moment old. Instants: ISO 8601, UTC. */
export interface ListedClosure {
  /** `forgetting`: the follow-up of a closure that has ended; it is listed when it waits for an operator. */
  readonly kind: 'closure' | 'forgetting';
  readonly workflowId: string;
  readonly runId: string;
  /** Absent of a run that was started by hand and has not said yet whose it is. */
  readonly closureId?: string;
  readonly state: RunState;
  /** The last that was published; of what was terminated or failed, how far it had come. `unknown` when nothing was. */
  readonly phase: string;
  readonly receivedAt: string;
  readonly dueBy: string;
  /** What waits for an operator, as `target:fault`; of what goes on only. */
  readonly attention: readonly string[];
}

interface Run {
  readonly listed: ListedClosure;
  readonly startedAt: number;
}

const PHASE_UNSAID = { closure: 'unknown', forgetting: 'forgetting' } as const;

const ATTRIBUTES: ReadonlyMap<string, string> = new Map(
  Object.values(SEARCH_ATTRIBUTES).map(({ name, type }) => [name, type]),
);

/**
 * The closures, latest first, within the namespace's retention; one entry a closure, however often it was reset. Servers do
 * not sort (they order by start or end): so everything that fits the filter is read first.
 * @throws AccountClosureError `invalid-argument`, `not-set-up`, `not-supported`, `unavailable`
 */
export async function* listClosures(server: TemporalServer, filter: ListFilter): AsyncGenerator<ListedClosure> {
  const { limit = Infinity } = filter;
  if (!(limit >= 1)) throw invalidArgument('limit', 'A limit is a number of at least 1.');
  const query = toQuery(filter, new Date());
  const runs = new Map<string, Run>();
  for await (const info of pages(server, query)) {
    const run = toRun(info);
    const key = run.listed.kind + (run.listed.closureId ?? run.listed.runId);
    // A run that was reset is listed beside the one that goes on in its place.
    if ((runs.get(key)?.startedAt ?? -Infinity) < run.startedAt) runs.set(key, run);
  }
  const latestFirst = [...runs.values()].sort(
    (one, other) => other.listed.receivedAt.localeCompare(one.listed.receivedAt) || other.startedAt - one.startedAt,
  );
  yield* latestFirst.slice(0, limit).map(({ listed }) => listed);
}

function toQuery(filter: ListFilter, now: Date): string {
  const { needsAttention = false, phase, isOpen = false, isOverdue = false, tenantId } = filter;
  const { attention, dueBy: due, phase: inPhase, tenant } = SEARCH_ATTRIBUTES;
  const types = needsAttention ? [ACCOUNT_CLOSURE, FORGET_CLOSURE] : [ACCOUNT_CLOSURE];
  const isGoingOn = isOpen || isOverdue || needsAttention;
  return [
    `WorkflowType IN (${types.map((type) => `"${type}"`).join(', ')})`,
    ...given(phase, (value) => `${inPhase.name} = "${value}"`),
    ...given(tenantId, (value) => `${tenant.name} = "${tenantKeyOf(guidOf('tenantId', value))}"`),
    ...when(needsAttention, `${attention.name} IS NOT NULL`),
    ...when(isOverdue, `${due.name} < "${now.toISOString()}"`),
    // Whatever is over rings no alarm.
    ...when(isGoingOn, 'CloseTime IS NULL'),
  ].join(' AND ');
}

function given<T>(value: T | undefined, toCondition: (value: T) => string): readonly string[] {
  return value === undefined ? [] : [toCondition(value)];
}

function when(isAsked: boolean, condition: string): readonly string[] {
  return isAsked ? [condition] : [];
}

/** Each page is a call of its own, with a time limit of its own. */
async function* pages(server: TemporalServer, query: string): AsyncGenerator<WorkflowExecutionInfo> {
  const infos = server.client.workflow.list({ query })[Symbol.asyncIterator]();
  for (;;) {
    const next = await nextOf(server, () => infos.next());
    if (next.done === true) return;
    yield next.value;
  }
}

async function nextOf<T>(server: TemporalServer, next: (client: Client) => Promise<T>): Promise<T> {
  try {
    return await server.read(next);
  } catch (error) {
    throw asNotSetUp(error);
  }
}

function toRun(info: WorkflowExecutionInfo): Run {
  assertTypes(info);
  const { workflowId, runId, startTime, typedSearchAttributes: known } = info;
  const closureId = closureIdIn(info);
  const kind = info.type === FORGET_CLOSURE ? 'forgetting' : 'closure';
  const state = stateOf(info.status.name);
  const attention = known.get(SEARCH_ATTRIBUTES.attention) ?? [];
  const listed: ListedClosure = {
    kind,
    workflowId,
    runId,
    ...(closureId === undefined ? {} : { closureId }),
    state,
    phase: known.get(SEARCH_ATTRIBUTES.phase) ?? PHASE_UNSAID[kind],
    ...datesOf(known, startTime),
    attention: state === 'open' ? attention : [],
  };
  return { listed, startedAt: startTime.getTime() };
}

function datesOf(known: TypedSearchAttributes, startTime: Date): Pick<ListedClosure, 'receivedAt' | 'dueBy'> {
  const receivedAt = known.get(SEARCH_ATTRIBUTES.receivedAt) ?? startTime;
  const due = known.get(SEARCH_ATTRIBUTES.dueBy) ?? dueBy(receivedAt);
  return { receivedAt: receivedAt.toISOString(), dueBy: due.toISOString() };
}

function closureIdIn({ workflowId, memo, typedSearchAttributes }: WorkflowExecutionInfo): string | undefined {
  const noted = memo?.[CLOSURE_ID_MEMO];
  const published = typedSearchAttributes.get(SEARCH_ATTRIBUTES.closureId);
  if (published !== undefined) return published;
  if (typeof noted === 'string') return noted;
  const followed = toGuid(workflowId.replace(/^forget-/, ''));
  return followed !== undefined && forgetWorkflowId(followed) === workflowId ? followed : undefined;
}

/** A value under one of our names that is of another type would be overlooked: an alarm that never rings. */
function assertTypes({ typedSearchAttributes }: WorkflowExecutionInfo): void {
  for (const { key } of typedSearchAttributes.getAll()) {
    const wanted = ATTRIBUTES.get(key.name);
    if (wanted === undefined || wanted === key.type) continue;
    throw new AccountClosureError(
      'not-set-up',
      `The search attribute ${key.name} is of another type (${key.type}) than the closures need (${wanted}): see \`closure setup\`.`,
    );
  }
}
