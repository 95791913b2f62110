import type { WorkflowExecutionDescription } from '@temporalio/client';
import { FAILURE_TYPES, type FailureType } from '../workflows/contract/failures';

/** An Activity of a running closure, as the server knows it: no history entry says this. */
export interface ActivityProgress {
  /** Name of the Activity, e.g. `awaitExport`. */
  readonly name: string;
  /** The attempt that runs or comes next, from 1. */
  readonly attempt: number;
  /** Why the attempt before failed; absent when none did, or for a reason that is not one of ours. */
  readonly lastFault?: FailureType;
  /** When the next attempt begins, ISO 8601, UTC; absent while one runs. */
  readonly nextTryAt?: string;
}

type PendingActivity = NonNullable<WorkflowExecutionDescription['raw']['pendingActivities']>[number];
type ProtoTimestamp = PendingActivity['scheduledTime'];
type ProtoFailure = PendingActivity['lastFailure'];

/** The Activities in progress of a described run. */
export function activityProgress({ raw }: WorkflowExecutionDescription): readonly ActivityProgress[] {
  return (raw.pendingActivities ?? []).map(toProgress);
}

function toProgress(activity: PendingActivity): ActivityProgress {
  const lastFault = faultOf(activity.lastFailure);
  const nextTryAt = instantOf(activity.nextAttemptScheduleTime);
  return {
    name: activity.activityType?.name ?? 'unknown',
    attempt: activity.attempt ?? 1,
    ...(lastFault === undefined ? {} : { lastFault }),
    ...(nextTryAt === undefined ? {} : { nextTryAt }),
  };
}

/** Only types of ours: anything else could be text that somebody's library made up. */
function faultOf(failure: ProtoFailure): FailureType | undefined {
  if (failure?.timeoutFailureInfo) return 'TimedOut';
  return FAILURE_TYPES.find((type) => type === failure?.applicationFailureInfo?.type);
}

function instantOf(timestamp: ProtoTimestamp): string | undefined {
  if (!timestamp?.seconds) return undefined;
  const ms = Number(timestamp.seconds.toString()) * 1_000 + Math.floor((timestamp.nanos ?? 0) / 1_000_000);
  return new Date(ms).toISOString();
}
