import type { ClosureActivities } from '../workflows/contract/activities';
import type { ClosurePolicy } from '../workflows/contract/policy';
import { ageMs, attemptSignal } from './attempt';
import { assessEligibility, type EligibilitySources } from './eligibility';

/**
 * Is the tenant (still) unmanaged, and may this account be closed here? Brings the policy along: the Workflow keeps the one
 * of the first look. It is asked before our fence, so a blocked sign-in is never our own doing here.
 */
export function createCheckEligibility(
  sources: EligibilitySources,
  policy: ClosurePolicy,
): ClosureActivities['checkEligibility'] {
  return async ({ account }) => ({
    eligibility: await assessEligibility(sources, { account, askedForMs: ageMs(), signal: attemptSignal() }),
    policy,
  });
}
