import type { Closure } from './closure';
import * as state from './closure-state';
import { end } from './endings';
import { withdrawalRefusal } from './message-rules';

/** Ends whatever is under way, unless it is too late for that. */
export function withdraw({ withdrawal, status }: Closure): void {
  if (withdrawal.calledAt !== undefined || status.outcome !== undefined) return;
  if (withdrawalRefusal(status) === undefined) withdrawal.call();
}

/**
 * Does what a withdrawal ends. Leaves the closure `withdrawn`, and answers `undefined`, when one came in time. One that came
 * when the erasure had begun changes nothing: what it has interrupted is done again.
 */
export async function whileWithdrawable<T>(closure: Closure, perform: () => Promise<T>): Promise<T | undefined> {
  for (;;) {
    if (closure.status.pointOfNoReturnAt !== undefined) return await perform();
    const attempt = await closure.withdrawal.during(perform);
    const { calledAt } = closure.withdrawal;
    if (calledAt === undefined || closure.status.outcome !== undefined) return attempt?.result;
    if (await endInTime(closure, calledAt)) return undefined;
    if (attempt !== undefined) return attempt.result;
  }
}

async function endInTime(closure: Closure, at: string): Promise<boolean> {
  const isInTime = await end(closure, { step: 'withdraw', at });
  if (isInTime) closure.apply((status) => state.ended(status, 'withdrawn'));
  else closure.apply((status) => state.pastPointOfNoReturn(status, new Date()));
  closure.withdrawal.settle();
  return isInTime;
}
