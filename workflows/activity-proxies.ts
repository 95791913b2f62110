import { ActivityCancellationType, proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { ClosureActivities } from './contract/activities';

// One set of options per class of effect. No step fails a closure: when its time is over the step waits for an operator.

/** Reads: short, harmless to repeat, cancelled at once by a withdrawal. After an hour of odd answers somebody should look. */
const READ = {
  startToCloseTimeout: '2 minutes',
  scheduleToCloseTimeout: '1 hour',
  cancellationType: ActivityCancellationType.TRY_CANCEL,
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '2 minutes' },
} as const;

/**
 * The same reads, tried once inside the Workflow Task: in the usual case an answer is there within a fraction of a second
 * and costs one event instead of six. Anything unusual is left to the ordinary Activity, which an operator can watch.
 */
const READ_AT_ONCE = { startToCloseTimeout: '5 seconds', retry: { maximumAttempts: 1 } } as const;

/** The request for the export: never abandoned half-way, because whether it was made must be known before going on. */
const EXPORT_REQUEST = {
  startToCloseTimeout: '3 minutes',
  scheduleToCloseTimeout: '6 hours',
  heartbeatTimeout: '30 seconds',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: '5 seconds', backoffCoefficient: 2, maximumInterval: '10 minutes' },
} as const;

/** Effects past the point of no return: tried again patiently, because they must happen in the end. */
const ERASURE = {
  startToCloseTimeout: '5 minutes',
  scheduleToCloseTimeout: '2 hours',
  heartbeatTimeout: '30 seconds',
  retry: { initialInterval: '2 seconds', backoffCoefficient: 2, maximumInterval: '5 minutes' },
} as const;

/** Clearing up has no deadline and nobody waits for it: it is tried until it is done. */
const CLEARING_UP = {
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '1 minute',
  retry: { initialInterval: '10 seconds', backoffCoefficient: 2, maximumInterval: '1 hour' },
} as const;

/** Verifies the tenant and the account. */
export const { checkEligibility } = proxyActivities<ClosureActivities>({
  ...READ,
  summary: 'Verify tenant: unmanaged, and may this account be closed here?',
});

/** Asks for the export of system-generated logs. */
export const { requestExport } = proxyActivities<ClosureActivities>({
  ...EXPORT_REQUEST,
  summary: 'Request the export of system-generated logs',
});

/** Waits for the export: one look per attempt, up to the deadline. Retries write no history, however long it takes. */
export function awaitExportFor(deadlineMs: number): ClosureActivities['awaitExport'] {
  return proxyActivities<ClosureActivities>({
    startToCloseTimeout: '2 hours',
    scheduleToCloseTimeout: deadlineMs,
    heartbeatTimeout: '1 minute',
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    // The Activity itself says when to look again; this is for faults only.
    retry: { initialInterval: '10 seconds', backoffCoefficient: 2, maximumInterval: '1 hour' },
    summary: 'Wait for the export, then take its inventory',
  }).awaitExport;
}

/** Plans what will be erased. */
export const { planErasure } = proxyActivities<ClosureActivities>({ ...READ, summary: 'Plan what will be erased' });

const { checkEligibility: checkEligibilityAtOnce } = proxyLocalActivities<ClosureActivities>({
  ...READ_AT_ONCE,
  summary: 'Verify tenant once more, before anything is destroyed',
});

const { planErasure: planErasureAtOnce } = proxyLocalActivities<ClosureActivities>({
  ...READ_AT_ONCE,
  summary: 'Plan what will be erased',
});

/** The quick form of the reads; see `READ_AT_ONCE`. */
export const atOnce = { checkEligibility: checkEligibilityAtOnce, planErasure: planErasureAtOnce };

/** Blocks sign-in and ends sessions. */
export const { fenceTarget } = proxyActivities<ClosureActivities>({
  ...ERASURE,
  summary: 'Fence: block sign-in, revoke sessions (point of no return)',
});

/** Deletes and purges. */
export const { eraseTarget } = proxyActivities<ClosureActivities>({ ...ERASURE, summary: 'Erase: delete, then purge' });

/** Looks twice, with the quiet period between: the quiet period is a retry, so that it costs no history. */
export function verifyTargetWithin(quietPeriodMs: number): ClosureActivities['verifyTarget'] {
  return proxyActivities<ClosureActivities>({
    ...READ,
    scheduleToCloseTimeout: quietPeriodMs + 2 * 60 * 60 * 1000,
    summary: 'Verify by reading again, twice',
  }).verifyTarget;
}

/** Starts the follow-up. Local: it asks only the server that this very Workflow Task is answered to. */
export const { arrangeForgetting } = proxyLocalActivities<ClosureActivities>({
  startToCloseTimeout: '10 seconds',
  retry: { initialInterval: '200 milliseconds', maximumInterval: '10 seconds' },
  summary: 'Start forgetClosure',
});

/** Removes the exports from storage. */
export const { deleteExports } = proxyActivities<ClosureActivities>({
  ...CLEARING_UP,
  summary: 'Delete the export containers',
});
