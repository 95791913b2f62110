import { CancellationScope } from '@temporalio/workflow';
import { recordEnding } from './activity-proxies';
import type { Closure } from './closure';
import * as state from './closure-state';
import type { EndingDecision } from './contract/decisions';
import type { Rejection, RejectionReason, StopReason } from './contract/eligibility';
import { step } from './steps';

/**
 * Writes how the closure ends, with the decision that ends it; the status is the caller's to change. Answers `false` when the
 * erasure has begun: then nothing ends, and nothing was written. Not interrupted by another ending: the first one holds.
 */
export async function end(closure: Closure, decision: EndingDecision): Promise<boolean> {
  const { kind } = await CancellationScope.nonCancellable(() =>
    step(closure, { target: 'ending' }, (ref) => recordEnding({ ...ref, decision })),
  );
  return kind === 'recorded';
}

/** Refuses the closure, unless its erasure has begun: then nothing ends, and it goes on. */
export async function reject(closure: Closure, rejection: Rejection): Promise<void> {
  const { reason } = rejection;
  const decision = { step: 'reject', at: new Date().toISOString(), reason } as const;
  // A used token is another closure's: nothing of that one is touched, not even its record.
  if (reason === 'token-used' || (await end(closure, decision))) {
    closure.apply((status) => state.rejected(status, rejection));
  }
}

/** What an interruption is called when nothing was changed yet. */
const REJECTIONS: Readonly<Record<StopReason, RejectionReason>> = {
  'account-gone': 'no-such-account',
  'managed-tenant': 'managed-tenant',
  'federated-tenant': 'federated-tenant',
  'unknown-tenant': 'unknown-tenant',
};

/** It is no longer ours to do, and nothing was changed: the closure is refused, as by any check before. */
export async function rejectInterrupted(closure: Closure, reason: StopReason): Promise<void> {
  await reject(closure, { kind: 'rejected', reason: REJECTIONS[reason] });
}

/** Nobody said yes in time. */
export async function expire(closure: Closure, confirmBy: Date): Promise<void> {
  const decision = { step: 'expire', at: new Date().toISOString(), confirmBy: confirmBy.toISOString() } as const;
  if (await end(closure, decision)) closure.apply((status) => state.ended(status, 'expired'));
}
