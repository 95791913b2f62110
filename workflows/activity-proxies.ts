import {
  ActivityCancellationType,
  proxyActivities,
  proxyLocalActivities,
  workflowInfo,
  type ActivityOptions,
} from '@temporalio/workflow';
import type { ClosureActivities } from './contract/activities';
import { targetTaskQueue } from './contract/names';
import type { ClosurePolicy } from './contract/policy';
import type { TargetKind, TargetPolicy } from './contract/targets';

// One set of options per class of effect. No step fails a closure: when its time is over the step waits for an operator.

/** Reads: short, harmless to repeat, cancelled at once by a withdrawal. After an hour of odd answers somebody should look. */
const READ = {
  startToCloseTimeout: '2 minutes',
  scheduleToCloseTimeout: '1 hour',
  // A worker that dies during a read is noticed by this.
  heartbeatTimeout: '15 seconds',
  cancellationType: ActivityCancellationType.TRY_CANCEL,
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '2 minutes' },
} as const;

/**
 * The same, tried once inside the Workflow Task: in the usual case an answer is there within a fraction of a second and
 * costs one event instead of six. Anything unusual is left to the ordinary Activity, which an operator can watch.
 */
const AT_ONCE = {
  startToCloseTimeout: '5 seconds',
  scheduleToCloseTimeout: '5 seconds',
  retry: { maximumAttempts: 1 },
} as const;

// What is asked by closures and by dry runs alike is called the same in their timelines.
const VERIFY_TENANT = 'Verify tenant: unmanaged, and may this account be closed here?';
const planSummary = ({ name }: TargetPolicy): string => `Plan ${name}: what it holds, and what stays`;

/** What a dry run asks: somebody waits for the answer, and a fault is one as well. */
const DRY_RUN = {
  startToCloseTimeout: '20 seconds',
  scheduleToCloseTimeout: '1 minute',
  heartbeatTimeout: '10 seconds',
  cancellationType: ActivityCancellationType.TRY_CANCEL,
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumAttempts: 3 },
} as const;

/** The request for the export: never abandoned half-way, because whether it was made must be known before going on. */
const EXPORT_REQUEST = {
  startToCloseTimeout: '3 minutes',
  scheduleToCloseTimeout: '6 hours',
  heartbeatTimeout: '30 seconds',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: '5 seconds', backoffCoefficient: 2, maximumInterval: '10 minutes' },
} as const;

/**
 * Effects on a target: tried again patiently, because they must happen in the end. A withdrawal that comes before the point
 * of no return has to know what an attempt did, so it waits for the attempt's end.
 */
const ERASURE = {
  startToCloseTimeout: '5 minutes',
  heartbeatTimeout: '30 seconds',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: '2 seconds', backoffCoefficient: 2, maximumInterval: '5 minutes' },
} as const;

/** Our own records: away for as long as the database is, which somebody should hear of after an hour. */
const RECORD = {
  startToCloseTimeout: '1 minute',
  scheduleToCloseTimeout: '1 hour',
  heartbeatTimeout: '15 seconds',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' },
} as const;

/** Clearing up: nobody waits for it. After some hours its trouble is shown, and it is tried anew. */
const CLEARING_UP = {
  startToCloseTimeout: '10 minutes',
  scheduleToCloseTimeout: '6 hours',
  heartbeatTimeout: '1 minute',
  retry: { initialInterval: '10 seconds', backoffCoefficient: 2, maximumInterval: '1 hour' },
} as const;

/** How long the inventory of an export may take that was complete at the last moment, faults and retries included. */
const INVENTORY_MS = 12 * 60 * 60_000;

/** Verifies the tenant and the account. */
export const { checkEligibility } = proxyActivities<ClosureActivities>({
  ...READ,
  summary: VERIFY_TENANT,
});

/** Asks for the export of system-generated logs. */
export const { requestExport } = proxyActivities<ClosureActivities>({
  ...EXPORT_REQUEST,
  summary: 'Request the export of system-generated logs',
});

/**
 * Waits for the export: one look per attempt, up to the deadline, which the Activity itself judges; then its inventory. Retries
 * write no history, however long it takes.
 */
export function awaitExportFor(deadlineMs: number): ClosureActivities['awaitExport'] {
  return proxyActivities<ClosureActivities>({
    startToCloseTimeout: '2 hours',
    scheduleToCloseTimeout: deadlineMs + INVENTORY_MS,
    heartbeatTimeout: '1 minute',
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    // The Activity itself says when to look again; this is for faults only.
    retry: { initialInterval: '10 seconds', backoffCoefficient: 2, maximumInterval: '1 hour' },
    summary: 'Wait for the export, then take its inventory',
  }).awaitExport;
}

/** Plans what will be erased, and records what is shown. */
export const { planErasure } = proxyActivities<ClosureActivities>({ ...READ, summary: 'Plan what will be erased' });

