import { randomUUID } from 'node:crypto';
import { ApplicationFailure, TimeoutFailure, WorkflowFailedError } from '@temporalio/client';
import type { Account, Guid } from '../workflows/contract/account';
import type { DryRun } from '../workflows/contract/dry-run';
import { dryRunWorkflowId } from '../workflows/contract/ids';
import type { PlanClosureWorkflow } from '../workflows/contract/messages';
import { PLAN_CLOSURE } from '../workflows/contract/names';
import { isObject } from '../workflows/contract/shapes';
import { accountOf, guidOf, type AccountIds } from './account-ids';
import { activityProgress, type ActivityProgress } from './activity-progress';
import { AccountClosureError, hasCode } from './errors';
import type { ClosureStarter } from './request-closure';
import type { CallOptions, TemporalServer } from './temporal-server';

/** How long to wait for a dry run, and who is told about it. */
export interface PlanOptions extends CallOptions {
  /** Told every two seconds what is asked now; nothing is while no worker has begun. */
  readonly onProgress?: (activities: readonly ActivityProgress[]) => void;
}

/** Everything in it has bounds that are shorter: it ends by itself, also when nobody waits for it any more. */
const LONGEST_RUN_MS = 3 * 60_000;
const POLL_MS = 2_000;
/** A worker that polls begins at once. */
const NO_WORKER_AFTER_MS = 15_000;
/** What a run has that no worker has seen: that it was started, and that its first task waits. */
const EVENTS_BEFORE_WORKER = 2;

const STATIC_SUMMARY = 'Dry run: what a closure would erase';
const STATIC_DETAILS = 'Reads, and writes nothing. It decides nothing either: cancel or terminate it as you like.';

/**
 * What a closure of the account would do now. Every call is a dry run of its own, under an id that says nothing of the account.
 * @throws AccountClosureError `invalid-argument`, `unavailable` (also when no worker begins), `timed-out`, `unexpected-answer`
 */
export async function planClosure(
  starter: ClosureStarter,
  ids: AccountIds,
  { onProgress = () => undefined }: PlanOptions,
): Promise<DryRun> {
  const account = accountOf(ids);
  const workflowId = dryRunWorkflowId(newId());
  await start(starter, workflowId, account);
  const startedAt = Date.now();
  for (;;) {
    const answer = await answerWithin(starter.server, workflowId);
    if (answer !== undefined) return answer;
    const description = await starter.server.read((client) => client.workflow.getHandle(workflowId).describe());
    const hasBegun = description.historyLength > EVENTS_BEFORE_WORKER;
    if (!hasBegun && Date.now() - startedAt > NO_WORKER_AFTER_MS) throw noWorker(starter.taskQueue);
    onProgress(activityProgress(description));
  }
}

function newId(): Guid {
  return guidOf('dryRunId', randomUUID());
}

async function start({ server, taskQueue }: ClosureStarter, workflowId: string, account: Account): Promise<void> {
  await server.write((client) =>
    client.workflow.start<PlanClosureWorkflow>(PLAN_CLOSURE, {
      workflowId,
      taskQueue,
      args: [{ account }],
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      workflowExecutionTimeout: LONGEST_RUN_MS,
      staticSummary: STATIC_SUMMARY,
      staticDetails: STATIC_DETAILS,
    }),
  );
}

/** The answer, if there is one soon. */
async function answerWithin(server: TemporalServer, workflowId: string): Promise<DryRun | undefined> {
  const soon = server.within(POLL_MS);
  try {
    const answer: unknown = await soon.read((client) =>
      client.workflow.getHandle<PlanClosureWorkflow>(workflowId).result(),
    );
    if (isDryRun(answer)) return answer;
  } catch (error) {
    if (error instanceof WorkflowFailedError) throw asEndedOtherwise(error);
    if (hasCode(error, 'timed-out') && server.leftMs > 0) return undefined;
    throw error;
  }
  throw new AccountClosureError('unexpected-answer', 'The answer is none that this version knows.');
}

const isText = (value: unknown): boolean => typeof value === 'string';

/** What each answer always has. */
const FIELDS: Readonly<Record<DryRun['eligibility'], Readonly<Record<string, (value: unknown) => boolean>>>> = {
  eligible: { plan: isPlan, unplanned: Array.isArray, bases: isObject },
  rejected: { reason: isText, advice: isText },
  unknown: { unplanned: Array.isArray },
};

function isDryRun(answer: unknown): answer is DryRun {
  if (!isObject(answer)) return false;
  const values = new Map<string, unknown>(Object.entries(answer));
  const fields = Object.entries(FIELDS).find(([eligibility]) => eligibility === values.get('eligibility'))?.[1];
  return fields !== undefined && Object.entries(fields).every(([name, isRight]) => isRight(values.get(name)));
}

function isPlan(value: unknown): boolean {
  return isObject(value) && 'targets' in value && Array.isArray(value.targets);
}

function asEndedOtherwise(error: WorkflowFailedError): AccountClosureError {
  const details = { cause: error };
  if (error.cause instanceof TimeoutFailure) {
    return new AccountClosureError(
      'timed-out',
      `The dry run was not done in ${LONGEST_RUN_MS / 1_000} s: does a worker of this version run, and is it well? It is safe to repeat.`,
      details,
    );
  }
  if (error.cause instanceof ApplicationFailure) {
    return new AccountClosureError('unexpected-answer', 'The worker does not understand the dry run.', details);
  }
  return new AccountClosureError('unavailable', 'Somebody has ended the dry run. It is safe to repeat.', details);
}

function noWorker(taskQueue: string): AccountClosureError {
  return new AccountClosureError(
    'unavailable',
    `No worker has begun: none polls the Task Queue ${taskQueue} (CLOSURE_TASK_QUEUE), or all are busy. Start one (\`closure worker\`), then repeat it.`,
  );
}
