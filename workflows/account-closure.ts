import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import { atOnce, checkEligibility, planErasure } from './activity-proxies';
import { Closure } from './closure';
import * as state from './closure-state';
import type { PlanErasureInput } from './contract/activities';
import type { Eligibility } from './contract/eligibility';
import type { AccountClosureRequest } from './contract/messages';
import type { ClosurePolicy } from './contract/policy';
import type { DigestedPlan } from './contract/plan';
import type { ClosureStatus, RunningPhase } from './contract/status';
import { eraseEverywhere, type ConfirmedErasure } from './erase-everywhere';
import { forgetLater } from './forget-later';
import { listen } from './messages';
import { saveData } from './save-data';

/**
 * Closes one account: verify the tenant, export the logs, wait for the person's confirmation, delete the personal data, and
 * look again whether it is gone. The result is what the Query `status` answers in the end.
 * @throws ApplicationFailure `InvalidRequest` when the start input is not a request for the account of this Workflow id
 */
export async function accountClosure(request: AccountClosureRequest): Promise<ClosureStatus> {
  const closure = openClosure(request);

  // Cancellation is a message to this Workflow, not a way to interrupt it: see `listen`.
  await CancellationScope.nonCancellable(async () => {
    const confirmed = await closure.whileWithdrawable(() => untilConfirmed(closure));
    if (confirmed) await eraseEverywhere(closure, confirmed);
    await forgetLater(closure);
    closure.publish();
    await condition(allHandlersFinished);
  });
  return closure.status;
}

/** Everything up to the point of no return. Answers what was confirmed and still holds, or nothing when it ended here. */
async function untilConfirmed(closure: Closure): Promise<ConfirmedErasure | undefined> {
  const policy = await verifyTenant(closure);
  if (policy === undefined) return undefined;
  await saveData(closure, policy);

  for (let round = 1; ; round += 1) {
    const planned = await plan(closure, 'planning', { ...policy, round });
    if (!(await awaitConfirmation(closure, planned, policy))) return undefined;
    await coolOff(closure, policy);

    // Days may have passed: is this still an account to be closed, and still what the person said yes to?
    if (!(await verifyTenantAgain(closure))) return undefined;
    const { planDigest } = await plan(closure, 'erasing', { ...policy, round });
    if (planDigest === planned.planDigest) return { ...planned, policy };
  }
}

function openClosure(request: unknown): Closure {
  const { workflowId, startTime } = workflowInfo();
  if (!state.isRequestFor(workflowId, request)) {
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
  const { eligibility, policy } = await closure.step('eligibility', () => checkEligibility(closure.ref));
  if (!acceptOrReject(closure, eligibility)) return undefined;
  closure.adopt(policy);
  return policy;
}

/** Whether the account may still be closed here; the closure is rejected when not. */
async function verifyTenantAgain(closure: Closure): Promise<boolean> {
  closure.enter('erasing');
  const { eligibility } = await closure.read(
    'eligibility',
    () => atOnce.checkEligibility(closure.ref),
    () => checkEligibility(closure.ref),
  );
  return acceptOrReject(closure, eligibility);
}

/** Whether to go on. */
function acceptOrReject(closure: Closure, eligibility: Eligibility): boolean {
  if (eligibility.kind === 'eligible') return true;
  closure.apply((status) => state.rejected(status, eligibility));
  return false;
}

async function plan(
  closure: Closure,
  phase: RunningPhase,
  { targets, round }: Pick<PlanErasureInput, 'targets' | 'round'>,
): Promise<DigestedPlan> {
  const input = { ...closure.ref, targets, round };
  closure.enter(phase);
  return await closure.read(
    'plan',
    () => atOnce.planErasure(input),
    () => planErasure(input),
  );
}

/** Whether the person said yes before the window closed; the closure has expired when not. */
async function awaitConfirmation(closure: Closure, planned: DigestedPlan, policy: ClosurePolicy): Promise<boolean> {
  const confirmBy = new Date(Date.now() + policy.confirmationWindowMs);
  const isConfirmed = (): boolean => closure.status.confirmation !== undefined;

  closure.apply((status) => state.askedToConfirm(status, planned, confirmBy));
  closure.publish();
  await condition(isConfirmed, policy.confirmationWindowMs, {
    summary: `Until ${confirmBy.toISOString()}: the person confirms`,
  });

  // Asked again, whatever the timer said: a confirmation that arrives in the same moment wins.
  if (isConfirmed()) return true;
  closure.apply((status) => state.ended(status, 'expired'));
  return false;
}

async function coolOff(closure: Closure, { coolingOffMs }: ClosurePolicy): Promise<void> {
  if (coolingOffMs === 0) return;
  const eraseAfter = new Date(Date.now() + coolingOffMs);
  closure.apply((status) => state.coolingOff(status, eraseAfter));
  closure.publish();
  await sleep(coolingOffMs, { summary: `Until ${eraseAfter.toISOString()}: the person may still withdraw` });
}