/** Plans once more, to compare. */
export const { planAgain } = proxyActivities<ClosureActivities>({
  ...READ,
  summary: 'Does the confirmed plan still hold?',
});

/** As often as `READ` tries within its hour. */
const ATTEMPTS_OF_READ = 36;

/**
 * Asks one target with a rate for its part of a plan. It may have to wait for its turn, as an erasure of it may; of faults it takes
 * no more than other reads do.
 */
export function planTargetOf(target: TargetPolicy): ClosureActivities['planTarget'] {
  return proxyActivities<ClosureActivities>({
    ...READ,
    ...queueOf(target),
    scheduleToCloseTimeout: target.deadlineMs,
    retry: { ...READ.retry, maximumAttempts: ATTEMPTS_OF_READ },
    summary: planSummary(target),
  }).planTarget;
}

/** What a dry run asks; a target with a rate is asked at its rate. */
export const dryRun = {
  checkEligibility: proxyActivities<ClosureActivities>({
    ...DRY_RUN,
    summary: VERIFY_TENANT,
  }).checkEligibility,
  planTargetOf: (target: TargetPolicy): ClosureActivities['planTarget'] =>
    proxyActivities<ClosureActivities>({
      ...DRY_RUN,
      ...queueOf(target),
      summary: planSummary(target),
    }).planTarget,
};

/** Looks whether the export is still in storage. */
export const { checkExport } = proxyActivities<ClosureActivities>({
  ...READ,
  summary: 'Is the saved data still there?',
});

const quick = (summary: string): ClosureActivities => proxyLocalActivities<ClosureActivities>({ ...AT_ONCE, summary });

/** The quick form of the reads and of the follow-up's start; see `AT_ONCE`. */
export const atOnce = {
  checkEligibility: quick('Verify tenant once more, before anything is destroyed').checkEligibility,
  planErasure: quick('Plan what will be erased').planErasure,
  planAgain: quick('Does the confirmed plan still hold?').planAgain,
  checkExport: quick('Is the saved data still there?').checkExport,
  arrangeForgetting: quick('Start forgetClosure').arrangeForgetting,
};

/** What is done to a target. */
export type TargetActivities = Pick<ClosureActivities, 'fenceTarget' | 'eraseTarget' | 'verifyTarget'>;

/** How long a verification may take besides what it waits for. */
const VERIFICATION_MS = 2 * 60 * 60_000;

/**
 * The Activities of one target: with its own deadline, at its own rate where it has one, and named, so that a timeline tells
 * them apart. Verification looks twice; the quiet period between is a retry, so that it costs no history.
 */
export function activitiesOf(
  target: TargetPolicy,
  { verifyAfterMs }: Pick<ClosurePolicy, 'verifyAfterMs'>,
): TargetActivities {
  const { name, kind, deadlineMs, readsLagMs } = target;
  const queue = queueOf(target);
  const effect = { ...ERASURE, ...queue, scheduleToCloseTimeout: deadlineMs };
  const proxied = (options: ActivityOptions): TargetActivities => proxyActivities<ClosureActivities>(options);
  return {
    fenceTarget: proxied({ ...effect, summary: `Fence ${name}: ${FENCES[kind]} (point of no return)` }).fenceTarget,
    eraseTarget: proxied({ ...effect, summary: `Erase ${name}: ${ERASES[kind]}` }).eraseTarget,
    verifyTarget: proxied({
      ...READ,
      ...queue,
      scheduleToCloseTimeout: verifyAfterMs + readsLagMs + VERIFICATION_MS,
      summary: `Verify ${name}: by reading again, twice`,
    }).verifyTarget,
  };
}

/** A target with a rate has a Task Queue of its own: whatever is asked of it goes there, so that the rate counts all of it. */
function queueOf({ name, rateLimited }: TargetPolicy): { readonly taskQueue?: string } {
  return rateLimited ? { taskQueue: targetTaskQueue(workflowInfo().taskQueue, name) } : {};
}

const FENCES: Readonly<Record<TargetKind, string>> = {
  directory: 'block sign-in, revoke sessions',
  postgres: 'keep new data out',
  http: 'keep new data out',
};

const ERASES: Readonly<Record<TargetKind, string>> = {
  directory: 'delete, then purge',
  postgres: 'delete or anonymise rows, batch by batch',
  http: 'ask the service, and wait for it',
};

/** Writes how the closure ends. */
export const { recordEnding } = proxyActivities<ClosureActivities>({
  ...RECORD,
  summary: 'Record how the closure ends, unless the erasure has begun',
});

/** Starts the follow-up. */
export const { arrangeForgetting } = proxyActivities<ClosureActivities>({ ...RECORD, summary: 'Start forgetClosure' });

/** Removes the exports from storage. */
export const { deleteExports } = proxyActivities<ClosureActivities>({
  ...CLEARING_UP,
  summary: 'Delete the export containers',
});
