import type { Closure } from './closure';
import * as state from './closure-state';
import { TargetErasure, type ConfirmedErasure, type Progress } from './target-erasure';
import { whileWithdrawable } from './withdrawal';

/**
 * Carries out the confirmed plan: fence every target, erase them in the plan's order (the directory account is the last),
 * then look again. Ends as `closed`, or as `stopped` when it is no longer ours to do; a target that stays broken waits for
 * an operator and is never skipped. Until the first changing call the person may withdraw; when an ending was written before
 * it, in a run that was reset, nothing is changed and the closure goes on without an outcome: the person is asked again.
 */
export async function eraseEverywhere(closure: Closure, confirmed: ConfirmedErasure): Promise<void> {
  const targets = confirmed.plan.targets.map(({ name }) => new TargetErasure(closure, name, confirmed));

  const fenced = await whileWithdrawable(closure, () => inTurn(targets, (target) => target.fence()));
  if (fenced !== 'done') return;
  // Where nothing has a fence, the first erasure is the first changing call.
  const erased = await whileWithdrawable(closure, () => inTurn(targets, (target) => target.erase()));
  if (erased !== 'done') return;
  closure.enter('verifying');
  if ((await inTurn(targets, (target) => target.verify())) !== 'done') return;

  closure.apply((status) => state.ended(status, 'closed'));
}

/** One after the other, up to the first that says not to go on. */
async function inTurn(
  targets: readonly TargetErasure[],
  act: (target: TargetErasure) => Promise<Progress>,
): Promise<Progress> {
  for (const target of targets) if ((await act(target)) !== 'done') return 'over';
  return 'done';
}
