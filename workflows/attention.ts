import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/workflow';
import { FAILURE_TYPES, type FailureType } from './contract/failures';
import type { Attention } from './contract/status';
import type { AttentionTarget } from './contract/targets';
import { isUndecodable } from './contract/undecodable';

/**
 * What an operator is shown of a step that failed.
 * @throws the fault itself when it is not the failure of an Activity: then it is a defect of ours
 */
export function attentionOf(target: AttentionTarget, fault: unknown, round: number): Attention {
  const cause = fault instanceof ActivityFailure ? fault.cause : fault;
  const type = faultTypeOf(cause);
  if (type === undefined) throw fault;
  return { target, fault: type, since: new Date().toISOString(), attempts: attemptOf(cause) ?? round };
}

/** Whether a fault came from an Activity (or from reading its result): everything else is a defect of ours. */
export function isActivityFault(fault: unknown): fault is ActivityFailure | ApplicationFailure {
  return fault instanceof ActivityFailure || fault instanceof ApplicationFailure;
}

/** The result of an Activity, as long as it could be read. */
export function assertDecoded<T>(result: T): T {
  if (isUndecodable(result)) {
    throw ApplicationFailure.nonRetryable('The result of an Activity cannot be decoded.', 'UndecodablePayload');
  }
  return result;
}

function faultTypeOf(cause: unknown): FailureType | undefined {
  if (cause instanceof TimeoutFailure) return faultTypeOf(cause.cause) ?? 'TimedOut';
  if (!(cause instanceof ApplicationFailure)) return undefined;
  const { type } = cause;
  // Running out of time while the export still runs is what the deadline is for.
  if (type === 'ExportRunning') return 'ExportOverdue';
  return FAILURE_TYPES.find((known) => known === type) ?? 'Defect';
}

function attemptOf(cause: unknown): number | undefined {
  if (cause instanceof TimeoutFailure) return attemptOf(cause.cause);
  const detail: unknown = cause instanceof ApplicationFailure ? cause.details?.[0] : undefined;
  if (typeof detail !== 'object' || detail === null || !('attempt' in detail)) return undefined;
  return typeof detail.attempt === 'number' ? detail.attempt : undefined;
}
