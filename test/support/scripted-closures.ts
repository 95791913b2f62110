import {
  ApplicationFailure,
  condition,
  defineQuery,
  defineSignal,
  setHandler,
  sleep,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { Confirmation } from '../../workflows/contract/confirmation';
import { dueBy } from '../../workflows/contract/due-by';
import { closureIdOf } from '../../workflows/contract/ids';
import {
  confirmUpdate,
  reportUpdate,
  resolveUpdate,
  statusQuery,
  withdrawUpdate,
  type AccountClosureRequest,
  type Resolution,
} from '../../workflows/contract/messages';
import type { Report } from '../../workflows/contract/confirmation';
import { SEARCH_ATTRIBUTES } from '../../workflows/contract/names';
import type { ClosureStatus } from '../../workflows/contract/status';

/** What a message to the closure comes to. */
export type Reaction =
  | { readonly kind: 'refuse' | 'fail'; readonly type: string }
  | { readonly kind: 'become'; readonly changes: Partial<ClosureStatus>; readonly afterMs?: number };

/** What a closure is told to do next. */
export interface Cue {
  readonly changes?: Partial<ClosureStatus>;
  /** `ClosurePhase` and `ClosureAttention` as they are published. */
  readonly published?: { readonly phase?: string; readonly attention?: readonly string[] };
  readonly reaction?: Reaction;
  /** Instead of a status. */
  readonly answer?: unknown;
  readonly isOver?: boolean;
}

/** Tells a scripted closure what to do. */
export const cueSignal = defineSignal<[Cue]>('cue');
/** The messages that arrived, in order. */
export const receivedQuery = defineQuery<readonly unknown[]>('received');

/** A closure that does what it is told: for what the client makes of it. It publishes nothing by itself. */
export async function accountClosure({ publicKey }: AccountClosureRequest): Promise<unknown> {
  let status = initialStatus(publicKey);
  let answer: unknown;
  let reaction: Reaction | undefined;
  let isOver = false;
  const received: unknown[] = [];

  const refuseIfTold = (): void => {
    if (reaction?.kind === 'refuse') throw ApplicationFailure.nonRetryable('scripted', reaction.type);
  };
  const react = (message: object): ClosureStatus => {
    received.push(message);
    if (reaction?.kind === 'fail') throw ApplicationFailure.nonRetryable('scripted', reaction.type);
    if (reaction?.kind !== 'become') return status;
    const { changes, afterMs } = reaction;
    if (afterMs === undefined) status = { ...status, ...changes };
    else void sleep(afterMs).then(() => (status = { ...status, ...changes }));
    return status;
  };

  setHandler(statusQuery, () => answerOr(answer, status));
  setHandler(receivedQuery, () => received);
  setHandler<ClosureStatus, [Confirmation], typeof confirmUpdate>(confirmUpdate, react, { validator: refuseIfTold });
  setHandler(withdrawUpdate, () => react({}), { validator: refuseIfTold });
  setHandler<ClosureStatus, [Report], typeof reportUpdate>(reportUpdate, react, { validator: refuseIfTold });
  setHandler<ClosureStatus, [Resolution], typeof resolveUpdate>(resolveUpdate, react, { validator: refuseIfTold });
  setHandler(cueSignal, (cue) => {
    status = { ...status, ...cue.changes };
    reaction = cue.reaction ?? reaction;
    answer = cue.answer ?? answer;
    publish(cue);
    isOver = cue.isOver ?? isOver;
  });
  await condition(() => isOver);
  return answerOr(answer, status);
}

/** A follow-up that waits for an operator. */
export async function forgetClosure(): Promise<void> {
  publish({ published: { attention: ['forgetting:Unavailable'] } });
  await condition(() => false);
}

function initialStatus(publicKey: string): ClosureStatus {
  const { workflowId, startTime } = workflowInfo();
  return {
    workflowId,
    closureId: closureIdOf(publicKey, workflowId),
    phase: 'checking',
    receivedAt: startTime.toISOString(),
    dueBy: dueBy(startTime).toISOString(),
    targets: [],
    attention: [],
    answered: [],
    refusedConfirmations: 0,
  };
}

/** What another version, or another Workflow, might answer. */
function answerOr(answer: unknown, status: ClosureStatus): ClosureStatus {
  return isStatus(answer) ? answer : status;
}

function isStatus(answer: unknown): answer is ClosureStatus {
  return answer !== undefined;
}

function publish({ published }: Cue): void {
  const { phase, attention } = published ?? {};
  if (phase !== undefined) upsertSearchAttributes([{ key: SEARCH_ATTRIBUTES.phase, value: phase }]);
  if (attention !== undefined) {
    upsertSearchAttributes([
      { key: SEARCH_ATTRIBUTES.attention, value: attention.length === 0 ? null : [...attention] },
    ]);
  }
}
