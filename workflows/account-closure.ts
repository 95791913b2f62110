import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  workflowInfo,
} from '@temporalio/workflow';
import { atOnce, checkEligibility, checkExport, planAgain } from './activity-proxies';
import { askPerson } from './ask-person';
import { Closure } from './closure';
import * as state from './closure-state';
import type { ShownPlan } from './contract/activities';
import { isRequestFor, type AccountClosureRequest } from './contract/messages';
import { planHolds } from './contract/plan';
import type { ClosurePolicy } from './contract/policy';
import type { ClosureStatus } from './contract/status';
import { reject } from './endings';
import { eraseEverywhere } from './erase-everywhere';
import { forgetLater } from './forget-later';
import { listen } from './messages';
import { planTogether } from './plan-together';
import { saveData } from './save-data';
import { quickly, step } from './steps';
import type { ConfirmedErasure } from './target-erasure';
import { whileWithdrawable } from './withdrawal';

/**
 * Closes one account: verify the tenant, export the logs, wait for the person's confirmation, delete the personal data, and
 * look again whether it is gone. The result is what the Query `status` answers in the end.
 * @throws ApplicationFailure `InvalidRequest` when the start input is not a request for the account of this Workflow id
 */
export async function accountClosure(request: AccountClosureRequest): Promise<ClosureStatus> {
  const closure = openClosure(request);

  // Cancellation is a message to this Workflow, not a way to interrupt it: see `listen`.
  await CancellationScope.nonCancellable(async () => {
    while (closure.status.outcome === undefined) {
      const confirmed = await whileWithdrawable(closure, () => untilConfirmed(closure));
      if (confirmed !== undefined) await eraseEverywhere(closure, confirmed);
    }
    await forgetLater(closure);
    await condition(allHandlersFinished);
  });
  return closure.status;
}

/** Everything before the erasure. Answers what was confirmed and still holds, or nothing when the closure ended here. */
async function untilConfirmed(closure: Closure): Promise<ConfirmedErasure | undefined> {
  const policy = closure.policy ?? (await verifyTenant(closure));
  if (policy === undefined) return undefined;

  while (closure.status.outcome === undefined) {
    if (closure.status.export === undefined) await saveData(closure, policy);
    const shown = await askPerson(closure, policy);
    if (shown === undefined) continue;
    const stands = (): Promise<boolean> => stillStands(closure, shown, policy);
    if (await stands()) return { ...shown, policy, stillStands: stands };
  }
  return undefined;
}

function openClosure(request: unknown): Closure {
  const { workflowId, startTime } = workflowInfo();
  if (!isRequestFor(workflowId, request)) {
    throw ApplicationFailure.nonRetryable(
      'The input is not a closure request for this Workflow id: start closures with the client or `closure request`.',
      'InvalidRequest',
    );
  }
  const closure = new Closure(workflowId, request, startTime);
  listen(closure);
  return closure;
}

/** The rules that hold from now on; nothing when the account cannot be closed here. */
async function verifyTenant(closure: Closure): Promise<ClosurePolicy | undefined> {
  const check = await step(closure, { target: 'eligibility' }, (ref) => checkEligibility(ref));
  const { eligibility, policy, isPastPointOfNoReturn, exportDeclinedAt } = check;
  if (eligibility.kind === 'rejected') {
    await reject(closure, eligibility);
    return undefined;
  }
  closure.adopt(policy);
  if (isPastPointOfNoReturn) closure.apply((status) => state.pastPointOfNoReturn(status, new Date()));
  if (exportDeclinedAt !== undefined) closure.apply((status) => state.exportDeclined(status, exportDeclinedAt));
  return policy;
}

/**
 * Days may have passed: is this still an account to be closed, is the saved data still there, and is the plan still what the
 * person said yes to? What is no longer so is begun anew, or ends the closure.
 */
async function stillStands(closure: Closure, shown: ShownPlan, policy: ClosurePolicy): Promise<boolean> {
  const { eligibility, isPastPointOfNoReturn } = await quickly(closure, 'eligibility', {
    atOnce: (ref) => atOnce.checkEligibility({ ...ref, policy }),
    patiently: (ref) => checkEligibility({ ...ref, policy }),
  });
  if (eligibility.kind === 'rejected') {
    await reject(closure, eligibility);
    return false;
  }
  if (isPastPointOfNoReturn) {
    // A run that was reset: whatever is missing now is missing because of us.
    closure.apply((status) => state.pastPointOfNoReturn(status, new Date()));
    return true;
  }
  return (await isExportThere(closure)) && (await doesPlanHold(closure, shown, policy));
}

async function isExportThere(closure: Closure): Promise<boolean> {
  const { export: saved } = closure.status;
  if (saved?.kind !== 'saved') return true;
  const { files, container } = saved;
  const manifest = { files, container };
  const { isThere } = await quickly(closure, 'export', {
    atOnce: (ref) => atOnce.checkExport({ ...ref, manifest }),
    patiently: (ref) => checkExport({ ...ref, manifest }),
  });
  if (!isThere) {
    closure.loseContainer(container);
    closure.apply(state.exporting);
  }
  return isThere;
}

async function doesPlanHold(
  closure: Closure,
  { plan: promised }: ShownPlan,
  { readsLagMs }: ClosurePolicy,
): Promise<boolean> {
  const { round } = promised;
  const question = { targets: promised.targets.map(({ name }) => name), readsLagMs, round };
  const now = await planTogether(closure, {
    round,
    identifiers: 'compare',
    atOnce: (ref, answered) => atOnce.planAgain({ ...ref, ...question, answered }),
    patiently: (ref, answered) => planAgain({ ...ref, ...question, answered }),
  });
  return planHolds(promised, now);
}
