import { condition, isCancellation } from '@temporalio/workflow';
import { assertDecoded, attentionOf, isActivityFault, type Trouble } from './attention';
import type { Closure } from './closure';
import * as state from './closure-state';
import type { ClosureRef } from './contract/activities';
import type { FailureType } from './contract/failures';
import type { Resolution } from './contract/messages';
import type { AttentionTarget } from './contract/targets';

/** What a step does, with what every Activity needs to know. */
type Perform<T> = (ref: ClosureRef) => Promise<T>;

/**
 * Does one step. When it cannot go on it does not fail the closure: it waits until an operator has repaired the cause and
 * says so, then it is tried again, with what was decided meanwhile. `onParked` is told with which fault it begins to wait.
 */
export async function step<T>(
  closure: Closure,
  { target, onParked }: { readonly target: AttentionTarget; readonly onParked?: (fault: FailureType) => void },
  perform: Perform<T>,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    closure.publish();
    const ref = closure.ref();
    try {
      return done(closure, ref, await perform(ref));
    } catch (fault) {
      const trouble = attentionOf(fault, tries);
      onParked?.(trouble.fault);
      await needsOperator(closure, target, trouble);
    }
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

/** Shows what is wrong with a step, and waits until an operator says that it may go on. */
export async function needsOperator(closure: Closure, target: AttentionTarget, trouble: Trouble): Promise<void> {
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
}

/** An operator has answered the step that waits. */
export function resolve(closure: Closure, { target, action, by }: Resolution): void {
  const waiting = closure.status.attention.find((attention) => attention.target === target);
  if (waiting === undefined) return;
  const { since } = waiting;
  closure.decided({ step: 'resolve', at: new Date().toISOString(), target, action, by, since });
  closure.apply((status) => state.resolved(status, { target, since, action, by }));
}

function done<T>(closure: Closure, { decisions }: ClosureRef, result: T): T {
  const decoded = assertDecoded(result);
  closure.delivered(decisions);
  return decoded;
}
