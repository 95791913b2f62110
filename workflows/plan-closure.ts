import { ApplicationFailure, setDefaultSignalHandler, workflowInfo } from '@temporalio/workflow';
import { dryRun } from './activity-proxies';
import { assertDecoded, attentionOf } from './attention';
import type { ClosureRef, PlannedTarget } from './contract/activities';
import { adviceOn, type DryRun, type Unplanned } from './contract/dry-run';
import { REJECTION_ADVICE } from './contract/eligibility';
import { dryRunIdIn } from './contract/ids';
import { isDryRunRequest, type DryRunRequest } from './contract/messages';
import type { AttentionTarget, TargetPolicy } from './contract/targets';

/** It decides nothing, so there is nothing that a lagging read could spoil: the first answer is told. */
const NO_LAG = { readsLagMs: 0 };

/**
 * What a closure of this account would do, by the Activities that a closure plans with. They write nothing here: there is no
 * decision to record and no plan to keep. Nothing is tried for long, so that whoever asks is told soon what cannot be told.
 * @throws ApplicationFailure `InvalidRequest` when the start input or the Workflow id is not that of a dry run
 */
export async function planClosure(request: DryRunRequest): Promise<DryRun> {
  // It takes all that comes, which would otherwise be kept for a handler that never comes.
  setDefaultSignalHandler(() => undefined);
  const ref = refOf(request);
  const checked = await tell('eligibility', () => dryRun.checkEligibility({ ...ref, ...NO_LAG }));
  if ('advice' in checked) return { eligibility: 'unknown', unplanned: [checked] };
  const { eligibility, policy } = checked.told;
  if (eligibility.kind === 'rejected') {
    const { kind, ...why } = eligibility;
    return { eligibility: kind, ...why, advice: REJECTION_ADVICE[why.reason] };
  }
  const answers = await Promise.all(policy.targets.map((target) => askTarget(ref, target)));
  const planned = answers.flatMap((answer) => ('told' in answer ? [answer.told] : []));
  return {
    eligibility: 'eligible',
    plan: { targets: planned.map(({ plan }) => plan) },
    unplanned: answers.flatMap((answer) => ('advice' in answer ? [answer] : [])),
    bases: Object.fromEntries(planned.flatMap(({ bases }) => Object.entries(bases))),
  };
}

/** The id of the dry run stands where a closure's would: nobody knows it, so nothing is found under it, and nothing is kept. */
function refOf(request: unknown): ClosureRef {
  const { workflowId, firstExecutionRunId } = workflowInfo();
  const closureId = dryRunIdIn(workflowId);
  if (closureId === undefined || !isDryRunRequest(request)) {
    throw ApplicationFailure.nonRetryable(
      'The input is not { account } under an id plan-<uuid>: use the client or `closure plan`.',
      'InvalidRequest',
    );
  }
  return { closureId, firstRunId: firstExecutionRunId, account: request.account, decisions: [] };
}

function askTarget(ref: ClosureRef, target: TargetPolicy): Promise<{ readonly told: PlannedTarget } | Unplanned> {
  const { name } = target;
  const input = { ...ref, ...NO_LAG, target: name, round: 1, identifiers: 'compare' } as const;
  return tell(name, () => dryRun.planTargetOf(target)(input));
}

/** @throws what is no failure of an Activity: a cancellation, or a defect of ours */
async function tell<T>(target: AttentionTarget, ask: () => Promise<T>): Promise<{ readonly told: T } | Unplanned> {
  try {
    return { told: assertDecoded(await ask()) };
  } catch (failure) {
    const trouble = attentionOf(failure, 1);
    return { target, ...trouble, advice: adviceOn(trouble.fault) };
  }
}
