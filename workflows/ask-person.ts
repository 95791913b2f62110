import { condition, sleep } from '@temporalio/workflow';
import { atOnce, planErasure } from './activity-proxies';
import type { Closure } from './closure';
import * as state from './closure-state';
import type { ShownPlan } from './contract/activities';
import { isSignedBy } from './contract/confirmation';
import type { ClosurePolicy } from './contract/policy';
import { expire } from './endings';
import { planTogether } from './plan-together';

/**
 * Plans, shows the plan, and waits for the person's yes to it and for the time in which they may think better of it. Answers
 * the plan that was confirmed; nothing when nobody said yes in time, which ends the closure.
 */
export async function askPerson(closure: Closure, policy: ClosurePolicy): Promise<ShownPlan | undefined> {
  const round = closure.nextRound('plan');
  closure.enter('planning');
  const shown = await plan(closure, policy, round);
  const confirmBy = new Date(Date.now() + policy.confirmationWindowMs);
  closure.apply((status) => state.askedToConfirm(status, shown, confirmBy));

  if (takeRecordedYes(closure, shown)) return shown;
  await waitForYes(closure, confirmBy);
  if (closure.resets.notice()) {
    // The run that was reset may have got further than this one: then its yes is in the audit log.
    const recorded = await plan(closure, policy, round);
    if (takeRecordedYes(closure, recorded)) return recorded;
    await waitForYes(closure, confirmBy);
  }
  if (closure.status.confirmation === undefined) {
    await expire(closure, confirmBy);
    return undefined;
  }
  await coolOff(closure);
  return shown;
}

async function plan(closure: Closure, { readsLagMs }: ClosurePolicy, round: number): Promise<ShownPlan> {
  const question = { readsLagMs, round };
  const shown = await planTogether(closure, {
    round,
    identifiers: 'keep',
    atOnce: (ref, answered) => atOnce.planErasure({ ...ref, ...question, answered }),
    patiently: (ref, answered) => planErasure({ ...ref, ...question, answered }),
  });
  closure.resets.heardOf(shown.runId);
  return shown;
}

/** The erasure of this plan has begun before a reset: the yes that it began with stands. */
function takeRecordedYes(closure: Closure, recorded: ShownPlan): boolean {
  const { confirmation, planDigest } = recorded;
  if (confirmation?.planDigest !== planDigest) return false;
  if (!isSignedBy(closure.request.publicKey, closure.status.closureId, confirmation)) return false;
  const at = new Date(confirmation.confirmedAt);
  closure.apply((status) => state.confirmed(state.planned(status, recorded), confirmation, { at, coolingOffMs: 0 }));
  return true;
}

async function waitForYes(closure: Closure, confirmBy: Date): Promise<void> {
  closure.publish();
  const leftMs = confirmBy.getTime() - Date.now();
  if (leftMs <= 0 || closure.status.confirmation !== undefined) return;
  await condition(() => closure.status.confirmation !== undefined || closure.resets.isNews, leftMs, {
    summary: `Until ${confirmBy.toISOString()}: the person confirms`,
  });
}

async function coolOff(closure: Closure): Promise<void> {
  const { eraseAfter } = closure.status;
  if (eraseAfter === undefined) return;
  closure.publish();
  await sleep(Date.parse(eraseAfter) - Date.now(), { summary: `Until ${eraseAfter}: the person may still withdraw` });
  closure.enter('erasing');
}
