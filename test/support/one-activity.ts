import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { CheckEligibilityInput, ClosureActivities } from '../../workflows/contract/activities';
import type { EligibilityCheck } from '../../workflows/contract/eligibility';

/** A Workflow that is one Activity, as a closure calls it. */
export async function oneActivity(input: CheckEligibilityInput): Promise<EligibilityCheck> {
  const { checkEligibility } = proxyActivities<ClosureActivities>({
    startToCloseTimeout: '1 minute',
    heartbeatTimeout: '3 seconds',
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: { initialInterval: '200 milliseconds', maximumInterval: '1 second' },
  });
  return await checkEligibility(input);
}
