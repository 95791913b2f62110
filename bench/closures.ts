import type { Client } from '@temporalio/client';
import { confirmationUpdateId, signConfirmation } from '../workflows/contract/confirmation';
import { ACCOUNT_CLOSURE, CLOSURE_ID_MEMO, SEARCH_ATTRIBUTES } from '../workflows/contract/names';
import type { Person } from './people';
import { GIVE_UP_AFTER_MS, taskQueueOf, type Variant } from './variants';
import type { WaitingClosures } from './waiting-closures';

/** How many closures are under way at a time: enough to keep two cores busy, few enough that none waits for long. */
const AT_A_TIME = 20;

const WORKFLOW_TYPES: Record<Variant, string> = {
  ours: ACCOUNT_CLOSURE,
  bare: 'bareClosure',
  three: ACCOUNT_CLOSURE,
};

/** Where closures of a variant are made. */
export interface Bench {
  readonly client: Client;
  readonly variant: Variant;
  readonly waiting: WaitingClosures;
}

/** Closes the accounts of these people, and returns how many closures a second that made, follow-ups included. */
export async function closeAll(bench: Bench, people: readonly Person[]): Promise<number> {
  const queue = people.values();
  const lane = async (): Promise<void> => {
    for (const person of queue) await closeOne(bench, person);
  };
  const startedAt = performance.now();
  await bench.waiting.lookWhile(Promise.all(Array.from({ length: AT_A_TIME }, lane)));
  return people.length / ((performance.now() - startedAt) / 1000);
}

async function closeOne(bench: Bench, person: Person): Promise<void> {
  await begin(bench, person);
  await confirm(bench, person);
  await finish(bench, person);
}

/** Requests the closure as the client does, and returns when it waits for its confirmation. */
export async function begin({ client, variant, waiting }: Bench, person: Person): Promise<void> {
  await client.workflow.start(WORKFLOW_TYPES[variant], {
    workflowId: person.workflowId,
    taskQueue: taskQueueOf(variant),
    args: [person.request],
    memo: { [CLOSURE_ID_MEMO]: person.closureId },
    typedSearchAttributes: [
      { key: SEARCH_ATTRIBUTES.closureId, value: person.closureId },
      { key: SEARCH_ATTRIBUTES.phase, value: 'checking' },
      { key: SEARCH_ATTRIBUTES.receivedAt, value: new Date() },
    ],
    staticSummary: 'Benchmark',
  });
  await waiting.until(person.workflowId);
}

/** Reads the plan and says yes to it, by Update as the client and the command line do. */
export async function confirm(bench: Bench, person: Person): Promise<void> {
  await sayYes(bench, person, await planDigestOf(bench, person));
}

/** The plan that the person is shown. */
export async function planDigestOf({ client }: Bench, person: Person): Promise<string> {
  const status = await client.workflow.getHandle(person.workflowId).query<{ planDigest?: string }>('status');
  if (status.planDigest === undefined) throw new Error('A closure waits for a confirmation without a plan.');
  return status.planDigest;
}

/** Returns when the closure has accepted the yes. */
export async function sayYes({ client }: Bench, person: Person, planDigest: string): Promise<void> {
  const confirmation = signConfirmation(person.seed, person.closureId, planDigest);
  await client.workflow
    .getHandle(person.workflowId)
    .executeUpdate('confirm', { args: [confirmation], updateId: confirmationUpdateId(confirmation) });
}

/** Waits for the end, also of what clears up. @throws Error when the account was not closed, or nothing ended for two minutes */
export async function finish({ client, variant }: Bench, person: Person): Promise<void> {
  await client.withDeadline(Date.now() + GIVE_UP_AFTER_MS, async () => {
    const result: unknown = await client.workflow.getHandle(person.workflowId).result();
    if (variant !== 'bare' && !isClosed(result)) throw new Error('A closure did not end as closed.');
    await client.workflow.getHandle(person.followUpId).result();
  });
}

function isClosed(result: unknown): boolean {
  return typeof result === 'object' && result !== null && 'outcome' in result && result.outcome === 'closed';
}
