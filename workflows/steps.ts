import { condition, isCancellation } from '@temporalio/workflow';
import { assertDecoded, attentionOf, isActivityFault, type Trouble } from './attention';
import type { Closure } from './closure';
import * as state from './closure-state';
import type { ClosureRef } from './contract/activities';
import type { AnsweredAttention, OperatorAnswer } from './contract/attention';
import type { FailureType } from './contract/failures';
import type { Resolution } from './contract/messages';
import type { AttentionTarget } from './contract/targets';

/** What a step does, with what every Activity needs to know. */
type Perform<T> = (ref: ClosureRef) => Promise<T>;

/** Which step, and what becomes of it when it cannot go on by itself. */
interface How<T> {
  readonly target: AttentionTarget;
  /** Told with which fault it begins to wait. */
  readonly onParked?: (fault: FailureType) => void;
  /** What it answers when an operator decides to go on without it; other steps cannot be left out. */
  readonly onExempt?: (answer: Exemption) => T;
  /** Asked before it is tried again: what it answers instead; nothing when it may be tried. */
  readonly beforeRetry?: () => Promise<T | undefined>;
}

/** An operator decided to go on without a target. */
export type Exemption = Extract<OperatorAnswer, { readonly action: 'exempt' }>;

/**
 * Does one step. When it cannot go on it does not fail the closure: it waits until an operator has repaired the cause and
 * says so, then it is tried again, with what was decided meanwhile.
 */
export async function step<T>(closure: Closure, how: How<T>, perform: Perform<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    const tried = await tryStep(closure, perform, tries);
    if ('result' in tried) return tried.result;
    how.onParked?.(tried.fault);
    const answer = await needsOperator(closure, how.target, tried);
    if (answer.action === 'exempt' && how.onExempt !== undefined) return how.onExempt(answer);
    const instead = await how.beforeRetry?.();
    if (instead !== undefined) return instead;
  }
}

async function tryStep<T>(
  closure: Closure,
  perform: Perform<T>,
  tries: number,
): Promise<{ readonly result: T } | Trouble> {
  closure.publish();
  const ref = closure.ref();
  try {
    return { result: done(closure, ref, await perform(ref)) };
  } catch (fault) {
    return attentionOf(fault, tries);
  }
}

/** What usually takes no time: within the Workflow Task if it can, as an ordinary Activity if it cannot. */
export async function quickly<T>(
  closure: Closure,
  target: AttentionTarget,
  { atOnce, patiently }: { readonly atOnce: Perform<T>; readonly patiently: Perform<T> },
): Promise<T> {
  const ref = closure.ref();
  try {
    return done(closure, ref, await atOnce(ref));
  } catch (fault) {
    // Anything but the failure of an Activity is a defect of ours, and must be seen.
    if (isCancellation(fault) || !isActivityFault(fault)) throw fault;
  }
  return await step(closure, { target }, patiently);
}

/** Shows what is wrong with a step, and waits for what an operator says about it. */
export async function needsOperator(
  closure: Closure,
  target: AttentionTarget,
  trouble: Trouble,
): Promise<OperatorAnswer> {
  const attention = { target, since: new Date().toISOString(), ...trouble };
  const isWaiting = (): boolean => closure.status.attention.includes(attention);
  closure.apply((status) => state.parked(status, attention));
  closure.publish();
  try {
    await condition(() => !isWaiting());
  } finally {
    // Also when what it was for was cancelled: nothing waits any longer.
    if (isWaiting()) closure.apply((status) => state.unparked(status, target));
  }
  return answerTo(closure, attention) ?? { action: 'retry', by: '' };
}

/** An operator has answered the step that waits. */
export function resolve(closure: Closure, { since: _, ...resolution }: Resolution): void {
  const waiting = closure.status.attention.find(({ target }) => target === resolution.target);
  if (waiting === undefined) return;
  const answer = { ...resolution, since: waiting.since };
  closure.decided({ ...answer, step: 'resolve', at: new Date().toISOString() });
  closure.apply((status) => state.resolved(status, answer));
}

function answerTo(
  { status }: Closure,
  { target, since }: Pick<AnsweredAttention, 'target' | 'since'>,
): AnsweredAttention | undefined {
  return status.answered.find((answer) => answer.target === target && answer.since === since);
}

function done<T>(closure: Closure, { decisions }: ClosureRef, result: T): T {
  const decoded = assertDecoded(result);
  closure.delivered(decisions);
  return decoded;
}
